/*
 * What hosts are called: by --name, else by the name blocks of the captures.
 */
#ifndef ANALYZER_COMMANDS_HOST_NAMES_H
#define ANALYZER_COMMANDS_HOST_NAMES_H

#include <signal.h>
#include <stddef.h>

#include "analyzer/capture/inputs.h"
#include "analyzer/capture/names.h"
#include "analyzer/commands/options.h"
#include "base/errbuf.h"
#include "base/table.h"

/* An address and the name that was given to it. */
struct host_name {
	struct table_ip ip;
	const char *name;	/* borrowed from argv */
};

struct host_names {
	struct host_name *given;	/* by --name, in order; owned */
	size_t given_count;
	struct names *told;		/* by the captures; owned; NULL: none */
};

/* Reads each IP=NAME of --name.  -1 with the reason: wrong usage, or no
 * memory.  host_names_reset() in either case. */
int host_names_init(struct host_names *names, const struct options *options,
    struct errbuf *err);

/*
 * Reads the name blocks of those inputs that are pcapng files, in order; the
 * first name of an address counts.  What cannot be read, or only once, tells no
 * names: whoever reads it for its packets says why.  Records that are not taken
 * are told of.  -1: no memory.
 */
int host_names_read(struct host_names *names, const struct inputs *inputs,
    const volatile sig_atomic_t *stop, struct errbuf *err);

/* NULL where there is none.  Borrowed. */
const char *host_names_find(const struct host_names *names,
    const struct table_ip *ip);

/* Frees the lists, not the texts that are argv's. */
void host_names_reset(struct host_names *names);

#endif
