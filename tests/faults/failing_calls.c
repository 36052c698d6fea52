/*
 * Makes one call of a program on its files fail, or go wrong in silence, or ends the program there. Preloaded by tests/faults/run and tests/faults/kills; the
 * program knows nothing of it.
 *
 *   FAULT_FILE     only files whose path contains one of these texts, separated by commas, are touched (nothing: no file at all)
 *   FAULT_CALLS    which calls count: any of write pwrite pwritev sync close truncate rename allocate create open mkdir remove pread, separated by commas
 *                  open: of a file that is not made by it
 *   FAULT_AT       the number of the call, from 1; 0: none, calls are only counted
 *   FAULT_KIND     eio, enospc: the call fails. short: half of the bytes are written or read, which a file system may do at any time
 *                  lie: nothing is written. flip: one bit is another one. elsewhere: the bytes go 4096 bytes further. All three say that they did it
 *                  kill, kill_after: the process is ended by SIGKILL before, or after it. stop: it waits before it, until it gets SIGCONT
 *   FAULT_LASTING  1: so do all later calls
 *   FAULT_RANK     only in this rank of Open MPI
 *   FAULT_COUNTS   a file of 64 numbers of 8 bytes: calls seen per rank
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "next_call.h"

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

// What happens to a call.
enum Fate { untouched, failed, shortened, lied, flipped, moved, last };

static enum Fate fate_of_kind(void) {
  if (strcmp(kind, "short") == 0) return shortened;
  if (strcmp(kind, "lie") == 0) return lied;
  if (strcmp(kind, "flip") == 0) return flipped;
  if (strcmp(kind, "elsewhere") == 0) return moved;
  if (strcmp(kind, "kill_after") == 0) return last;
  if (strcmp(kind, "kill") == 0) kill(getpid(), SIGKILL);
  if (strcmp(kind, "stop") == 0) {
    kill(getpid(), SIGSTOP);
    return untouched;
  }
  errno = strcmp(kind, "enospc") == 0 ? ENOSPC : EIO;
  return failed;
}

static enum Fate fate_of_path(char const* call, char const* path) {
  if (wanted_file == NULL || !active || !is_wanted_call(call) || !is_wanted_file(path)) return untouched;
  long const number = (long)atomic_fetch_add(seen, 1) + 1;
  if (fail_at == 0 || (lasting ? number < fail_at : number != fail_at)) return untouched;
  return fate_of_kind();
}

static enum Fate fate(char const* call, int file) {
  if (wanted_file == NULL || !active || !is_wanted_call(call)) return untouched;
  char path[PATH_MAX];
  return path_of_descriptor(file, path) == NULL ? untouched : fate_of_path(call, path);
}

// The result of a call, which may be the last one of this process.
static ssize_t ended(enum Fate what, ssize_t result) {
  if (what == last) kill(getpid(), SIGKILL);
  return result;
}

static size_t half(size_t bytes) { return bytes > 1 ? bytes / 2 : bytes; }

typedef ssize_t (*Write)(int, void const*, size_t);
ssize_t write(int file, void const* bytes, size_t size) {
  NEXT(Write, "write");
  enum Fate const what = fate("write", file);
  if (what == failed) return -1;
  if (what == lied) return (ssize_t)size;
  return ended(what, next(file, bytes, what == shortened ? half(size) : size));
}

typedef ssize_t (*Pwrite)(int, void const*, size_t, off_t);
static ssize_t next_pwrite(int file, void const* bytes, size_t size, off_t offset) {
  NEXT(Pwrite, "pwrite");
  return next(file, bytes, size, offset);
}

static ssize_t pwrite_flipped(int file, void const* bytes, size_t size, off_t offset) {
  char* const copy = malloc(size + 1);
  if (copy == NULL) abort();
  memcpy(copy, bytes, size);
  copy[size / 2] ^= 4;
  ssize_t const written = next_pwrite(file, copy, size, offset);
  free(copy);
  return written;
}

ssize_t pwrite(int file, void const* bytes, size_t size, off_t offset) {
  enum Fate const what = fate("pwrite", file);
  if (what == failed) return -1;
  if (what == lied) return (ssize_t)size;
  if (what == flipped) return pwrite_flipped(file, bytes, size, offset);
  if (what == moved) offset += 4096;
  return ended(what, next_pwrite(file, bytes, what == shortened ? half(size) : size, offset));
}
ssize_t pwrite64(int file, void const* bytes, size_t size, off_t offset) { return pwrite(file, bytes, size, offset); }

typedef ssize_t (*Pread)(int, void*, size_t, off_t);
ssize_t pread(int file, void* bytes, size_t size, off_t offset) {
  NEXT(Pread, "pread");
  enum Fate const what = fate("pread", file);
  return what == failed ? -1 : ended(what, next(file, bytes, what == shortened ? half(size) : size, offset));
}
ssize_t pread64(int file, void* bytes, size_t size, off_t offset) { return pread(file, bytes, size, offset); }

// A vector of writes of which only the first, or half of it, is done.
static ssize_t short_vector(int file, struct iovec const* parts, off_t offset) { return next_pwrite(file, parts[0].iov_base, half(parts[0].iov_len), offset); }

static ssize_t sum_of(struct iovec const* parts, int number) {
  ssize_t bytes = 0;
  for (int i = 0; i < number; ++i) bytes += (ssize_t)parts[i].iov_len;
  return bytes;
}

typedef ssize_t (*Pwritev)(int, struct iovec const*, int, off_t);
ssize_t pwritev(int file, struct iovec const* parts, int number, off_t offset) {
  NEXT(Pwritev, "pwritev");
  enum Fate const what = fate("pwritev", file);
  if (what == failed) return -1;
  if (what == lied || what == flipped) return sum_of(parts, number);
  if (what == moved) offset += 4096;
  return what == shortened ? short_vector(file, parts, offset) : ended(what, next(file, parts, number, offset));
}
ssize_t pwritev64(int file, struct iovec const* parts, int number, off_t offset) { return pwritev(file, parts, number, offset); }

typedef ssize_t (*Pwritev2)(int, struct iovec const*, int, off_t, int);
ssize_t pwritev2(int file, struct iovec const* parts, int number, off_t offset, int flags) {
  NEXT(Pwritev2, "pwritev2");
  enum Fate const what = fate("pwritev", file);
  if (what == failed) return -1;
  if (what == lied || what == flipped) return sum_of(parts, number);
  if (what == moved) offset += 4096;
  return what == shortened ? short_vector(file, parts, offset) : ended(what, next(file, parts, number, offset, flags));
}
ssize_t pwritev64v2(int file, struct iovec const* parts, int number, off_t offset, int flags) { return pwritev2(file, parts, number, offset, flags); }

typedef ssize_t (*Writev)(int, struct iovec const*, int);
ssize_t writev(int file, struct iovec const* parts, int number) {
  NEXT(Writev, "writev");
  enum Fate const what = fate("write", file);
  if (what == failed) return -1;
  if (what == lied) return sum_of(parts, number);
  return ended(what, next(file, parts, what == shortened && number > 1 ? 1 : number));
}

typedef int (*OnFile)(int);
int fsync(int file) {
  NEXT(OnFile, "fsync");
  enum Fate const what = fate("sync", file);
  return what == failed ? -1 : (int)ended(what, next(file));
}
int fdatasync(int file) {
  NEXT(OnFile, "fdatasync");
  enum Fate const what = fate("sync", file);
  return what == failed ? -1 : (int)ended(what, next(file));
}
int close(int file) {
  NEXT(OnFile, "close");
  enum Fate const what = fate("close", file);
  int const reason = errno;
  int const result = (int)ended(what, next(file));  // as Linux does: the number is free in any case
  if (what != failed) return result;
  errno = reason;
  return -1;
}

typedef int (*Truncate)(int, off_t);
int ftruncate(int file, off_t size) {
  NEXT(Truncate, "ftruncate");
  enum Fate const what = fate("truncate", file);
  return what == failed ? -1 : (int)ended(what, next(file, size));
}
int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

typedef int (*Allocate)(int, int, off_t, off_t);
int fallocate(int file, int mode, off_t offset, off_t size) {
  NEXT(Allocate, "fallocate");
  enum Fate const what = fate("allocate", file);
  return what == failed ? -1 : (int)ended(what, next(file, mode, offset, size));
}
int fallocate64(int file, int mode, off_t offset, off_t size) { return fallocate(file, mode, offset, size); }

typedef int (*Open)(char const*, int, ...);
int open(char const* path, int flags, ...) {
  NEXT(Open, "open");
  MODE_OF_NEW_FILE(flags)
  enum Fate const what = fate_of_path(flags & O_CREAT ? "create" : "open", path);
  return what == failed ? -1 : (int)ended(what, next(path, flags, mode));
}
int open64(char const* path, int flags, ...) {
  MODE_OF_NEW_FILE(flags)
  return open(path, flags, mode);
}

typedef int (*Rename)(char const*, char const*);
int rename(char const* from, char const* to) {
  NEXT(Rename, "rename");
  enum Fate const what = fate_of_path("rename", from);
  return what == failed ? -1 : (int)ended(what, next(from, to));
}

typedef int (*Mkdir)(char const*, mode_t);
int mkdir(char const* path, mode_t mode) {
  NEXT(Mkdir, "mkdir");
  enum Fate const what = fate_of_path("mkdir", path);
  return what == failed ? -1 : (int)ended(what, next(path, mode));
}

typedef int (*OnPath)(char const*);
int remove(char const* path) {
  NEXT(OnPath, "remove");
  enum Fate const what = fate_of_path("remove", path);
  return what == failed ? -1 : (int)ended(what, next(path));
}
int unlink(char const* path) {
  NEXT(OnPath, "unlink");
  enum Fate const what = fate_of_path("remove", path);
  return what == failed ? -1 : (int)ended(what, next(path));
}
