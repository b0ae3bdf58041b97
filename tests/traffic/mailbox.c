#include "tests/traffic/mailbox.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void
on_datagram(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	struct mailbox *box = app;

	ck_assert_ptr_eq(socket, box->socket);
	box->count++;
	box->len = len;
	box->from = *from;
	memcpy(box->data, data, len);
	box->at_ns = clock_now_ns(box->lan->clock);
}

struct mailbox *
open_mailbox(struct lan *lan, size_t host, uint16_t port)
{
	struct mailbox *box = calloc(1, sizeof(*box));
	struct errbuf err = { "" };

	ck_assert_ptr_nonnull(box);
	box->lan = lan;
	box->socket = host_udp_open(lan->hosts[host], port, NULL, on_datagram,
	    box, &err);
	ck_assert_msg(box->socket != NULL, "%s", err.text);
	return box;
}

const uint8_t *
numbered_bytes(size_t len)
{
	static uint8_t data[65536];

	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i ^ i >> 8);
	return data;
}

void
send_bytes(struct lan *lan, struct mailbox *from, uint8_t version, size_t len)
{
	const struct endpoint to = lan_endpoint(lan, 1, version, 7);

	host_udp_send(from->socket, &to, numbered_bytes(len), len);
}

uint8_t
version_of(int i)
{
	return i == 0 ? 4 : 6;
}
