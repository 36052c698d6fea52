# Settings that every target of the project shares.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

add_library(xrdct_settings INTERFACE)
target_include_directories(xrdct_settings INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
# Equal bits on every processor: no contraction of a·b+c, no fast-math, no -march=native.
target_compile_options(xrdct_settings INTERFACE -ffp-contract=off)
if(CMAKE_CXX_COMPILER MATCHES "nvcc")
  # the word before is for its host compiler
  target_compile_options(xrdct_settings INTERFACE --fmad=false)
endif()
if(NOT CMAKE_CXX_COMPILER MATCHES "nvcc|hipcc")
  target_compile_options(xrdct_settings INTERFACE -Wall -Wextra -Wshadow -Wconversion
    -Wno-sign-conversion)
  # GCC 12 sees overlaps and overflows in std::string's own code that are not there (its bugs 105329
  # and 105651).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(xrdct_settings INTERFACE -Wno-restrict -Wno-array-bounds
      -Wno-stringop-overflow -Wno-stringop-overread -Wno-free-nonheap-object)
  endif()
endif()

# xrdct_library(<name> SOURCES … [PUBLIC targets …] [PRIVATE targets …]): a static library with the
# alias xrdct::<name>.
function(xrdct_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(xrdct_${name} STATIC ${ARG_SOURCES})
  add_library(xrdct::${name} ALIAS xrdct_${name})
  target_link_libraries(xrdct_${name} PUBLIC xrdct_settings ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

set(xrdct_test_source_dir ${PROJECT_SOURCE_DIR}/tests)
if(XRDCT_CARRIED)
  set(xrdct_test_source_dir tests)
endif()

set(xrdct_test_headers <gmock/gmock.h> <gtest/gtest.h> <filesystem> <fstream>)

# GoogleTest's headers, compiled once for all test programs that are built with the same flags
# (those that link Kokkos may not be).
function(xrdct_use_precompiled_gtest target)
  if(NOT TARGET xrdct_precompiled_gtest)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled_gtest.cpp CONTENT "int main() {}\n")
    add_executable(xrdct_precompiled_gtest ${PROJECT_BINARY_DIR}/precompiled_gtest.cpp)
    target_link_libraries(xrdct_precompiled_gtest PRIVATE xrdct_settings GTest::gmock GTest::gtest)
    target_compile_options(xrdct_precompiled_gtest PRIVATE ${XRDCT_TEST_OPTIONS})
    target_precompile_headers(xrdct_precompiled_gtest PRIVATE ${xrdct_test_headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM xrdct_precompiled_gtest)
endfunction()

# xrdct_test(<name> SOURCES … LINK targets …): one GoogleTest program, its tests found by ctest.
function(xrdct_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES}
    ${PROJECT_SOURCE_DIR}/tests/support/in_build_folder.cpp)
  target_link_libraries(test_${name} PRIVATE xrdct_settings ${ARG_LINK} GTest::gmock
    GTest::gtest_main)
  set(binary_dir ${CMAKE_CURRENT_BINARY_DIR})
  if(XRDCT_CARRIED)
    set(binary_dir .)
  endif()
  target_compile_definitions(test_${name} PRIVATE XRDCT_TEST_SOURCE_DIR="${xrdct_test_source_dir}"
    XRDCT_TEST_BINARY_DIR="${binary_dir}")
  target_compile_options(test_${name} PRIVATE ${XRDCT_TEST_OPTIONS})
  if(NOT "${ARG_LINK}" MATCHES "Kokkos::")
    xrdct_use_precompiled_gtest(test_${name})
  elseif(NOT CMAKE_CXX_COMPILER MATCHES "nvcc|hipcc")
    target_precompile_headers(test_${name} PRIVATE ${xrdct_test_headers})
  endif()
  gtest_discover_tests(test_${name} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES
    PROPERTIES LABELS ${name})
endfunction()

# xrdct_emulate_avx512(<test> <source> <entry>): a source of AVX-512 code once more in a test
# program, in SIMDe's portable code instead of that of the processor, so that it runs everywhere;
# its function <entry> is named <entry>_emulated there. <test> is told by XRDCT_HAVE_SIMDE whether
# there is one.
function(xrdct_emulate_avx512 test source entry)
  if(XRDCT_SIMDE)
    add_library(${entry}_emulated OBJECT ${PROJECT_SOURCE_DIR}/${source})
    target_link_libraries(${entry}_emulated PRIVATE xrdct_settings)
    target_include_directories(${entry}_emulated SYSTEM PRIVATE ${XRDCT_SIMDE})
    target_compile_definitions(${entry}_emulated PRIVATE XRDCT_EMULATE_AVX512
      ${entry}=${entry}_emulated)
    target_compile_options(${entry}_emulated PRIVATE -Wno-psabi)
    target_link_libraries(${test} PRIVATE ${entry}_emulated)
  endif()
  target_compile_definitions(${test} PRIVATE XRDCT_HAVE_SIMDE=$<BOOL:${XRDCT_SIMDE}>)
endfunction()
