/* Gives the terminal back when the program dies: by a trap, a fault, abort() or exit() on any thread.
 *
 * The crash path calls async-signal-safe functions only and reads memory that was filled before the guard was armed. It neither
 * unwinds nor allocates. One terminal at a time. */
#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

static atomic_bool armed;
static atomic_bool spent;
static atomic_int crashing_thread;
static int terminal_descriptor = -1;
static int captured_descriptor = -1;
static struct termios modes;
static uint8_t undo_bytes[AGENTDASH_GUARD_BYTES];
static size_t undo_count;

static const int crash_signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE};

/* A terminal that takes nothing for half a second is given up: dying matters more. */
static void write_fully(int descriptor, const uint8_t *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
            if (poll(&ready, 1, 500) <= 0)
                return;
        } else if (written < 0 && errno == EINTR) {
            continue;
        } else {
            return;
        }
    }
}

int agentdash_guard_arm(int terminal, const uint8_t *undo, size_t count, int captured) {
    if (atomic_load(&armed) || count > sizeof undo_bytes) {
        errno = EBUSY;
        return -1;
    }
    if (tcgetattr(terminal, &modes) != 0)
        return -1;
    terminal_descriptor = terminal;
    captured_descriptor = captured;
    memcpy(undo_bytes, undo, count);
    undo_count = count;
    atomic_store(&spent, false);
    atomic_store(&armed, true);
    return 0;
}

bool agentdash_is_foreground(int terminal) {
    pid_t foreground = tcgetpgrp(terminal);
    return foreground < 0 || foreground == getpgrp();
}

void agentdash_guard_restore_modes(void) {
    if (!atomic_load(&armed) || !agentdash_is_foreground(terminal_descriptor))
        return;
    while (tcsetattr(terminal_descriptor, TCSANOW, &modes) != 0 && errno == EINTR) {
    }
}

void agentdash_guard_replay(void) {
    if (!atomic_load(&armed) || captured_descriptor < 0)
        return;
    uint8_t chunk[1024];
    off_t offset = 0;
    bool after_c2 = false; /* U+0080…U+009F are C2 80…C2 9F */
    for (;;) {
        ssize_t got = pread(captured_descriptor, chunk, sizeof chunk, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got; i++) {
            uint8_t byte = chunk[i];
            bool c1 = after_c2 && byte >= 0x80 && byte <= 0x9f;
            after_c2 = byte == 0xc2;
            /* The lead byte may be out already: a lead and `?` is one broken character, not a command. */
            if (c1 || byte == 0x7f || (byte < 0x20 && byte != '\n' && byte != '\t'))
                chunk[i] = '?';
        }
        write_fully(terminal_descriptor, chunk, (size_t)got);
        offset += got;
    }
    if (ftruncate(captured_descriptor, 0) == 0)
        lseek(captured_descriptor, 0, SEEK_SET);
}

bool agentdash_guard_is_armed(void) { return atomic_load(&armed); }

void agentdash_guard_disarm(void) { atomic_store(&armed, false); }

bool agentdash_guard_is_spent(void) { return atomic_load(&spent); }

static void give_back(void) {
    if (!atomic_load(&armed))
        return;
    atomic_store(&spent, true);
    /* In the background, writing could stop the process instead of letting it die. */
    sigset_t background;
    sigemptyset(&background);
    sigaddset(&background, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &background, NULL);
    agentdash_guard_restore_modes();
    write_fully(terminal_descriptor, undo_bytes, undo_count);
    agentdash_guard_replay();
    atomic_store(&armed, false);
}

static void crashed(int signal_number) {
    int saved_errno = errno;
    int self = (int)syscall(SYS_gettid);
    int nobody = 0;
    if (atomic_compare_exchange_strong(&crashing_thread, &nobody, self)) {
        give_back();
    } else if (nobody != self) {
        /* Another thread crashed first and is about to end the process. */
        for (;;)
            pause();
    }
    /* SA_RESETHAND has restored the default: this one kills when the handler returns. */
    raise(signal_number);
    errno = saved_errno;
}

void agentdash_guard_cover_thread(void) {
    const size_t size = 64 * 1024;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return;
    stack_t stack = {.ss_sp = memory, .ss_size = size, .ss_flags = 0};
    if (sigaltstack(&stack, NULL) != 0)
        munmap(memory, size);
}

void agentdash_guard_install(void) {
    static atomic_bool installed;
    if (atomic_exchange(&installed, true))
        return;
    agentdash_guard_cover_thread();
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = crashed;
    action.sa_flags = (int)(SA_RESETHAND | SA_ONSTACK);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof crash_signals / sizeof *crash_signals; i++)
        sigaction(crash_signals[i], &action, NULL);
    atexit(give_back);
}
