/*
 * The protocols as chat_load speaks them: what a client says until it is in,
 * what a numbered message looks like when it is sent and when it arrives.
 *
 * A message holds the text "{NUMBER....}", NUMBER in seven digits, the dots
 * filling it to the length asked for.  Everything a receiver gets must be such
 * a message with the next number, byte for byte as the server has to make it,
 * or an announcement (somebody joins or leaves).
 */
#ifndef TESTS_BENCH_CHAT_TALK_H
#define TESTS_BENCH_CHAT_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TALK_TEXT_MIN = 9, TALK_TEXT_MAX = 1015,
	TALK_MESSAGE_MAX = TALK_TEXT_MAX + 64,
	TALK_NAME_BYTES = 8,		/* "u000123" */
	TALK_NUMBER_MAX = 9999999,
};

/* What the beginning of a stream is. */
enum talk_step {
	TALK_MORE,	/* nothing whole yet */
	TALK_STEP,	/* *used bytes of it; *answer is to be sent */
	TALK_IN,	/* *used bytes of it, after which the client is in */
	TALK_BAD,	/* nothing that the protocol knows here */
};

struct talk_answer {
	uint8_t data[128];
	size_t len;
};

struct talk {
	const char *name;
	bool to_sender;		/* a message comes back to its sender, too */
	bool alone;		/* nobody but the sender gets it */

	/* Before the client is in, which the server has to tell; NULL: it is
	 * in once it is connected.  len > 0. */
	enum talk_step (*greet)(const uint8_t *data, size_t len,
	    const char *nick, size_t *used, struct talk_answer *answer);

	/* The message around a text: as its sender writes it, as the others
	 * get it.  Returns the length; out holds TALK_MESSAGE_MAX. */
	size_t (*send)(uint8_t *out, const char *nick, const char *text,
	    size_t len);
	size_t (*arrives)(uint8_t *out, const char *nick, const char *text,
	    size_t len);

	/* An announcement at the beginning of a stream: its length, 0 where
	 * there is none, SIZE_MAX where it may become one.  NULL: none. */
	size_t (*announcement)(const uint8_t *data, size_t len);
};

/* NULL: no such protocol. */
const struct talk *talk_find(const char *name);

/* The name of client i. */
void talk_nick(char *out, size_t i);

/* A message of which only the number changes. */
struct talk_template {
	uint8_t data[TALK_MESSAGE_MAX];
	size_t len;
	size_t number_at;
};

/* text_len from TALK_TEXT_MIN to TALK_TEXT_MAX. */
void talk_template_init(struct talk_template *t,
    size_t (*wrap)(uint8_t *out, const char *nick, const char *text,
	size_t len), const char *nick, size_t text_len);

/* number <= TALK_NUMBER_MAX */
void talk_template_number(struct talk_template *t, uint64_t number);

#endif
