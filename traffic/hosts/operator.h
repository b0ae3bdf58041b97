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
	const char *log;	/* the server's, seen from the folder above */
	int fd;			/* what it types */
};

/* In a process of its own.  Status 1: it waited in vain, or the server has gone
 * before all was typed.  Otherwise it goes on, and keeps the console open,
 * until a signal ends it. */
int operator_run(void *script);

#endif
