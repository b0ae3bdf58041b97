/*
 * DNS messages (RFC 1035; AAAA RFC 3596): the question, and the records of the
 * answer section.
 *
 * Input:  the message without its length in front (TCP has one).
 * Errors: what cannot be read ends the message there; a name is at most 255
 *         bytes, and a compression pointer must point to what lies before all
 *         of the name read so far, so no loop can be built.
 */
#ifndef ANALYZER_ANALYSES_DNS_H
#define ANALYZER_ANALYSES_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

enum {
	/* A byte may need four: what is not printable, and points inside
	 * labels, is written \DDD (RFC 1035, section 5.1).  The NUL counts. */
	DNS_NAME_BYTES = 4 * 255 + 1,
	DNS_TYPE_BYTES = 16,
};

enum { DNS_A = 1, DNS_NS = 2, DNS_CNAME = 5, DNS_PTR = 12, DNS_AAAA = 28 };

struct dns_record {
	char name[DNS_NAME_BYTES];	/* "www.example.org"; the root is "." */
	uint16_t type, class;
	uint32_t ttl;
	struct table_ip address;	/* A, AAAA; else version 0 */
	char target[DNS_NAME_BYTES];	/* CNAME, NS, PTR; else "" */
};

struct dns_message {
	uint16_t id;
	bool response;
	uint8_t opcode, rcode;
	bool has_question;	/* the first one */
	char name[DNS_NAME_BYTES];
	uint16_t type, class;
	uint16_t answers;	/* as the header has it */
	/* private: where dns_next() goes on */
	const uint8_t *data;
	size_t len, at;
	uint16_t left;
};

/* Reads header and questions; false where these are not all there. */
bool dns_open(struct dns_message *message, const uint8_t *data, size_t n);

/* The next record of the answer section; false at its end, and where it is cut
 * or wrong. */
bool dns_next(struct dns_message *message, struct dns_record *record);

/* "A", "AAAA", ..., "TYPE1234" (RFC 3597) in `text`. */
const char *dns_type_text(uint16_t type, char text[DNS_TYPE_BYTES]);

/* "NXDOMAIN" and the like; NULL where it has no name here. */
const char *dns_rcode_name(unsigned rcode);

/*
 * One line, NUL at its end, at most `room` bytes with it:
 * "query A www.example.org", "answer A www.example.org: 192.0.2.1, 192.0.2.2",
 * "answer A nothere.example: NXDOMAIN".  "" for what is no such message.
 */
void dns_describe(char *text, size_t room, const uint8_t *data, size_t n);

#endif
