/* What a client's world has to offer beyond connection.h. */
#include "chat/net/client_internal.h"

static struct client *
client_of(struct world *world)
{
	return (struct client *)world;
}

static void
do_send(struct world *world, struct peer *peer, const void *data, size_t len)
{
	net_world_send(world, peer, data, len);
	client_update_hold(client_of(world));
}

static int
do_datagram(struct world *world, const struct chat_address *to,
    const void *data, size_t len, struct errbuf *err)
{
	struct client *c = client_of(world);

	if (c->datagrams != NULL)
		return datagrams_send(c->datagrams, to, data, len, err);
	errbuf_set(err, "there is no UDP socket");
	return -1;
}

static void
do_show(struct world *world, enum show kind, const char *text, size_t len)
{
	client_show(client_of(world), kind, text, len);
}

static void
do_prompt(struct world *world, const char *text, bool secret)
{
	user_prompt(client_of(world)->user, text, secret);
}

static void
do_end(struct world *world, int status)
{
	client_end(client_of(world), status);
}

static void
do_hold_lines(struct world *world, bool hold)
{
	struct client *c = client_of(world);

	c->lines_held = hold;
	client_update_hold(c);
}

/* A client keeps no users: no side of one asks for them. */
const struct world_actions client_actions = {
	.send = do_send,
	.queued = net_world_queued,
	.hold = net_world_hold,
	.close = net_world_close,
	.admit = net_world_admit,
	.timer = net_world_timer,
	.now_ns = net_world_now_ns,
	.random = net_world_random,
	.event = net_world_event,
	.datagram = do_datagram,
	.show = do_show,
	.prompt = do_prompt,
	.hold_lines = do_hold_lines,
	.end = do_end,
	.file_make = net_world_file_make,
	.file_write = files_write,
	.file_keep = files_keep,
	.file_open = net_world_file_open,
	.file_read = files_read,
	.file_drop = files_drop,
	.file_add = net_world_file_add,
};
