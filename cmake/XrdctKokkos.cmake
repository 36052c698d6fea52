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
# Kokkos link all the same.
find_package(KokkosKernels 3.4 QUIET HINTS ${Kokkos_DIR}/../../..)
if(NOT KokkosKernels_FOUND)
  message(FATAL_ERROR "cannot use the Kokkos in ${Kokkos_DIR}: expected Kokkos Kernels beside it, "
    "found none; build them with this Kokkos, or name their folder in KokkosKernels_ROOT")
endif()
string(REGEX MATCH "^[0-9]+" xrdct_kokkos_major "${Kokkos_VERSION}")
string(REGEX MATCH "^[0-9]+" xrdct_kernels_major "${KokkosKernels_VERSION}")
if(NOT xrdct_kokkos_major STREQUAL xrdct_kernels_major)
  message(FATAL_ERROR "cannot use the Kokkos Kernels in ${KokkosKernels_DIR}: expected those of "
    "Kokkos ${Kokkos_VERSION} (${Kokkos_DIR}), found ${KokkosKernels_VERSION}; name the right ones "
    "in KokkosKernels_ROOT or KokkosKernels_DIR")
endif()
