/*
 * What a flow carries, by a light look at its first payload bytes and, where
 * these tell nothing, by its well-known port.
 *
 * Per direction it is also said whether the bytes are printable UTF-8 and,
 * from APPLICATION_ENTROPY_BYTES on, how much entropy they have: that tells
 * clear text from cipher text.  Only the first APPLICATION_LOOK_BYTES of each
 * direction are looked at, in the order in which they came; of datagrams, no
 * more than it takes to reach APPLICATION_ENTROPY_BYTES.
 */
#ifndef ANALYZER_TRACKER_APPLICATION_H
#define ANALYZER_TRACKER_APPLICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	APPLICATION_LOOK_BYTES = 1024,
	APPLICATION_ENTROPY_BYTES = 256,
	APPLICATION_DETAIL_BYTES = 96,
	APPLICATION_LIVE_BYTES = 128,	/* before anything long was seen */
};

enum application {
	APPLICATION_UNKNOWN,
	APPLICATION_HTTP,
	APPLICATION_TLS,
	APPLICATION_DNS,
	APPLICATION_SSH,
	APPLICATION_QUIC,
	APPLICATION_ECHO,	/* and below: our chat protocols */
	APPLICATION_IM,
	APPLICATION_EIM,
	APPLICATION_P2P,
	APPLICATION_CLASS,
	APPLICATION_CAPS_OPEN,
	APPLICATION_CAPS_SECURE,
	APPLICATION_ROOM,
	APPLICATION_PORT_ONLY,	/* known by its port's name alone */
	APPLICATIONS,
};

enum application_clear { CLEAR_UNKNOWN, CLEAR_YES, CLEAR_NO, CLEAR_MIXED };

struct application_side {
	uint16_t looked;	/* bytes looked at */
	uint8_t clear;		/* enum application_clear of these bytes */
	bool has_entropy;	/* looked >= APPLICATION_ENTROPY_BYTES */
	uint32_t entropy_microbits;	/* bits a byte, times 10^6, 0 to 8e6 */
};

/* Plain data but for `live`, which application_close() frees. */
struct flow_application {
	uint8_t application;	/* enum application */
	bool by_port;		/* the payload told nothing */
	bool leak;		/* a secret is repeated in clear text; `detail`
				   says what */
	struct application_side sides[2];
	struct application_live *live;	/* owned; NULL when it needs no more */
	const char *port_name;	/* constant; with APPLICATION_PORT_ONLY */
	char detail[APPLICATION_DETAIL_BYTES];	/* server name and version of
				   TLS, method and host of HTTP, question of
				   DNS, ...; UTF-8 without controls; "" */
};

/* A packet that nothing is learned from looks at no more of it. */
enum { APPLICATION_HOT_BYTES = offsetof(struct flow_application, port_name) };

/* Nothing is known yet. */
void application_init(struct flow_application *application);

/*
 * Payload bytes of a packet from `side` (0 or 1), in file order; repeats of TCP
 * have been left out by the caller.  `ports`: of side 0 and side 1.  Cheap, and
 * does nothing, once enough was seen.  Cannot fail.
 */
void application_add(struct flow_application *application, unsigned side,
    uint8_t ip_protocol, const uint16_t ports[2], const uint8_t *payload,
    size_t n);

/* Does it still want bytes? */
static inline bool
application_is_open(const struct flow_application *a)
{
	return a->live != NULL || (a->application == APPLICATION_UNKNOWN &&
	    a->sides[0].looked == 0 && a->sides[1].looked == 0);
}

/* Settles what is left open (by the ports) and frees `live`. */
void application_close(struct flow_application *application,
    uint8_t ip_protocol, const uint16_t ports[2]);

/* The word in tables: "http", "tls", "im", ...; of APPLICATION_PORT_ONLY the
 * port's name; NULL for APPLICATION_UNKNOWN. */
const char *application_name(const struct flow_application *application);

/* Is what the flow carries clear text?  By what its application is (DNS is no
 * text and not encrypted either), else by the bytes of both sides. */
enum application_clear application_clear(
    const struct flow_application *application);

/* Has what `live` points to brought near. */
static inline void
application_prefetch(const struct flow_application *a)
{
	const uint8_t *live = (const uint8_t *)a->live;

	if (live == NULL)
		return;
	for (size_t at = 0; at < APPLICATION_LIVE_BYTES; at += 64)
		__builtin_prefetch(live + at, 1);
}

/* Bytes that `live` holds now. */
size_t application_memory(const struct flow_application *application);

#endif
