/*
 * Namespaces that leave nothing behind.
 *
 * The lab's first process has a PID, a network and a mount namespace of its own
 * (and where labgen is not root, a user namespace in which it is).  It is the
 * PID 1 there and is killed with labgen, however that ends; the kernel then
 * ends every other process of the lab, and with the last one all namespaces go,
 * with their interfaces and mounts: none has a name or a file.
 *
 * Its working folder is an empty file system in memory.
 */
#ifndef TRAFFIC_HOSTS_SPACES_H
#define TRAFFIC_HOSTS_SPACES_H

#include <sys/types.h>

#include "base/errbuf.h"

struct spaces_start {
	/* What the first process does, in its working folder; its status. */
	int (*play)(void *context);
	void *context;
	/* Says why it cannot begin. */
	void (*complain)(void *context, const struct errbuf *err);
	/* What it runs, NULL at the end: those folders stay visible. */
	const char *const *programs;
};

/* Returns the process; SIGCHLD comes at its end.  -1: namespaces are not
 * allowed. */
pid_t spaces_start(const struct spaces_start *start, struct errbuf *err);

/* In the first process: a new network namespace as a descriptor; it goes when
 * that and the processes in it do.  -1: see *err. */
int spaces_new_network(struct errbuf *err);

/* The network namespace that the process is in. */
int spaces_own_network(struct errbuf *err);

/* In a child of the first process: moves there. */
int spaces_enter_network(int fd, struct errbuf *err);

/*
 * In a child of the first process: a mount namespace of its own in which names
 * are looked up as `resolver` says, a file like resolv.conf(5), and nowhere
 * else.
 */
int spaces_set_resolver(const char *resolver, struct errbuf *err);

#endif
