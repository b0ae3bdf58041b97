/*
 * A look at the first bytes of a conversation, by one application.  For
 * application.c and the look_*.c.
 *
 * What is looked at comes from outside: every length in it is checked against
 * the bytes that are there.
 */
#ifndef ANALYZER_TRACKER_APPLICATION_LOOK_H
#define ANALYZER_TRACKER_APPLICATION_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/tracker/application.h"

enum { LOOK_PACKETS = 6 };

/* One direction. */
struct look_side {
	const uint8_t *bytes;	/* the first ones, no hole; borrowed */
	size_t len;
	/* Payload of the first packets, as far as all of it is in `bytes`. */
	uint16_t packets[LOOK_PACKETS];
	uint8_t packet_count;
	bool full;		/* no more bytes will come */
};

struct look {
	struct look_side sides[2];
	uint16_t ports[2];	/* of side 0, of side 1 */
	uint8_t ip_protocol;
	uint8_t first;		/* side whose payload came first */
	bool ended;		/* nothing will come any more */
};

/*
 * NO: cannot be it any more.  MORE: cannot tell yet.  FOUND: it is, and more
 * bytes may say more.  DONE: it is, and there is no more to say.
 *
 * With the latter two, application, detail and leak have been set.  What they
 * were before does not count: a look goes over all bytes anew.  What was FOUND
 * once stays so, even if what comes then does not fit.
 */
enum look_answer { LOOK_NO, LOOK_MORE, LOOK_FOUND, LOOK_DONE };

typedef enum look_answer looker(const struct look *look,
    struct flow_application *out);

looker look_tls;	/* RFC 8446, RFC 6066 */
looker look_http;	/* RFC 9112 */
looker look_ssh;	/* RFC 4253, section 4.2 */
looker look_dns;	/* RFC 1035, RFC 7766, RFC 6762 */
looker look_quic;	/* RFC 8999, RFC 9000, RFC 9369 */
looker look_eim;	/* and below: our chats, pcapstat's own manual */
looker look_class;
looker look_im;
looker look_p2p;
looker look_room;
looker look_caps;
looker look_echo;

/* Sets the application; empties the detail, takes leak back. */
void look_is(struct flow_application *out, enum application application);

/* Appends to the detail, as far as there is room for whole characters.  Of
 * bytes, what must not be shown becomes a question mark. */
void look_say(struct flow_application *out, const char *text);

/* The same of n bytes that came from outside: what cannot be shown is '?'. */
void look_say_bytes(struct flow_application *out, const uint8_t *bytes,
    size_t n);

/* Printable UTF-8, tabs and line ends; n may be 0. */
bool look_is_text(const uint8_t *bytes, size_t n);

/* The first datagram of a side, not what came behind it.  A look at datagrams
 * answers by the first one, so that no bytes are kept for it. */
static inline size_t
look_datagram(const struct look_side *side)
{
	return side->packet_count > 0 ? side->packets[0] : side->len;
}

/* Has one of the ends this port? */
static inline bool
look_has_port(const struct look *look, uint16_t port)
{
	return look->ports[0] == port || look->ports[1] == port;
}

/*
 * How a side looks by itself.  SHORT: so far right, and too short to tell.
 */
enum look_kind { SIDE_EMPTY, SIDE_SHORT, SIDE_WRONG, SIDE_RIGHT };

/* NO or MORE, for sides of which none is right. */
enum look_answer look_unsure(const struct look *look,
    const enum look_kind kinds[2]);

#endif
