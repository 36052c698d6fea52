# Every library that the project uses, with its lowest version. Nothing is automatic: what is asked
# for and missing is an error.

find_package(Threads REQUIRED)
include(${CMAKE_CURRENT_LIST_DIR}/XrdctKokkos.cmake)

find_package(PkgConfig REQUIRED)
if(XRDCT_WITH_LZ4)
  pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4>=1.9)
endif()
if(XRDCT_WITH_ZSTD)
  pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd>=1.4)
endif()
if(XRDCT_WITH_ZLIB)
  find_package(ZLIB 1.2 REQUIRED)
endif()

if(NOT XRDCT_ONLY_KERNELS)
  find_package(MPI REQUIRED COMPONENTS C)
  set(HDF5_PREFER_PARALLEL ON)
  find_package(HDF5 1.10.8 REQUIRED COMPONENTS C)
  if(NOT HDF5_IS_PARALLEL)
    message(FATAL_ERROR
      "cannot use HDF5 ${HDF5_VERSION} in ${HDF5_INCLUDE_DIRS}: expected a parallel "
      "build, found a serial one; install libhdf5-openmpi-dev or set HDF5_ROOT")
  endif()
  # json: jobs. iostreams: images compressed by gzip, bzip2, xz or zstd, four formats behind one interface.
  find_package(Boost 1.75 REQUIRED COMPONENTS json iostreams)
  find_package(CLI11 2.1 REQUIRED)
  # Messages and lines of reports: their words stand in one piece, checked against their values when
  # they are compiled. In sources of io and app alone: core builds on machines that lack it.
  find_package(fmt 9 REQUIRED)
  # Pictures as PNG, SVG and PDF; its text functions, which need fonts, are not used. 1.16: what PDF
  # says of itself can be chosen.
  pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo>=1.16 cairo-png>=1.16 cairo-svg>=1.16
                    cairo-pdf>=1.16)
  find_package(TIFF 4.2 REQUIRED)
  # Checksums of outputs: XXH3, as fast as memory on every processor, and in every language.
  pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash>=0.8)
endif()

if(XRDCT_BUILD_TESTS)
  find_package(GTest 1.11 REQUIRED)
  include(GoogleTest)
  find_path(XRDCT_SIMDE simde/x86/avx512.h)
  if(NOT XRDCT_SIMDE AND NOT XRDCT_ONLY_KERNELS)
    message(FATAL_ERROR "cannot build the tests: expected simde/x86/avx512.h, found none; install "
      "libsimde-dev, name its folder in XRDCT_SIMDE or set XRDCT_BUILD_TESTS=OFF")
  endif()
  if(XRDCT_ONLY_KERNELS)  # only its tests read JSON
    find_package(Boost 1.75 QUIET COMPONENTS json)
    if(NOT TARGET Boost::json)
      message(STATUS "Boost.JSON was not found: the golden tests are left out")
    endif()
  endif()
endif()
if(XRDCT_BUILD_BENCHMARKS)
  find_package(benchmark 1.6 REQUIRED)
endif()
