/*
 * Makes one call of a program on a file fail, or be short, as a full or broken file system does. Preloaded by tests/faults/run; the program knows nothing of it.
 *
 *   FAULT_FILE     only files whose path contains one of these texts, separated by commas, are touched (nothing: no file at all)
 *   FAULT_CALLS    which calls count: any of write pwrite pwritev sync close truncate rename allocate pread, separated by commas
 *   FAULT_AT       the number of the call that fails, from 1; 0: none, calls are only counted
 *   FAULT_KIND     eio, enospc, or short (half of the bytes are written or read, which a file system may do at any time)
 *   FAULT_LASTING  1: all later calls fail, too
 *   FAULT_RANK     only in this rank of Open MPI
 *   FAULT_COUNTS   a file of 64 numbers of 8 bytes: calls seen per rank
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { largest_rank = 63 };

static char const* wanted_file;
static char const* wanted_calls;
static long fail_at;
static char const* kind;
static int lasting;
static int active;  // in this rank
static _Atomic uint64_t own_count;
static _Atomic uint64_t* seen = &own_count;

__attribute__((constructor)) static void read_settings(void) {
  wanted_file = getenv("FAULT_FILE");
  wanted_calls = getenv("FAULT_CALLS");
  if (wanted_file == NULL || wanted_calls == NULL) return;
  char const* const at = getenv("FAULT_AT");
  fail_at = at == NULL ? 0 : atol(at);
  kind = getenv("FAULT_KIND");
  if (kind == NULL) kind = "eio";
  lasting = getenv("FAULT_LASTING") != NULL;
  char const* const rank = getenv("OMPI_COMM_WORLD_RANK");
  char const* const only = getenv("FAULT_RANK");
  int const own_rank = rank == NULL ? 0 : atoi(rank);
  active = only == NULL || atoi(only) == own_rank;
  char const* const counts = getenv("FAULT_COUNTS");
  if (counts == NULL || own_rank > largest_rank) return;
  int const file = open(counts, O_RDWR);
  if (file < 0) return;
  void* const memory = mmap(NULL, 8 * (largest_rank + 1), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory != MAP_FAILED) seen = (_Atomic uint64_t*)memory + own_rank;
  close(file);
}

static int is_wanted_call(char const* call) {
  size_t const length = strlen(call);
  for (char const* at = wanted_calls; at != NULL; at = strchr(at, ',')) {
    if (*at == ',') ++at;
    if (strncmp(at, call, length) == 0 && (at[length] == '\0' || at[length] == ',')) return 1;
  }
  return 0;
}

static int is_wanted_file(char const* path) {
  char text[PATH_MAX];
  for (char const* at = wanted_file; *at != '\0';) {
    size_t const length = strcspn(at, ",");
    if (length > 0 && length < sizeof text) {
      memcpy(text, at, length);
      text[length] = '\0';
      if (strstr(path, text) != NULL) return 1;
    }
    at += length + (at[length] == ',');
  }
  return 0;
}

// What is to happen to a call on a path: 0 nothing, 1 it fails, 2 it is short.
static int fate_of_path(char const* call, char const* path) {
  if (wanted_file == NULL || !active || !is_wanted_call(call) || !is_wanted_file(path)) return 0;
  long const number = (long)atomic_fetch_add(seen, 1) + 1;
  if (fail_at == 0 || (lasting ? number < fail_at : number != fail_at)) return 0;
  if (strcmp(kind, "short") == 0) return 2;
  errno = strcmp(kind, "enospc") == 0 ? ENOSPC : EIO;
  return 1;
}

static int fate(char const* call, int file) {
  if (wanted_file == NULL || !active || !is_wanted_call(call)) return 0;
  int const before = errno;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t const length = readlink(link, path, sizeof path - 1);
  errno = before;
  if (length <= 0) return 0;
  path[length] = '\0';
  return fate_of_path(call, path);
}

// The next definition of a function, found once per function.
#define NEXT(type, name) \
  static type next;      \
  if (next == NULL) next = (type)dlsym(RTLD_NEXT, name)

static size_t half(size_t bytes) { return bytes > 1 ? bytes / 2 : bytes; }

typedef ssize_t (*Write)(int, void const*, size_t);
ssize_t write(int file, void const* bytes, size_t size) {
  NEXT(Write, "write");
  int const what = fate("write", file);
  return what == 1 ? -1 : next(file, bytes, what == 2 ? half(size) : size);
}

typedef ssize_t (*Pwrite)(int, void const*, size_t, off_t);
ssize_t pwrite(int file, void const* bytes, size_t size, off_t offset) {
  NEXT(Pwrite, "pwrite");
  int const what = fate("pwrite", file);
  return what == 1 ? -1 : next(file, bytes, what == 2 ? half(size) : size, offset);
}
ssize_t pwrite64(int file, void const* bytes, size_t size, off_t offset) { return pwrite(file, bytes, size, offset); }

typedef ssize_t (*Pread)(int, void*, size_t, off_t);
ssize_t pread(int file, void* bytes, size_t size, off_t offset) {
  NEXT(Pread, "pread");
  int const what = fate("pread", file);
  return what == 1 ? -1 : next(file, bytes, what == 2 ? half(size) : size, offset);
}
ssize_t pread64(int file, void* bytes, size_t size, off_t offset) { return pread(file, bytes, size, offset); }

// A short vector of writes: half of its first part.
static ssize_t short_vector(int file, struct iovec const* parts, off_t offset) {
  typedef ssize_t (*Plain)(int, void const*, size_t, off_t);
  NEXT(Plain, "pwrite");
  return next(file, parts[0].iov_base, half(parts[0].iov_len), offset);
}

typedef ssize_t (*Pwritev)(int, struct iovec const*, int, off_t);
ssize_t pwritev(int file, struct iovec const* parts, int number, off_t offset) {
  NEXT(Pwritev, "pwritev");
  int const what = fate("pwritev", file);
  if (what == 1) return -1;
  return what == 2 ? short_vector(file, parts, offset) : next(file, parts, number, offset);
}
ssize_t pwritev64(int file, struct iovec const* parts, int number, off_t offset) { return pwritev(file, parts, number, offset); }

typedef ssize_t (*Pwritev2)(int, struct iovec const*, int, off_t, int);
ssize_t pwritev2(int file, struct iovec const* parts, int number, off_t offset, int flags) {
  NEXT(Pwritev2, "pwritev2");
  int const what = fate("pwritev", file);
  if (what == 1) return -1;
  return what == 2 ? short_vector(file, parts, offset) : next(file, parts, number, offset, flags);
}
ssize_t pwritev64v2(int file, struct iovec const* parts, int number, off_t offset, int flags) { return pwritev2(file, parts, number, offset, flags); }

typedef ssize_t (*Writev)(int, struct iovec const*, int);
ssize_t writev(int file, struct iovec const* parts, int number) {
  NEXT(Writev, "writev");
  int const what = fate("write", file);
  if (what == 1) return -1;
  return next(file, parts, what == 2 && number > 1 ? 1 : number);
}

typedef int (*OnFile)(int);
int fsync(int file) {
  NEXT(OnFile, "fsync");
  return fate("sync", file) == 1 ? -1 : next(file);
}
int fdatasync(int file) {
  NEXT(OnFile, "fdatasync");
  return fate("sync", file) == 1 ? -1 : next(file);
}
int close(int file) {
  NEXT(OnFile, "close");
  int const what = fate("close", file), reason = errno;
  int const result = next(file);  // as Linux does: the number is free in any case
  if (what != 1) return result;
  errno = reason;
  return -1;
}

typedef int (*Truncate)(int, off_t);
int ftruncate(int file, off_t size) {
  NEXT(Truncate, "ftruncate");
  return fate("truncate", file) == 1 ? -1 : next(file, size);
}
int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

typedef int (*Allocate)(int, int, off_t, off_t);
int fallocate(int file, int mode, off_t offset, off_t size) {
  NEXT(Allocate, "fallocate");
  return fate("allocate", file) == 1 ? -1 : next(file, mode, offset, size);
}
int fallocate64(int file, int mode, off_t offset, off_t size) { return fallocate(file, mode, offset, size); }

typedef int (*Rename)(char const*, char const*);
int rename(char const* from, char const* to) {
  NEXT(Rename, "rename");
  return fate_of_path("rename", from) == 1 ? -1 : next(from, to);
}
