/* Pseudo-terminals for tests: what the Glibc module hides. */
#ifndef AGENTDASH_CPTY_TESTING_H
#define AGENTDASH_CPTY_TESTING_H

/* The master of a new pty, closed on exec and non-blocking, and the path of its slave. -1 with errno. */
int pty_testing_open(char *slave_path, int capacity);
int pty_testing_resize(int master, int columns, int rows);
/* Starts a program as the leader of a session of its own that the slave controls, on descriptors 0, 1 and 2 unless `input` or
 * `output` (-1: none) take their place, with default signals. Answers 0 or an errno. */
int pty_testing_spawn(int *child, const char *path, char *const *arguments, char *const *environment,
                      const char *slave_path, int input, int output);
/* Starts a program in a session of its own without any terminal. Answers 0 or an errno. */
int pty_testing_spawn_headless(int *child, const char *path, char *const *arguments, char *const *environment,
                               int input, int output, int errors);
/* A file without a name, closed on exec. */
int pty_testing_memory_file(void);
/* 0 while it runs; else 1, with the exit code or, after a deadly signal, -signal. */
int pty_testing_reap(int child, int *status);
/* What is not closed on exec leaks into other tests' children. */
int pty_testing_pipe(int *reader, int *writer);

#endif
