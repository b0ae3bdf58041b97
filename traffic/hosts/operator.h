/*
 * The operator of a server with a console: types the scenario's `console`
 * steps.
 */
#ifndef TRAFFIC_HOSTS_OPERATOR_H
#define TRAFFIC_HOSTS_OPERATOR_H

#include "chat/script/script_text.h"

struct operator_script {
	const char *name;	/* of the scenario, for messages */
	const struct script_steps *steps;
	const char *folder;	/* where it works, and ... */
	const char *log;	/* the server's, seen from the folder above */
	int fd;			/* what it types */
};

/* In a process of its own, which works in the server's folder.  Ends when all
 * is typed, with status 0; keeps the console open for as long as the server
 * lives. */
int operator_run(void *script);

#endif
