#define _GNU_SOURCE
#define _XOPEN_SOURCE 700
#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <wchar.h>

int agentdash_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void agentdash_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    /* EAGAIN means that the counter is full: readable already. */
    while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

void agentdash_eventfd_drain(int descriptor) {
    uint64_t count;
    while (read(descriptor, &count, sizeof count) < 0 && errno == EINTR) {
    }
}

int agentdash_pipe(int *reader, int *writer, bool nonblocking) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | (nonblocking ? O_NONBLOCK : 0)) != 0)
        return -1;
    *reader = ends[0];
    *writer = ends[1];
    return 0;
}

int agentdash_set_pipe_size(int descriptor, int bytes) { return fcntl(descriptor, F_SETPIPE_SZ, bytes); }

int agentdash_anonymous_file(const char *name) {
    int descriptor = memfd_create(name, MFD_CLOEXEC);
    if (descriptor < 0)
        descriptor = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return descriptor;
}

int agentdash_window_size(int descriptor, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0)
        return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

static void make_set(sigset_t *set, const int *signals, size_t count) {
    sigemptyset(set);
    for (size_t i = 0; i < count; i++)
        sigaddset(set, signals[i]);
}

int agentdash_block_signals(const int *signals, size_t count) {
    sigset_t set;
    make_set(&set, signals, count);
    return pthread_sigmask(SIG_BLOCK, &set, NULL) == 0 ? 0 : -1;
}

int agentdash_unblock_signal(int signal) {
    sigset_t set;
    make_set(&set, &signal, 1);
    return pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0 ? 0 : -1;
}

bool agentdash_signal_is_ignored(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int agentdash_signalfd(const int *signals, size_t count) {
    sigset_t set;
    make_set(&set, signals, count);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int agentdash_signalfd_next(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t got;
    do
        got = read(descriptor, &info, sizeof info);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

int agentdash_wcwidth(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

ptrdiff_t agentdash_first_byte(const void *bytes, size_t count, uint8_t byte) {
    const uint8_t *found = count == 0 ? NULL : memchr(bytes, byte, count);
    return found == NULL ? -1 : found - (const uint8_t *)bytes;
}

ptrdiff_t agentdash_last_byte(const void *bytes, size_t count, uint8_t byte) {
    const uint8_t *found = count == 0 ? NULL : memrchr(bytes, byte, count);
    return found == NULL ? -1 : found - (const uint8_t *)bytes;
}

void agentdash_name_thread(const char *name) {
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = 0;
    pthread_setname_np(pthread_self(), cut);
}

struct agentdash_lock {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
};

agentdash_lock *agentdash_lock_create(void) {
    agentdash_lock *lock = malloc(sizeof *lock);
    if (lock == NULL)
        return NULL;
    if (pthread_mutex_init(&lock->mutex, NULL) != 0) {
        free(lock);
        return NULL;
    }
    if (pthread_cond_init(&lock->changed, NULL) != 0) {
        pthread_mutex_destroy(&lock->mutex);
        free(lock);
        return NULL;
    }
    return lock;
}

void agentdash_lock_destroy(agentdash_lock *lock) {
    if (lock == NULL)
        return;
    pthread_cond_destroy(&lock->changed);
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void agentdash_lock_acquire(agentdash_lock *lock) { pthread_mutex_lock(&lock->mutex); }
bool agentdash_lock_try(agentdash_lock *lock) { return pthread_mutex_trylock(&lock->mutex) == 0; }
void agentdash_lock_release(agentdash_lock *lock) { pthread_mutex_unlock(&lock->mutex); }
void agentdash_lock_wait(agentdash_lock *lock) { pthread_cond_wait(&lock->changed, &lock->mutex); }
void agentdash_lock_notify(agentdash_lock *lock) { pthread_cond_broadcast(&lock->changed); }

int agentdash_processor_count(void) {
    cpu_set_t set;
    /* Fails on machines of more processors than a set has room for. */
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 2;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}
