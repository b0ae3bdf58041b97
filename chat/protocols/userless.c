#include "chat/protocols/userless.h"

int
userless_datagram(struct world *world, const struct chat_address *to,
    const void *data, size_t len, struct errbuf *err)
{
	(void)world;
	(void)to;
	(void)data;
	(void)len;
	errbuf_set(err, "a server sends no datagrams");
	return -1;
}

void
userless_prompt(struct world *world, const char *text, bool secret)
{
	(void)world;
	(void)text;
	(void)secret;
}

void
userless_hold_lines(struct world *world, bool hold)
{
	(void)world;
	(void)hold;
}
