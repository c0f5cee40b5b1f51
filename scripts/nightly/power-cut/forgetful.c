/*
 * Preloaded into a process that writes to a store: keeps, beside each file of the folder FORGETFUL_FROM, a copy in
 * FORGETFUL_TO with only what was forced to the disk. After the process was killed, that copy is what a power cut would
 * have left in the worst case.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Copies the content of an open file to the durable folder, under a passing name first. */
static void remember(int fd) {
  const char *from = getenv("FORGETFUL_FROM"), *to = getenv("FORGETFUL_TO");
  if (from == NULL || to == NULL) return;
  char link[64], path[PATH_MAX], copy[PATH_MAX], passing[PATH_MAX + 16];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  size_t prefix = strlen(from);
  struct stat state;
  if (strncmp(path, from, prefix) != 0 || fstat(fd, &state) != 0 || !S_ISREG(state.st_mode)) return;
  snprintf(copy, sizeof copy, "%s%s", to, path + prefix);
  snprintf(passing, sizeof passing, "%s.passing", copy);
  int target = open(passing, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (target < 0) return;
  char buffer[65536];
  off_t offset = 0;
  ssize_t count;
  while ((count = pread(fd, buffer, sizeof buffer, offset)) > 0) {
    if (write(target, buffer, (size_t)count) != count) abort();
    offset += count;
  }
  close(target);
  if (rename(passing, copy) != 0) abort();
}

int fsync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  if (result == 0) remember(fd);
  return result;
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  if (result == 0) remember(fd);
  return result;
}
