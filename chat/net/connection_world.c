#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "chat/net/connection_internal.h"
#include "chat/net/events.h"
#include "chat/net/files.h"

static struct net_world *
net_world_of(struct world *world)
{
	return (struct net_world *)world;
}

void
net_world_hold(struct world *world, struct peer *peer, bool hold)
{
	struct connection *c = connection_of(peer);

	(void)world;
	if (c->stage != STAGE_OPEN)
		return;
	c->held = hold;
	/* Its end could not be found by reading. */
	if (hold && c->output_broken)
		connection_leave(c, LEFT_LOST, false);
	else
		connection_update_reading(c);
}

void
net_world_close(struct world *world, struct peer *peer, bool at_once)
{
	(void)world;
	if (at_once)
		connection_leave(connection_of(peer), LEFT_CLOSED, false);
	else
		connection_close_after_output(connection_of(peer), LEFT_CLOSED);
}

void
net_world_admit(struct world *world, struct peer *peer)
{
	struct connection *c = connection_of(peer);
	const struct connection_rules *rules = &c->all->rules;

	(void)world;
	if (c->stage != STAGE_OPEN || c->facts.admitted)
		return;
	c->facts.admitted = true;
	deadlines_clear(&c->other);
	if (rules->admitted != NULL)
		rules->admitted(rules->owner, peer);
}

void
connection_on_timer(void *context, struct peer *peer, unsigned id)
{
	struct connections *all = context;
	const struct side *side = all->rules.side;

	if ((peer == NULL || connection_is_open(peer)) && side->timer != NULL)
		side->timer(all->state, peer, id);
}

void
net_world_timer(struct world *world, struct peer *peer, unsigned id,
    int64_t after_ns)
{
	struct connections *all = net_world_of(world)->connections;
	struct connection *c = peer == NULL ? NULL : connection_of(peer);

	if (c != NULL && c->stage != STAGE_OPEN)
		return;
	/* Without memory a peer is lost; the side's own is tried once more at
	 * its next use. */
	if (peer_timers_set(c == NULL ? &all->timers : &c->timers,
	    &all->timers_owner, peer, id, after_ns) != 0 && c != NULL)
		connection_leave(c, LEFT_LOST, false);
}

int64_t
net_world_now_ns(struct world *world)
{
	(void)world;
	return deadlines_now_ns();
}

void
net_world_random(struct world *world, void *out, size_t len)
{
	uint8_t *at = out;

	(void)world;
	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);

		/* A kernel without it: no key may be made of anything else. */
		if (n < 0 && errno != EINTR)
			abort();
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
}

void
net_world_event(struct world *world, const struct peer *peer, const char *name,
    const struct event_field *fields, size_t n, const char *text)
{
	events_write(net_world_of(world)->events, peer, name, fields, n, text);
}


/* Files. */

struct world_file *
net_world_file_make(struct world *world, const char *folder, const char *name,
    struct errbuf *err)
{
	return files_make(net_world_of(world)->files, folder, name, err);
}

struct world_file *
net_world_file_open(struct world *world, const char *path, uint64_t *size,
    struct errbuf *err)
{
	return files_read_open(net_world_of(world)->files, path, size, err);
}

struct world_file *
net_world_file_open_kept(struct world *world, const char *name, uint64_t *size,
    struct errbuf *err)
{
	return files_kept_open(net_world_of(world)->files, name, size, err);
}

int
net_world_file_add(struct world *world, const char *folder, const char *name,
    const void *data, size_t len, struct errbuf *err)
{
	return files_add(net_world_of(world)->files, folder, name, data, len,
	    err);
}

void
connection_tell_left(const struct peer *peer, enum left why,
    struct events *events, const char *text)
{
	const struct connection_facts *facts = connection_facts(peer);
	const struct event_field fields[] = {
		events_text("why", connection_left_word(why)),
		events_number("bytes_in", facts->bytes_in),
		events_number("bytes_out", facts->bytes_out),
		events_number("messages", facts->messages),
		events_number("duration_ns",
		    (uint64_t)(deadlines_now_ns() - facts->since_ns)),
	};

	events_write(events, peer, "left", fields,
	    sizeof(fields) / sizeof(fields[0]), text);
}
