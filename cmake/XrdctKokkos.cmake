# Kokkos and the Kokkos Kernels that belong to it. Looked at last: what scripts/setup has built.

set(xrdct_cache $ENV{XDG_CACHE_HOME})
if(NOT xrdct_cache)
  set(xrdct_cache $ENV{HOME}/.cache)
endif()
find_package(Kokkos 3.4 REQUIRED PATHS ${xrdct_cache}/xrdct/kokkos-3.4.01-openmp)
if(XRDCT_DEVICE)
  # Kokkos runs on the last of these that it has
  foreach(device SERIAL THREADS PTHREAD OPENMP SYCL HIP CUDA)
    if(device IN_LIST Kokkos_DEVICES)
      set(xrdct_device ${device})
    endif()
  endforeach()
  if(NOT XRDCT_DEVICE STREQUAL xrdct_device)
    message(FATAL_ERROR "cannot use the Kokkos in ${Kokkos_DIR}: expected one that runs on "
      "${XRDCT_DEVICE}, found ${xrdct_device}; name another in Kokkos_DIR or CMAKE_PREFIX_PATH")
  endif()
endif()

# Beside Kokkos where nothing else names them, and not in the cache: Kernels compiled with another
# Kokkos link all the same. No lowest version is asked for: Kernels 4.0.00 to 4.5.00 tell CMake ".."
# as theirs, and the right one in their header alone.
find_package(KokkosKernels QUIET HINTS ${Kokkos_DIR}/../../..)
if(NOT KokkosKernels_FOUND)
  message(FATAL_ERROR "cannot use the Kokkos in ${Kokkos_DIR}: expected Kokkos Kernels beside it, "
    "found none; build them with this Kokkos, or name their folder in KokkosKernels_ROOT")
endif()
set(xrdct_kernels_header ${KokkosKernels_DIR}/../../../include/KokkosKernels_config.h)
if(NOT KokkosKernels_VERSION MATCHES "^[0-9]" AND EXISTS ${xrdct_kernels_header})
  file(STRINGS ${xrdct_kernels_header} xrdct_kernels_version
    REGEX "^#define KOKKOSKERNELS_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE "#define [A-Z_]+ +" "" xrdct_kernels_version "${xrdct_kernels_version}")
  list(JOIN xrdct_kernels_version . KokkosKernels_VERSION)
endif()
string(REGEX MATCH "^[0-9]+" xrdct_kokkos_major "${Kokkos_VERSION}")
string(REGEX MATCH "^[0-9]+" xrdct_kernels_major "${KokkosKernels_VERSION}")
if(NOT xrdct_kokkos_major STREQUAL xrdct_kernels_major OR KokkosKernels_VERSION VERSION_LESS 3.4)
  message(FATAL_ERROR "cannot use the Kokkos Kernels in ${KokkosKernels_DIR}: expected those of "
    "Kokkos ${Kokkos_VERSION} (${Kokkos_DIR}), found ${KokkosKernels_VERSION}; name the right "
    "ones in KokkosKernels_ROOT or KokkosKernels_DIR")
endif()
