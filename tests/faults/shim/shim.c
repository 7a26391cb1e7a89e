/* What stands between a collector and its disk and clock, for the fault tests alone (tests/src/shim.rs starts it).
 *
 * Loaded with LD_PRELOAD, it sees every call by which the program writes files. That is how the program that ships can be
 * tested as it ships: SQLite, compiled into it, calls the C library by these names. It has to be C, because it takes the place
 * of functions of the C library, some of them variadic, within a process that must not notice.
 *
 * In its environment:
 *   SHIM_FOLDER   the folder whose files are watched; nothing else is touched
 *   SHIM_JOURNAL  what happens to them is appended to this file: see `struct record`
 *   SHIM_FSYNC    while this file exists, no file can be synced: EIO
 *   SHIM_SPACE    while this file exists, no file can be written: ENOSPC
 *   SHIM_CLOCK    eight bytes: by how many seconds the wall clock is wrong; may change at any time
 *   SHIM_NORMAL   the write-ahead log is not synced for commits, only for checkpoints: what `synchronous = NORMAL` does
 *
 * The monotonic clock is never touched: the journal's time stamps are of it, and so are those of the tests.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The kinds of records. A record's name stands once, in CREATED or KNOWN, and is a number afterwards. */
enum kind { KNOWN = 1, CREATED, WRITTEN, CUT_TO, SYNC_BEGUN, SYNC_DONE, SYNC_FAILED, SYNC_LEFT_OUT, UNLINKED, RENAMED };

/* One thing that happened, followed by `length` bytes: what was written, or a name. In the machine's byte order. */
struct record {
    uint64_t at_ns; /* monotonic; never before that of the record before */
    uint32_t kind;
    uint32_t file;
    uint64_t offset; /* of WRITTEN; the new length of CUT_TO; the number of the sync of SYNC_* */
    uint64_t length;
};

#define MAX_FDS 65536
#define MAX_FILES 1024

static char *folder, *fsync_flag, *space_flag;
static volatile int64_t *clock_offset;
static int journal = -1, normal;
/* One more than the number of the file that is open there; 0: not watched. */
static uint16_t file_of[MAX_FDS];
static char *names[MAX_FILES];
/* Of a write-ahead log: whether commits were written since it was last synced. */
static char has_commits[MAX_FILES];
static unsigned files;
static uint64_t syncs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int raw_open(const char *path, int flags) { return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0644); }

__attribute__((constructor)) static void begin(void) {
    char *place = getenv("SHIM_CLOCK");
    if (place) {
        int fd = raw_open(place, O_RDONLY | O_CLOEXEC);
        void *page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
        if (page == MAP_FAILED) _exit(96);
        clock_offset = page;
    }
    folder = getenv("SHIM_FOLDER");
    fsync_flag = getenv("SHIM_FSYNC");
    space_flag = getenv("SHIM_SPACE");
    normal = getenv("SHIM_NORMAL") != NULL;
    place = getenv("SHIM_JOURNAL");
    if (place && (journal = raw_open(place, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC)) < 0) _exit(97);
}

static int flagged(const char *flag) { return flag && syscall(SYS_faccessat, AT_FDCWD, flag, F_OK) == 0; }

/* Callers hold the lock, so the order of the records is the order in which things happened. */
static void note(enum kind kind, unsigned file, uint64_t offset, const void *data, uint64_t length) {
    if (journal < 0) return;
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    struct record record = {(uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec, kind, file, offset, length};
    struct iovec parts[2] = {{&record, sizeof record}, {(void *)data, length}};
    /* A journal with gaps would prove anything. */
    if (syscall(SYS_writev, journal, parts, length ? 2 : 1) != (long)(sizeof record + length)) _exit(98);
}

static int is_watched(const char *path) {
    size_t length = folder ? strlen(folder) : 0;
    if (!length || strncmp(path, folder, length) != 0 || (path[length] != '/' && path[length] != 0)) return 0;
    /* The index of the write-ahead log is made anew after a crash. */
    size_t all = strlen(path);
    return all < 4 || strcmp(path + all - 4, "-shm") != 0;
}

/* The number of a file, by its name. Callers hold the lock. */
static unsigned number_of(const char *path, int is_new) {
    unsigned file = 0;
    while (file < files && strcmp(names[file], path) != 0) file++;
    if (file == files) {
        if (files == MAX_FILES) _exit(99);
        names[files++] = strdup(path);
        note(KNOWN, file, 0, path, strlen(path));
    }
    if (is_new) note(CREATED, file, 0, NULL, 0);
    return file;
}

static void full_path(int at, const char *path, char *full) {
    if (path[0] == '/') {
        snprintf(full, PATH_MAX, "%s", path);
        return;
    }
    char start[PATH_MAX] = "", link[64];
    if (at == AT_FDCWD) {
        if (!getcwd(start, sizeof start)) start[0] = 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, start, sizeof start - 1);
        start[length > 0 ? length : 0] = 0;
    }
    snprintf(full, PATH_MAX, "%.2000s/%.2000s", start, path);
}

