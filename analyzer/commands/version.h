#ifndef ANALYZER_COMMANDS_VERSION_H
#define ANALYZER_COMMANDS_VERSION_H

/* The program's version and what it is built with, to stdout. */
void version_print(void);

#endif
