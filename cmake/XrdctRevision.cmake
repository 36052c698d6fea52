# Writes the version header; run at every build, so that the revision in the output is the one that
# was built.
# cmake -DSOURCE_DIR=… -DINPUT=version.hpp.in -DOUTPUT=version.hpp -DPROJECT_VERSION=… \
#   -P XrdctRevision.cmake
find_package(Git QUIET)
set(XRDCT_REVISION unknown)
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -c safe.directory=* -C ${SOURCE_DIR} describe --always
    --dirty --abbrev=12 OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(found)
    set(XRDCT_REVISION ${found})
  endif()
endif()
configure_file(${INPUT} ${OUTPUT} @ONLY)
