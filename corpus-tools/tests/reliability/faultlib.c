/* Makes one system call of a program fail, or kills the program there.
 *
 * Preloaded (LD_PRELOAD), it counts the calls of each class over all threads of the process. (strace
 * can inject faults too, but counts each thread by itself: of the calls that many short-lived threads
 * make it only ever reaches the first ones.)
 *
 *   FAULT        rules, separated by commas: CLASS:N:WHAT
 *                  CLASS  open dup read write sync rename link mkdir unlink stat list truncate lock thread copy
 *                  N      7: the seventh call; 7+: the seventh and all after it
 *                  WHAT   a number: fail with this errno; KILL: die by SIGKILL before the call;
 *                         AFTER: die after it; SHORT: read or write half of what was asked for
 *   FAULT_LOG    file that gets a line "CLASS N PATH" for each call that a rule hit
 *   FAULT_TRACE  if set, FAULT_LOG gets a line for every call
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN, DUP, READ, WRITE, SYNC, RENAME, LINK, MKDIR, UNLINK, STAT, LIST, TRUNCATE, LOCK, THREAD, COPY, CLASSES };
static const char *const NAMES[CLASSES] = {"open", "dup", "read", "write", "sync", "rename", "link", "mkdir",
                                           "unlink", "stat", "list", "truncate", "lock", "thread", "copy"};
enum { FAIL, KILL, AFTER, SHORT, NONE };
struct rule { int class, what, error, onwards; long n; };

static struct rule rules[8];
static int rule_count, log_fd = -1, trace;
static atomic_long counts[CLASSES];

__attribute__((constructor)) static void set_up(void) {
    const char *text = getenv("FAULT"), *log = getenv("FAULT_LOG");
    trace = getenv("FAULT_TRACE") != NULL;
    if (log) log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    while (text && *text && rule_count < 8) {
        char class[16] = "", n[16] = "", what[16] = "";
        sscanf(text, "%15[^:]:%15[^:]:%15[^,]", class, n, what);
        struct rule *r = &rules[rule_count++];
        r->class = -1;
        for (int c = 0; c < CLASSES; c++)
            if (!strcmp(class, NAMES[c])) r->class = c;
        r->n = atol(n);
        r->onwards = strchr(n, '+') != NULL;
        r->error = atoi(what);
        r->what = !strcmp(what, "KILL") ? KILL : !strcmp(what, "AFTER") ? AFTER : !strcmp(what, "SHORT") ? SHORT : FAIL;
        if (r->class < 0) _exit(99);
        text = strchr(text, ',');
        if (text) text++;
    }
}

static void note(int class, long n, const char *path, int fd) {
    char name[600] = "", line[700];
    if (path) snprintf(name, sizeof name, "%s", path);
    else if (fd >= 0) {
        char link[40];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        long got = syscall(SYS_readlinkat, AT_FDCWD, link, name, sizeof name - 1);
        name[got > 0 ? got : 0] = 0;
    }
    int length = snprintf(line, sizeof line, "%s %ld %s\n", NAMES[class], n, name);
    syscall(SYS_write, log_fd, line, length);
}

static void die(void) {
    syscall(SYS_kill, (int)syscall(SYS_getpid), SIGKILL);
    for (;;) pause();
}

/* What is to happen at this call; errno is set if it is to fail. */
static int hit(int class, const char *path, int fd) {
    long n = atomic_fetch_add(&counts[class], 1) + 1;
    int what = NONE;
    for (int i = 0; i < rule_count; i++)
        if (rules[i].class == class && (rules[i].n == n || (rules[i].onwards && n > rules[i].n))) {
            what = rules[i].what;
            if (what == FAIL) errno = rules[i].error;
        }
    int error = errno;
    if (log_fd >= 0 && (trace || what != NONE)) note(class, n, path, fd);
    errno = error;
    if (what == KILL) die();
    return what;
}

/* The path, or NULL. glibc declares that it is never NULL, and the compiler believes it; but Rust's
 * standard library does pass NULL, to find out whether there is a statx at all. */
static const char *named(const char *volatile path) {
    const char *seen = path;
    return seen && *seen ? seen : NULL;
}

/* type name(params) { count it; fail, or call the real one with args; maybe die } */
#define WRAP(type, name, params, args, class, path, fd, failed)          \
    type name params {                                                   \
        static __typeof__(&name) real;                                   \
        int what = hit(class, path, fd);                                 \
        if (what == FAIL) return failed;                                 \
        if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);    \
        type result = real args;                                   \
        if (what == AFTER) die();                                        \
        return result;                                                   \
    }

