/*
 * The words of a command line.
 */
#ifndef TRAFFIC_HOSTS_ARGUMENTS_H
#define TRAFFIC_HOSTS_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

enum { ARGUMENTS_MAX = 40 };

/* A zeroed struct is an empty one. */
struct arguments {
	char *words[ARGUMENTS_MAX + 1];	/* NULL behind the last */
	size_t count;
	bool failed;		/* no memory, or too many */
};

/* A copy. */
void arguments_add(struct arguments *arguments, const char *word);

/* Frees the words; the struct is an empty one again. */
void arguments_reset(struct arguments *arguments);

#endif
