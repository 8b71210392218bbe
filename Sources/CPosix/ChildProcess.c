/* Programs of the system, run without a shell: as filters that inherit nothing of ours but what is handed over, and for a moment
 * in the user's own environment. */
#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Default signals and none blocked, whatever ours are. */
static int attributes_with_default_signals(posix_spawnattr_t *attributes, short flags) {
    int result = posix_spawnattr_init(attributes);
    if (result != 0)
        return result;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | flags);
}

static int spawn(const char *path, const char *option, int input, int output, int messages, pid_t *process) {
    const char *arguments[] = {path, option, NULL};
    /* Neither options from the environment nor a language other than the one whose messages we show. */
    const char *environment[] = {"LC_ALL=C", "PATH=/usr/bin:/bin", NULL};
    posix_spawn_file_actions_t actions;
    int result = posix_spawn_file_actions_init(&actions);
    if (result != 0)
        return result;
    posix_spawnattr_t attributes;
    result = attributes_with_default_signals(&attributes, 0);
    if (result == 0) {
        posix_spawn_file_actions_adddup2(&actions, input, 0);
        posix_spawn_file_actions_adddup2(&actions, output, 1);
        posix_spawn_file_actions_adddup2(&actions, messages, 2);
        posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        result = posix_spawn(process, path, &actions, &attributes, (char *const *)arguments,
                             (char *const *)environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

/* What a program writes to and we read from without waiting. An errno; nothing stays open where it isn't 0. */
static int pipe_from_program(int *reader, int *writer) {
    if (agentdash_pipe(reader, writer, false) != 0)
        return errno;
    /* The two ends are different open files: the program still waits where it writes. */
    int result = fcntl(*reader, F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
    /* Below 3 it would be overwritten while it is being moved: standard descriptors were closed when we were started. */
    if (result == 0 && *writer < 3) {
        int moved = fcntl(*writer, F_DUPFD_CLOEXEC, 3);
        if (moved < 0)
            result = errno;
        else {
            close(*writer);
            *writer = moved;
        }
    }
    if (result != 0) {
        close(*reader);
        close(*writer);
    }
    return result;
}

int agentdash_spawn_filter(const char *path, const char *option, int input, int messages, int *output) {
    int reader, writer;
    if (input < 3 || messages < 3) {
        /* They would be overwritten while they are being moved. */
        errno = EINVAL;
        return -1;
    }
    int result = pipe_from_program(&reader, &writer);
    if (result != 0) {
        errno = result;
        return -1;
    }
    pid_t process = -1;
    result = spawn(path, option, input, writer, messages, &process);
    close(writer);
    if (result != 0) {
        close(reader);
        errno = result;
        return -1;
    }
    *output = reader;
    return (int)process;
}

int agentdash_reap(int process, bool kills) {
    if (kills)
        kill(process, SIGKILL);
    int status;
    pid_t reaped;
    do
        reaped = waitpid(process, &status, 0);
    while (reaped < 0 && errno == EINTR);
    if (reaped != process)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* In a session of its own. 0, or why not. */
static int spawn_with(pid_t *process, char *const *arguments, char *const *environment, int input, int output,
                      int messages) {
    posix_spawn_file_actions_t actions;
    int result = posix_spawn_file_actions_init(&actions);
    if (result != 0)
        return result;
    posix_spawnattr_t attributes;
    result = attributes_with_default_signals(&attributes, POSIX_SPAWN_SETSID);
    if (result == 0) {
        posix_spawn_file_actions_adddup2(&actions, input, 0);
        posix_spawn_file_actions_adddup2(&actions, output, 1);
        posix_spawn_file_actions_adddup2(&actions, messages, 2);
        posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        result = posix_spawnp(process, arguments[0], &actions, &attributes, arguments,
                              environment == NULL ? environ : environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

int agentdash_spawn_into(char *const *arguments, int input, int output) {
    if (input < 3 || output < 3) {
        errno = EINVAL;
        return -1;
    }
    pid_t process = -1;
    int result = spawn_with(&process, arguments, NULL, input, output, output);
    if (result != 0) {
        errno = result;
        return -1;
    }
    return (int)process;
}

int agentdash_spawn_program(char *const *arguments, char *const *environment, int input, int *output, int *messages) {
    if (input < 3) {
        errno = EINVAL;
        return -1;
    }
    int output_writer, messages_writer;
    int result = pipe_from_program(output, &output_writer);
    if (result != 0) {
        errno = result;
        return -1;
    }
    pid_t process = -1;
    result = pipe_from_program(messages, &messages_writer);
    if (result == 0) {
        result = spawn_with(&process, arguments, environment, input, output_writer, messages_writer);
        close(messages_writer);
        if (result != 0)
            close(*messages);
    }
    close(output_writer);
    if (result != 0) {
        close(*output);
        errno = result;
        return -1;
    }
    return (int)process;
}

bool agentdash_has_ended(int process) {
    siginfo_t ended = {.si_pid = 0};
    /* Where the system reaps children itself there is none to be waited for. */
    if (waitid(P_PID, (id_t)process, &ended, WEXITED | WNOHANG | WNOWAIT) != 0)
        return errno != EINTR;
    return ended.si_pid == process;
}

void agentdash_kill_session(int process) { kill(-process, SIGKILL); }

int agentdash_run_quietly(char *const *arguments, int input, int milliseconds) {
    posix_spawn_file_actions_t actions;
    int result = posix_spawn_file_actions_init(&actions);
    if (result != 0) {
        errno = result;
        return -1;
    }
    posix_spawnattr_t attributes;
    pid_t process = -1;
    /* A session of its own has no terminal that it could disturb. */
    result = attributes_with_default_signals(&attributes, POSIX_SPAWN_SETSID);
    if (result == 0) {
        posix_spawn_file_actions_adddup2(&actions, input, 0);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        result = posix_spawnp(&process, arguments[0], &actions, &attributes, arguments, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    if (result != 0) {
        errno = result;
        return -1;
    }
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        siginfo_t ended = {.si_pid = 0};
        if (waitid(P_PID, (id_t)process, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 && errno != EINTR)
            return agentdash_reap(process, true);
        if (ended.si_pid == process)
            return agentdash_reap(process, false);
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 >= milliseconds)
            return agentdash_reap(process, true);
        poll(NULL, 0, 2);
    }
}
