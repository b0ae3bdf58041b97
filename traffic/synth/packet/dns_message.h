/*
 * DNS messages as bytes: RFC 1035 with one question, class IN; AAAA of RFC
 * 3596.
 *
 * Names are text without the last dot ("www.example.org", "" is the root).
 * Labels with a dot, a backslash, a blank or a control in them have no such
 * text: a message that needs one of these is not read.
 */
#ifndef TRAFFIC_SYNTH_PACKET_DNS_MESSAGE_H
#define TRAFFIC_SYNTH_PACKET_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"

enum {
	DNS_PORT = 53,
	DNS_NAME_BYTES = 254,	/* 253 of the text and its terminator */
	DNS_LABEL_MAX = 63,
	DNS_UDP_MAX = 512,	/* a message without EDNS */
	DNS_ANSWERS_MAX = 16,
};

enum dns_type {
	DNS_A = 1, DNS_NS = 2, DNS_CNAME = 5, DNS_SOA = 6, DNS_MX = 15,
	DNS_TXT = 16, DNS_AAAA = 28,
};

enum dns_rcode {
	DNS_OK, DNS_BAD_FORMAT, DNS_SERVER_FAILED, DNS_NO_SUCH_NAME,
	DNS_NOT_IMPLEMENTED, DNS_REFUSED,
};

struct dns_record {
	char name[DNS_NAME_BYTES];
	uint16_t type;
	uint32_t ttl_s;
	const uint8_t *data;	/* as on the wire; borrowed */
	size_t len;		/* at most 65535 */
};

struct dns_message {
	uint16_t id;
	bool is_answer;
	bool authoritative, truncated, recursion_desired, recursion_available;
	uint8_t rcode;		/* enum dns_rcode, and others of 4 bits */
	char name[DNS_NAME_BYTES];	/* of the question */
	uint16_t type;
	struct dns_record answers[DNS_ANSWERS_MAX];
	size_t answer_count;
};

/*
 * Appends the message.  Answers from the first that does not fit into `room`
 * bytes (0: any number) are left out, and the message says that it is
 * truncated.  -1: a name that is none, a record that is too long, or no
 * memory; nothing is appended then.
 */
int dns_message_write(const struct dns_message *message, size_t room,
    struct bytes *out, struct errbuf *err);

/* -1: not a message with one question of class IN.  Records of other classes,
 * and those past DNS_ANSWERS_MAX or behind the answers, are not read.  The
 * records' data is in `data`. */
int dns_message_read(struct dns_message *out, const uint8_t *data, size_t len);

/* Letters are the same in upper and lower case (RFC 4343). */
bool dns_name_is(const char *name, const char *other);

#endif
