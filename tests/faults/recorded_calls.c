/*
 * Writes down every call by which a program changes its files, with the bytes, so that tests/faults/kills can work out what a power cut would have left.
 * Preloaded; the program knows nothing of it.
 *
 *   RECORD_FILE   only files whose path contains this text
 *   RECORD_TO     the file of records, which all ranks append to. A record is this head, then the path, then the bytes or the second path:
 *                   u64 kind, inode, offset (or size), rank, length of the path, length of what follows
 *
 * What a call does is written down when it is done; of a sync also that it begins, because it is sure only for what was done by then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "next_call.h"

enum Kind { created = 1, written, resized, sync_begun, data_synced, all_synced, renamed, removed, folder_made };

static char const* wanted;
static int records = -1;
static uint64_t rank;

__attribute__((constructor)) static void read_settings(void) {
  char const* const to = getenv("RECORD_TO");
  wanted = getenv("RECORD_FILE");
  if (to == NULL || wanted == NULL) return;
  records = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
  char const* const own = getenv("OMPI_COMM_WORLD_RANK");
  rank = own == NULL ? 0 : strtoull(own, NULL, 10);
}

static void record(enum Kind what, uint64_t inode, uint64_t offset, char const* path, void const* more, size_t bytes) {
  uint64_t head[6] = {what, inode, offset, rank, strlen(path), bytes};
  struct iovec parts[3] = {{head, sizeof head}, {(void*)path, strlen(path)}, {(void*)more, bytes}};
  if (syscall(SYS_writev, records, parts, 3) != (ssize_t)(sizeof head + strlen(path) + bytes)) abort();
}

// The path of an open file that is to be recorded; NULL: it is not.
static char const* path_of(int file, char* path) {
  if (records < 0) return NULL;
  if (path_of_descriptor(file, path) == NULL) return NULL;
  struct stat status;  // a folder counts whatever its name: its sync makes names sure
  int const folder = fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
  return folder || strstr(path, wanted) != NULL ? path : NULL;
}

static uint64_t inode_of(int file) {
  struct stat status;
  if (fstat(file, &status) != 0) abort();
  return status.st_ino;
}

static void record_open(enum Kind what, int file, uint64_t offset, void const* bytes, size_t size) {
  char path[PATH_MAX];
  if (path_of(file, path) != NULL) record(what, inode_of(file), offset, path, bytes, size);
}

typedef ssize_t (*Write)(int, void const*, size_t);
ssize_t write(int file, void const* bytes, size_t size) {
  NEXT(Write, "write");
  ssize_t const done = next(file, bytes, size);
  char path[PATH_MAX];
  if (done > 0 && path_of(file, path) != NULL) record(written, inode_of(file), (uint64_t)(lseek(file, 0, SEEK_CUR) - done), path, bytes, (size_t)done);
  return done;
}

typedef ssize_t (*Pwrite)(int, void const*, size_t, off_t);
ssize_t pwrite(int file, void const* bytes, size_t size, off_t offset) {
  NEXT(Pwrite, "pwrite");
  ssize_t const done = next(file, bytes, size, offset);
  if (done > 0) record_open(written, file, (uint64_t)offset, bytes, (size_t)done);
  return done;
}
ssize_t pwrite64(int file, void const* bytes, size_t size, off_t offset) { return pwrite(file, bytes, size, offset); }

// Vectors are written part by part: a file system may cut them anywhere, too.
ssize_t pwritev(int file, struct iovec const* parts, int number, off_t offset) {
  ssize_t sum = 0;
  for (int i = 0; i < number; ++i) {
    ssize_t const done = pwrite(file, parts[i].iov_base, parts[i].iov_len, offset + sum);
    if (done < 0) return i == 0 ? done : sum;
    sum += done;
    if ((size_t)done < parts[i].iov_len) break;
  }
  return sum;
}
ssize_t pwritev64(int file, struct iovec const* parts, int number, off_t offset) { return pwritev(file, parts, number, offset); }

typedef int (*OnFile)(int);
int fsync(int file) {
  NEXT(OnFile, "fsync");
  record_open(sync_begun, file, 0, NULL, 0);
  int const result = next(file);
  if (result == 0) record_open(all_synced, file, 0, NULL, 0);
  return result;
}
int fdatasync(int file) {
  NEXT(OnFile, "fdatasync");
  record_open(sync_begun, file, 0, NULL, 0);
  int const result = next(file);
  if (result == 0) record_open(data_synced, file, 0, NULL, 0);
  return result;
}

typedef int (*Truncate)(int, off_t);
int ftruncate(int file, off_t size) {
  NEXT(Truncate, "ftruncate");
  int const result = next(file, size);
  if (result == 0) record_open(resized, file, (uint64_t)size, NULL, 0);
  return result;
}
int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

// Created, or found and emptied: both are told as what is there afterwards.
typedef int (*Open)(char const*, int, ...);
int open(char const* path, int flags, ...) {
  NEXT(Open, "open");
  MODE_OF_NEW_FILE(flags)
  int const is_new = records >= 0 && (flags & O_CREAT) && access(path, F_OK) != 0;
  int const file = next(path, flags, mode);
  if (file >= 0 && is_new) record_open(created, file, 0, NULL, 0);
  if (file >= 0 && !is_new && (flags & O_TRUNC)) record_open(resized, file, 0, NULL, 0);
  return file;
}
int open64(char const* path, int flags, ...) {
  MODE_OF_NEW_FILE(flags)
  return open(path, flags, mode);
}

// Names as the program gives them, made whole.
static char const* whole(char const* path, char* text) {
  if (path[0] == '/') return path;
  if (getcwd(text, PATH_MAX) == NULL) abort();
  size_t const length = strlen(text);
  snprintf(text + length, PATH_MAX - length, "/%s", path);
  return text;
}

static void record_name(enum Kind what, char const* path, char const* to) {
  char from_text[PATH_MAX], to_text[PATH_MAX];
  if (records < 0 || strstr(path, wanted) == NULL) return;
  char const* const target = to == NULL ? "" : whole(to, to_text);
  record(what, 0, 0, whole(path, from_text), target, strlen(target));
}

typedef int (*Rename)(char const*, char const*);
int rename(char const* from, char const* to) {
  NEXT(Rename, "rename");
  int const result = next(from, to);
  if (result == 0) record_name(renamed, from, to);
  return result;
}

typedef int (*Mkdir)(char const*, mode_t);
int mkdir(char const* path, mode_t mode) {
  NEXT(Mkdir, "mkdir");
  int const result = next(path, mode);
  if (result == 0) record_name(folder_made, path, NULL);
  return result;
}

typedef int (*OnPath)(char const*);
int remove(char const* path) {
  NEXT(OnPath, "remove");
  int const result = next(path);
  if (result == 0) record_name(removed, path, NULL);
  return result;
}
int unlink(char const* path) {
  NEXT(OnPath, "unlink");
  int const result = next(path);
  if (result == 0) record_name(removed, path, NULL);
  return result;
}
