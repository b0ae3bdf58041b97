#include "chat/net/server_internal.h"
#include "chat/protocols/userless.h"

static struct server *
server_of(struct world *world)
{
	return (struct server *)world;
}


/* Logins: a peer's slot holds the ticket of its question. */

/* No memory, no store, or a second question at a time. */
static void
keep_ticket(struct peer *peer, struct login_ticket *ticket)
{
	if (ticket == NULL) {
		connection_drop(peer, LEFT_LOST);
		return;
	}
	*connection_slot(peer) = ticket;
	connection_wait(peer, true);
}

static bool
may_ask(const struct server *s, struct peer *peer)
{
	if (!connection_is_open(peer))
		return false;
	if (s->logins != NULL && *connection_slot(peer) == NULL)
		return true;
	connection_drop(peer, LEFT_LOST);
	return false;
}

static void
act_login(struct world *world, struct peer *peer, const struct login *login)
{
	struct server *s = server_of(world);

	if (may_ask(s, peer))
		keep_ticket(peer, login_worker_ask(s->logins, login, peer));
}

static void
act_name_known(struct world *world, struct peer *peer, const char *name)
{
	struct server *s = server_of(world);

	if (may_ask(s, peer))
		keep_ticket(peer, login_worker_ask_name(s->logins, name,
		    peer));
}

void
server_answered(void *context, void *asker, enum login_answer answer)
{
	struct server *s = context;
	struct peer *peer = asker;

	*connection_slot(peer) = NULL;
	connection_wait(peer, false);
	if (connection_is_open(peer) && s->side->answered != NULL)
		s->side->answered(s->state, peer, answer);
}

void
server_forget_login(struct server *s, struct peer *peer)
{
	void **slot = connection_slot(peer);

	if (*slot != NULL)
		login_worker_forget(s->logins, *slot);
	*slot = NULL;
}


/* A server has no user: what is shown goes to the log. */

static void
act_show(struct world *world, enum show kind, const char *text, size_t len)
{
	struct errbuf line;

	(void)kind;
	errbuf_set(&line, "%.*s", (int)(len < ERRBUF_BYTES ? len :
	    ERRBUF_BYTES), text);
	events_log(server_of(world)->net.events, line.text);
}

static void
act_end(struct world *world, int status)
{
	struct server *s = server_of(world);

	s->status = status;
	event_active(s->end_now, EV_TIMEOUT, 0);
}

const struct world_actions server_actions = {
	.send = net_world_send,
	.queued = net_world_queued,
	.hold = net_world_hold,
	.close = net_world_close,
	.admit = net_world_admit,
	.timer = net_world_timer,
	.now_ns = net_world_now_ns,
	.random = net_world_random,
	.event = net_world_event,
	.login = act_login,
	.name_known = act_name_known,
	.datagram = userless_datagram,
	.show = act_show,
	.prompt = userless_prompt,
	.hold_lines = userless_hold_lines,
	.end = act_end,
	.file_make = net_world_file_make,
	.file_write = files_write,
	.file_keep = files_keep,
	.file_open = net_world_file_open,
	.file_read = files_read,
	.file_drop = files_drop,
	.file_add = net_world_file_add,
	.file_open_kept = net_world_file_open_kept,
};
