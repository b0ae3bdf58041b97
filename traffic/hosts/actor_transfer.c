/*
 * Bytes over TCP in one direction (VERB_TRANSFER), in one connection after
 * another: the client opens and closes; it writes, or (a download) its far end.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "traffic/hosts/actor_internal.h"
#include "traffic/hosts/child.h"
#include "traffic/synth/net/draw.h"

enum { READ_BYTES = 65536 };

/* What was written is with the far end by then, or never will be. */
#define PATIENCE_NS INT64_C(60000000000)

static int
write_all(const struct actor *actor, int fd, struct random *random,
    struct errbuf *err)
{
	const struct scenario_transfer *how = &actor->action->transfer;
	uint64_t left = how->bytes;

	while (left > 0) {
		int64_t drawn = amount_draw(&how->chunk_bytes, random);
		uint64_t some = drawn <= 0 || (uint64_t)drawn > left ? left :
		    (uint64_t)drawn;

		if (actor_write_noise(fd, some, random, err) == -1)
			return -1;
		left -= some;
		if (left > 0)
			actor_every(-1, &how->every_ns, random);
	}
	return 0;
}

/* -1: it ended before all was there. */
static int
read_all(const struct scenario_transfer *how, int fd, struct errbuf *err)
{
	uint8_t ignored[READ_BYTES];
	uint64_t done = 0;
	bool has_stalled = how->stall_after == 0;

	while (done < how->bytes) {
		ssize_t n = recv(fd, ignored, sizeof(ignored), 0);

		if (n <= 0) {
			errbuf_set(err, "%s", n == 0 ? "the connection ended "
			    "before all was there" : strerror(errno));
			return -1;
		}
		done += (uint64_t)n;
		if (!has_stalled && done >= how->stall_after) {
			has_stalled = true;
			actor_pause(-1, how->stall_ns);
		}
	}
	return 0;
}

/* What the host's TCP settings say of sockets. */
static void
set_options(const struct scenario_host *host, int fd)
{
	int nodelay = !host->tcp.nagle, keepalive = host->tcp.keepalive_ns > 0;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, sizeof(nodelay));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &keepalive,
	    sizeof(keepalive));
}

/* Waits until the far end has all, then lingers; the end as it is asked. */
static void
end_connection(const struct scenario_transfer *how, int fd)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	int64_t end = child_now_ns() + PATIENCE_NS;
	int under_way;

	while (child_now_ns() < end &&
	    ioctl(fd, SIOCOUTQ, &under_way) == 0 && under_way > 0)
		actor_pause(-1, 1000000);
	actor_pause(-1, how->linger_ns);
	if (how->close == CLOSE_RESET)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	/* The connection stays open as long as somebody has it: until the lab
	 * ends. */
	if (how->close == CLOSE_NONE && fork() == 0)
		for (;;)
			pause();
}

static int
one_connection(const struct actor *actor, struct random *random,
    struct errbuf *err)
{
	const struct scenario_action *action = actor->action;
	const struct scenario_transfer *how = &action->transfer;
	int status, fd = actor_connect(actor, how->from_port, err);

	if (fd == -1)
		return -1;
	set_options(&actor->scenario->hosts[action->from], fd);
	status = how->from_server ? read_all(how, fd, err) :
	    write_all(actor, fd, random, err);
	if (status == 0)
		end_connection(how, fd);
	close(fd);
	return status;
}

int
actor_transfer(const struct actor *actor, struct errbuf *err)
{
	const struct scenario_transfer *how = &actor->action->transfer;
	struct random random;

	actor_random(actor, false, &random);
	for (uint32_t i = 0; i < how->connections; i++) {
		if (i > 0)
			actor_pause(-1, how->gap_ns);
		if (one_connection(actor, &random, err) == -1)
			return -1;
	}
	return 0;
}

int
actor_transfer_far(const struct actor *actor, int fd,
    struct errbuf *err)
{
	const struct scenario_action *action = actor->action;
	struct random random;
	uint8_t end;

	set_options(&actor->scenario->hosts[action->to], fd);
	actor_random(actor, true, &random);
	if ((action->transfer.from_server ?
	    write_all(actor, fd, &random, err) :
	    read_all(&action->transfer, fd, err)) == -1)
		return -1;
	/* The client closes first. */
	(void)!recv(fd, &end, 1, 0);
	return 0;
}
