/*
 * What programs of a run say: standard output and error, in a file each.
 */
#ifndef TRAFFIC_HOSTS_LOG_FILE_H
#define TRAFFIC_HOSTS_LOG_FILE_H

#include <stdbool.h>

/* Does it stand in the first lines? */
bool log_has(const char *path, const char *word);

/* The last lines, on standard error, set in by two blanks. */
void log_say_last(const char *path);

#endif
