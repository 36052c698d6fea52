# Looks for Kokkos as users name it, in a folder of packages that hold nothing but a version, and
# expects the Kokkos Kernels of that Kokkos or an error.
#   cmake -D SOURCE=<the project> -D WORK=<a folder to write in> -P kokkos_pairs.cmake

function(write_package name version folder)
  set(place ${folder}/lib/cmake/${name})
  file(WRITE ${place}/${name}Config.cmake "set(Kokkos_DEVICES SERIAL)\n")
  file(WRITE ${place}/${name}ConfigVersion.cmake
    "set(PACKAGE_VERSION ${version})
if(NOT PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()\n")
endfunction()

# expect(<what is printed> <settings of the environment…>): the version of each, or the error.
function(expect words)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env --unset=CMAKE_PREFIX_PATH --unset=Kokkos_ROOT
    --unset=Kokkos_DIR --unset=KokkosKernels_ROOT --unset=KokkosKernels_DIR
    XDG_CACHE_HOME=${WORK}/cache ${ARGN} ${CMAKE_COMMAND} --fresh -S ${WORK}/user -B ${WORK}/build
    OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(NOT output MATCHES "${words}")
    message(SEND_ERROR "${ARGN}: expected «${words}», found: ${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(WRITE ${WORK}/user/CMakeLists.txt "cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES NONE)
include(${SOURCE}/cmake/XrdctKokkos.cmake)
message(STATUS \"\${Kokkos_VERSION} with \${KokkosKernels_VERSION}\")\n")
set(built ${WORK}/cache/xrdct/kokkos-3.4.01-openmp)
write_package(Kokkos 3.4.01 ${built})
write_package(KokkosKernels 3.4.01 ${built})
write_package(Kokkos 4.6.01 ${WORK}/both)
write_package(KokkosKernels 4.6.02 ${WORK}/both)
write_package(Kokkos 4.7.00 ${WORK}/apart)
write_package(KokkosKernels 4.7.01 ${WORK}/kernels)
write_package(Kokkos 4.2.01 ${WORK}/untold)
write_package(KokkosKernels .. ${WORK}/untold)
file(WRITE ${WORK}/untold/include/KokkosKernels_config.h "#define KOKKOSKERNELS_VERSION 40201
#define KOKKOSKERNELS_VERSION_MAJOR 4
#define KOKKOSKERNELS_VERSION_MINOR 2
#define KOKKOSKERNELS_VERSION_PATCH 1\n")
write_package(KokkosKernels .. ${WORK}/unknown)
write_package(KokkosKernels 3.3.01 ${WORK}/old)

expect("3.4.01 with 3.4.01")
expect("4.6.01 with 4.6.02" Kokkos_ROOT=${WORK}/both)
expect("4.6.01 with 4.6.02" Kokkos_DIR=${WORK}/both/lib/cmake/Kokkos)
expect("4.6.01 with 4.6.02" CMAKE_PREFIX_PATH=${WORK}/both)
expect("4.7.00 with 4.7.01" Kokkos_ROOT=${WORK}/apart KokkosKernels_ROOT=${WORK}/kernels)
expect("expected Kokkos Kernels beside it, found none" Kokkos_ROOT=${WORK}/apart)
expect("expected those of Kokkos 4.7.00 .*, found 3.4.01" Kokkos_ROOT=${WORK}/apart
  KokkosKernels_ROOT=${built})
# Kokkos Kernels 4.0.00 to 4.5.00
expect("4.2.01 with 4.2.1" Kokkos_ROOT=${WORK}/untold)
expect("expected those of Kokkos 3.4.01 .*, found 4.2.1"
  KokkosKernels_ROOT=${WORK}/untold)
expect("expected those of Kokkos 4.7.00 .*, found [.][.];" Kokkos_ROOT=${WORK}/apart
  KokkosKernels_ROOT=${WORK}/unknown)
expect("expected those of Kokkos 3.4.01 .*, found 3.3.01"
  KokkosKernels_ROOT=${WORK}/old)