WRAP(int, fsync, (int fd), (fd), SYNC, NULL, fd, -1)
WRAP(int, fdatasync, (int fd), (fd), SYNC, NULL, fd, -1)
WRAP(int, rename, (const char *a, const char *b), (a, b), RENAME, b, -1, -1)
WRAP(int, renameat, (int d, const char *a, int e, const char *b), (d, a, e, b), RENAME, b, -1, -1)
WRAP(int, renameat2, (int d, const char *a, int e, const char *b, unsigned f), (d, a, e, b, f), RENAME, b, -1, -1)
WRAP(int, link, (const char *a, const char *b), (a, b), LINK, b, -1, -1)
WRAP(int, linkat, (int d, const char *a, int e, const char *b, int f), (d, a, e, b, f), LINK, b, -1, -1)
WRAP(int, mkdir, (const char *p, mode_t m), (p, m), MKDIR, p, -1, -1)
WRAP(int, unlink, (const char *p), (p), UNLINK, p, -1, -1)
WRAP(int, unlinkat, (int d, const char *p, int f), (d, p, f), UNLINK, p, -1, -1)
WRAP(int, rmdir, (const char *p), (p), UNLINK, p, -1, -1)
WRAP(int, ftruncate64, (int fd, off64_t n), (fd, n), TRUNCATE, NULL, fd, -1)
WRAP(int, flock, (int fd, int op), (fd, op), LOCK, NULL, fd, -1)
WRAP(int, stat64, (const char *p, struct stat64 *s), (p, s), STAT, p, -1, -1)
WRAP(int, lstat64, (const char *p, struct stat64 *s), (p, s), STAT, p, -1, -1)
WRAP(int, fstat64, (int fd, struct stat64 *s), (fd, s), STAT, NULL, fd, -1)
WRAP(int, statx, (int d, const char *p, int f, unsigned m, struct statx *s), (d, p, f, m, s), STAT, named(p), d, -1)
WRAP(DIR *, opendir, (const char *p), (p), OPEN, p, -1, NULL)
WRAP(struct dirent64 *, readdir64, (DIR *d), (d), LIST, NULL, dirfd(d), NULL)
WRAP(ssize_t, copy_file_range, (int a, off64_t *ao, int b, off64_t *bo, size_t n, unsigned f), (a, ao, b, bo, n, f), COPY, NULL, b, -1)
WRAP(ssize_t, sendfile64, (int o, int i, off64_t *at, size_t n), (o, i, at, n), COPY, NULL, o, -1)
WRAP(int, pthread_create, (pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *v), (t, a, f, v), THREAD, "", -1, errno)

#define TRANSFER(name, params, args, class, fd, count)                   \
    ssize_t name params {                                                \
        static __typeof__(&name) real;                                   \
        int what = hit(class, NULL, fd);                                 \
        if (what == FAIL) return -1;                                     \
        if (what == SHORT && count > 1) count = (count + 1) / 2;         \
        if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);    \
        ssize_t result = real args;                                \
        if (what == AFTER) die();                                        \
        return result;                                                   \
    }
TRANSFER(write, (int fd, const void *b, size_t n), (fd, b, n), WRITE, fd, n)
TRANSFER(pwrite64, (int fd, const void *b, size_t n, off64_t at), (fd, b, n, at), WRITE, fd, n)
TRANSFER(writev, (int fd, const struct iovec *v, int n), (fd, v, n), WRITE, fd, n)
TRANSFER(read, (int fd, void *b, size_t n), (fd, b, n), READ, fd, n)
TRANSFER(pread64, (int fd, void *b, size_t n, off64_t at), (fd, b, n, at), READ, fd, n)
TRANSFER(readv, (int fd, const struct iovec *v, int n), (fd, v, n), READ, fd, n)

#define OPENS(name, params, at_args, path)                               \
    int name params {                                                    \
        static int (*real)();                                            \
        mode_t mode = 0;                                                 \
        va_list rest;                                                    \
        va_start(rest, flags);                                           \
        if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(rest, mode_t);  \
        va_end(rest);                                                    \
        int what = hit(OPEN, path, -1);                                  \
        if (what == FAIL) return -1;                                     \
        if (!real) real = (int (*)())dlsym(RTLD_NEXT, #name);            \
        int result = real at_args;                                       \
        if (what == AFTER) die();                                        \
        return result;                                                   \
    }
OPENS(open, (const char *p, int flags, ...), (p, flags, mode), p)
OPENS(open64, (const char *p, int flags, ...), (p, flags, mode), p)
OPENS(openat, (int d, const char *p, int flags, ...), (d, p, flags, mode), p)
OPENS(openat64, (int d, const char *p, int flags, ...), (d, p, flags, mode), p)

int fcntl(int fd, int command, ...) {
    static int (*real)(int, int, ...);
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (command == F_DUPFD_CLOEXEC && hit(DUP, NULL, fd) == FAIL) return -1;
    if (!real) real = (int (*)(int, int, ...))dlsym(RTLD_NEXT, "fcntl");
    return real(fd, command, argument);
}
