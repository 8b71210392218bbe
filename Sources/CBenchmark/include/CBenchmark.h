/* What the benchmark needs of C: a count of heap allocations, and a child process. */
#ifndef AGENTDASH_CBENCHMARK_H
#define AGENTDASH_CBENCHMARK_H

#include <stdint.h>

/* Calls of malloc, calloc, realloc and the aligned ones by this thread so far; 0 where a sanitizer has its own heap. */
uint64_t agentdash_allocation_count(void);
/* The bytes they asked for. */
uint64_t agentdash_allocated_bytes(void);

/* Starts a program that is looked for in PATH, in this environment, its standard input empty. `arguments` end with
 * NULL. The child's id, or the negative errno. */
int agentdash_spawn(char *const *arguments, int output, int errors);

#endif
