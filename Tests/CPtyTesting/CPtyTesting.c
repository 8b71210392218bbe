#define _GNU_SOURCE
#include "CPtyTesting.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int pty_testing_open(char *slave_path, int capacity) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0)
        return -1;
    if (grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, slave_path, (size_t)capacity) != 0) {
        close(master);
        return -1;
    }
    return master;
}

int pty_testing_resize(int master, int columns, int rows) {
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
    return ioctl(master, TIOCSWINSZ, &size);
}

static int spawn(pid_t *child, const char *path, char *const *arguments, char *const *environment,
                 const posix_spawn_file_actions_t *actions) {
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    int result = posix_spawn(child, path, actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    return result;
}

int pty_testing_spawn(int *child, const char *path, char *const *arguments, char *const *environment,
                      const char *slave_path, int input, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    /* Opened by a session leader, the slave becomes its controlling terminal. */
    posix_spawn_file_actions_addopen(&actions, 0, slave_path, O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, 0, 1);
    posix_spawn_file_actions_adddup2(&actions, 0, 2);
    if (input >= 0)
        posix_spawn_file_actions_adddup2(&actions, input, 0);
    if (output >= 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1);
    int result = spawn(child, path, arguments, environment, &actions);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

int pty_testing_spawn_headless(int *child, const char *path, char *const *arguments, char *const *environment,
                               int input, int output, int errors) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, errors, 2);
    int result = spawn(child, path, arguments, environment, &actions);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

int pty_testing_memory_file(void) { return memfd_create("pty-testing", MFD_CLOEXEC); }

int pty_testing_reap(int child, int *status) {
    int raw;
    pid_t got = waitpid(child, &raw, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR))
        return 0;
    *status = got < 0 ? 0 : WIFEXITED(raw) ? WEXITSTATUS(raw) : -WTERMSIG(raw);
    return 1;
}

int pty_testing_pipe(int *reader, int *writer) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    *reader = ends[0];
    *writer = ends[1];
    return 0;
}
