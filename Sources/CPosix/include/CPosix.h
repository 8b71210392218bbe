/* System calls that the Glibc module lacks or hides, and a lock that the thread sanitizer sees.
 * Functions answer -1 with errno set, as those they wrap, unless they say otherwise. */
#ifndef AGENTDASH_CPOSIX_H
#define AGENTDASH_CPOSIX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* -- descriptors -- */

/* Non-blocking, closed on exec. */
int agentdash_eventfd(void);
/* Makes the eventfd readable. */
void agentdash_eventfd_signal(int descriptor);
/* Makes it unreadable again. */
void agentdash_eventfd_drain(int descriptor);
/* pipe2 with O_CLOEXEC, and O_NONBLOCK where asked. */
int agentdash_pipe(int *reader, int *writer, bool nonblocking);
/* The new capacity in bytes. */
int agentdash_set_pipe_size(int descriptor, int bytes);
/* The magic number of the file system that holds an open file, as statfs(2) tells it. */
long agentdash_file_system(int descriptor);
/* A file without a name, closed on exec: in memory, else under /tmp. */
int agentdash_anonymous_file(const char *name);

/* Columns and rows of a terminal. */
int agentdash_window_size(int descriptor, int *columns, int *rows);

/* -- signals -- */

/* Blocks the signals in the calling thread and those it will start; `signals` are numbers. */
int agentdash_block_signals(const int *signals, size_t count);
int agentdash_unblock_signal(int signal);
/* Is the signal ignored, as nohup and a shell's `&` leave it? */
bool agentdash_signal_is_ignored(int signal);
/* Non-blocking, closed on exec. */
int agentdash_signalfd(const int *signals, size_t count);
/* The next signal's number; 0 when none waits. */
int agentdash_signalfd_next(int descriptor);

/* -- programs -- */

/* Starts the program at `path` with one option, `input` as its descriptor 0 and `messages` as its 2 (both at least 3), and
 * nothing else of ours: no other descriptor, signal mask or environment. `output` becomes the non-blocking end of what it
 * writes. The process id, to be handed to agentdash_reap. */
int agentdash_spawn_filter(const char *path, const char *option, int input, int messages, int *output);
/* Waits for the end of a filter, killing it first if asked: its exit status, or 128 and the signal that ended it; -1 if that
 * isn't known, as where the system reaps children itself. */
int agentdash_reap(int process, bool kills);
/* Starts a program that is looked for in PATH, in a session of its own, with `input` (at least 3) as its descriptor 0 and no other of
 * ours. `arguments` and `environment` end with NULL; without an environment it has ours. `output` and `messages` become the
 * non-blocking ends of what it writes to 1 and 2. The process id, to be handed to agentdash_reap. */
int agentdash_spawn_program(char *const *arguments, char *const *environment, int input, int *output, int *messages);
/* The same in our environment, with what it writes going to `output` (at least 3): it goes on when we have ended. */
int agentdash_spawn_into(char *const *arguments, int input, int output);
/* Whether a program has ended: agentdash_reap won't wait. */
bool agentdash_has_ended(int process);
/* Kills a program of agentdash_spawn_program or agentdash_spawn_into that was not reaped yet, and what it has started. */
void agentdash_kill_session(int process);
/* Runs a program that is looked for in PATH, in our environment, with `input` (at least 3) as its descriptor 0, nothing of what it
 * writes shown and no terminal; `arguments` end with NULL. Its exit status, or 128 and the signal that ended it: SIGKILL where it
 * took longer than `milliseconds`. -1 when it can't be started. */
int agentdash_run_quietly(char *const *arguments, int input, int milliseconds);

/* -- bytes and text -- */

/* Columns of a code point in the locale of LC_CTYPE; -1 when it can't be printed. */
int agentdash_wcwidth(uint32_t scalar);
/* Offset of the first or last such byte; -1 when there is none. */
ptrdiff_t agentdash_first_byte(const void *bytes, size_t count, uint8_t byte);
ptrdiff_t agentdash_last_byte(const void *bytes, size_t count, uint8_t byte);

/* -- threads -- */

/* Names the calling thread (at most 15 bytes count). */
void agentdash_name_thread(const char *name);

typedef struct agentdash_lock agentdash_lock;
/* NULL when there is no memory. */
agentdash_lock *agentdash_lock_create(void);
void agentdash_lock_destroy(agentdash_lock *lock);
void agentdash_lock_acquire(agentdash_lock *lock);
bool agentdash_lock_try(agentdash_lock *lock);
void agentdash_lock_release(agentdash_lock *lock);
/* Lets go of the acquired lock until it is notified (or for no reason), and acquires it again. */
void agentdash_lock_wait(agentdash_lock *lock);
/* Wakes all who wait. */
void agentdash_lock_notify(agentdash_lock *lock);

/* Processors that the calling thread may run on, at least 1. */
int agentdash_processor_count(void);

/* -- a terminal that must not be left broken: see TerminalGuard.c -- */

/* The most bytes that may undo the screen. */
#define AGENTDASH_GUARD_BYTES 512

/* Remembers how to give the terminal back; from now on a crash or exit() does it. The modes are the
 * terminal's present ones. `captured` is the file standing in for descriptor 2 (-1: none).
 * -1 when there are too many bytes, the modes can't be read, or a terminal is guarded already. */
int agentdash_guard_arm(int terminal, const uint8_t *undo, size_t count, int captured);
/* Whether the process may change the terminal: its job is in front, or the terminal controls no jobs of ours. */
bool agentdash_is_foreground(int terminal);
/* Puts the remembered modes back, without waiting for output. Not from the background: the shell has its own by then. */
void agentdash_guard_restore_modes(void);
/* Copies what was captured to the terminal, control characters shown as `?`, and empties the capture. */
void agentdash_guard_replay(void);
/* Whether a terminal is guarded. */
bool agentdash_guard_is_armed(void);
/* Forgets the terminal. Nothing is written. */
void agentdash_guard_disarm(void);
/* True once a crash or exit() has given the terminal back: nothing more may be drawn. */
bool agentdash_guard_is_spent(void);
/* Handlers for SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE and for exit(). Once. */
void agentdash_guard_install(void);
/* Gives the calling thread a stack to crash on, so that running out of its own is handled too. */
void agentdash_guard_cover_thread(void);

#endif
