/*
 * What libraries need that stand before the calls of a program: the definition behind theirs, the path of an open file, the mode of a new one.
 */
#pragma once
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

// The next definition of a function, found once per function.
#define NEXT(type, name) \
  static type next;      \
  if (next == NULL) next = (type)dlsym(RTLD_NEXT, name)

// The third argument of open(2), which is there for new files alone.
#define MODE_OF_NEW_FILE(flags)           \
  mode_t mode = 0;                        \
  if ((flags) & (O_CREAT | O_TMPFILE)) {  \
    va_list more;                         \
    va_start(more, flags);                \
    mode = va_arg(more, mode_t);          \
    va_end(more);                         \
  }

// Fills `path`, of PATH_MAX bytes; NULL: the file has none. Leaves errno as it is.
static inline char const* path_of_descriptor(int file, char* path) {
  int const before = errno;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t const length = readlink(link, path, PATH_MAX - 1);
  errno = before;
  if (length <= 0) return NULL;
  path[length] = '\0';
  return path;
}