static int open_at(int at, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    full_path(at, path, full);
    if (!is_watched(full)) {
        int fd = (int)syscall(SYS_openat, at, path, flags, mode);
        if (fd >= 0 && fd < MAX_FDS) file_of[fd] = 0;
        return fd;
    }
    pthread_mutex_lock(&lock);
    int is_new = (flags & O_CREAT) && syscall(SYS_faccessat, AT_FDCWD, full, F_OK) != 0;
    int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    if (fd >= MAX_FDS) _exit(99);
    if (fd >= 0) {
        unsigned file = number_of(full, is_new);
        file_of[fd] = (uint16_t)(file + 1);
        if (flags & O_TRUNC) note(CUT_TO, file, 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE(flags, after) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list rest; va_start(rest, after); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) { MODE(flags, flags) return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, flags) return open_at(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags, flags) return open_at(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags, flags) return open_at(at, path, flags, mode); }

int close(int fd) {
    if (fd >= 0 && fd < MAX_FDS) file_of[fd] = 0;
    return REAL(close)(fd);
}

/* One more than the number of the watched file behind it, or 0. */
static unsigned watched(int fd) { return fd >= 0 && fd < MAX_FDS ? file_of[fd] : 0; }

static int is_log(unsigned file) {
    size_t all = strlen(names[file]);
    return all > 4 && strcmp(names[file] + all - 4, "-wal") == 0;
}

/* What was really written: also a short write counts. */
static void note_written(unsigned file, uint64_t offset, const void *data, ssize_t written) {
    if (written <= 0) return;
    note(WRITTEN, file, offset, data, (uint64_t)written);
    /* The log's head, 32 bytes, is written and synced when the log begins anew, in any mode. */
    if (offset != 0 || written != 32) has_commits[file] = 1;
}

static ssize_t write_at(int fd, const void *data, size_t length, off_t offset) {
    unsigned file = watched(fd);
    if (!file) return syscall(SYS_pwrite64, fd, data, length, offset);
    if (flagged(space_flag)) { errno = ENOSPC; return -1; }
    pthread_mutex_lock(&lock);
    ssize_t written = syscall(SYS_pwrite64, fd, data, length, offset);
    note_written(file - 1, (uint64_t)offset, data, written);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return write_at(fd, data, length, offset); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return write_at(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
    unsigned file = watched(fd);
    if (!file) return REAL(write)(fd, data, length);
    if (flagged(space_flag)) { errno = ENOSPC; return -1; }
    pthread_mutex_lock(&lock);
    ssize_t written = REAL(write)(fd, data, length);
    if (written > 0) note_written(file - 1, (uint64_t)(lseek(fd, 0, SEEK_CUR) - written), data, written);
    pthread_mutex_unlock(&lock);
    return written;
}

/* Whatever is written in a way that the journal does not know would be missing in it. */
static ssize_t unknown(const char *call) {
    char told[128];
    int length = snprintf(told, sizeof told, "the shim does not know %s on a watched file\n", call);
    syscall(SYS_write, 2, told, length);
    _exit(95);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    return watched(fd) ? unknown("writev") : REAL(writev)(fd, parts, count);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    return watched(fd) ? unknown("pwritev") : REAL(pwritev)(fd, parts, count, offset);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return watched(fd) ? unknown("pwritev64") : REAL(pwritev64)(fd, parts, count, offset);
}
int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
    return watched(fd) ? (int)unknown("fallocate") : REAL(fallocate64)(fd, mode, offset, length);
}
int posix_fallocate64(int fd, off64_t offset, off64_t length) {
    return watched(fd) ? (int)unknown("posix_fallocate") : REAL(posix_fallocate64)(fd, offset, length);
}

static int cut(int fd, off_t length) {
    unsigned file = watched(fd);
    if (!file) return (int)syscall(SYS_ftruncate, fd, length);
    pthread_mutex_lock(&lock);
    int done = (int)syscall(SYS_ftruncate, fd, length);
    if (done == 0) note(CUT_TO, file - 1, (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

/* The lock is not held while the disk works: what is written meanwhile may or may not be covered by this sync. */
static int sync_by(int fd, int (*real)(int)) {
    unsigned file = watched(fd);
    if (!file) return real(fd);
    file--;
    pthread_mutex_lock(&lock);
    uint64_t sync = ++syncs;
    /* A checkpoint begins with a sync of the log to which nothing was written since the last commit's. */
    int left_out = normal && is_log(file) && has_commits[file];
    has_commits[file] = 0;
    int fails = flagged(fsync_flag);
    note(left_out ? SYNC_LEFT_OUT : SYNC_BEGUN, file, sync, NULL, 0);
    pthread_mutex_unlock(&lock);
    if (left_out) return 0;
    int done = fails ? -1 : real(fd), reason = fails ? EIO : errno;
    pthread_mutex_lock(&lock);
    note(done == 0 ? SYNC_DONE : SYNC_FAILED, file, sync, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = reason;
    return done;
}

int fsync(int fd) { return sync_by(fd, REAL(fsync)); }
int fdatasync(int fd) { return sync_by(fd, REAL(fdatasync)); }

static int unlink_at(int at, const char *path, int flags) {
    char full[PATH_MAX];
    full_path(at, path, full);
    if (!is_watched(full)) return (int)syscall(SYS_unlinkat, at, path, flags);
    pthread_mutex_lock(&lock);
    int done = (int)syscall(SYS_unlinkat, at, path, flags);
    if (done == 0) note(UNLINKED, number_of(full, 0), 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path) { return unlink_at(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return unlink_at(at, path, flags); }

static int rename_at(const char *from, const char *to) {
    char full[PATH_MAX], target[PATH_MAX];
    full_path(AT_FDCWD, from, full);
    full_path(AT_FDCWD, to, target);
    if (is_watched(full) || is_watched(target)) unknown("rename");
    return REAL(rename)(from, to);
}

int rename(const char *from, const char *to) { return rename_at(from, to); }

static void shift(time_t *seconds) {
    if (clock_offset) *seconds += (time_t)*clock_offset;
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int done = (int)syscall(SYS_clock_gettime, which, now);
    if (done == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) shift(&now->tv_sec);
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int done = (int)syscall(SYS_gettimeofday, now, zone);
    if (done == 0) shift(&now->tv_sec);
    return done;
}

time_t time(time_t *told) {
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    shift(&now.tv_sec);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
