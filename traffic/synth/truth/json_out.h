/*
 * JSON (RFC 8259) as it is written: commas come by themselves, line breaks
 * where the caller wants them, numbers are integers.
 *
 * Cannot fail until json_out_end(), which says what went wrong: no memory, or
 * the sink.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_JSON_OUT_H
#define TRAFFIC_SYNTH_TRUTH_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"
#include "base/sink.h"

struct json_out {
	struct sink *sink;	/* borrowed */
	struct bytes text;
	bool follows;		/* a comma comes before what comes next */
	bool failed;
	struct errbuf err;
};

/* Nothing is written yet; the sink is borrowed until json_out_end(). */
void json_out_init(struct json_out *out, struct sink *sink);

/* Writes the rest, and frees.  -1 with the reason. */
int json_out_end(struct json_out *out, struct errbuf *err);

/* Something went wrong elsewhere: json_out_end() says so; the first counts. */
void json_out_fail(struct json_out *out, const char *why);

/* '{' or '[', and their ends.  As a member of an object they have a key before
 * them. */
void json_out_open(struct json_out *out, char bracket);

/* '}' or ']'.  The text goes to the sink from here, once there is much of
 * it. */
void json_out_close(struct json_out *out, char bracket);

/* What comes next stands on a line of its own. */
void json_out_line(struct json_out *out);

/* "key": -- a constant word of the program, written as it is. */
void json_out_key(struct json_out *out, const char *key);

/* Values. */
void json_out_u64(struct json_out *out, uint64_t value);

/* In decimal, as above; it may be negative. */
void json_out_i64(struct json_out *out, int64_t value);

/* A word, without quotes. */
void json_out_bool(struct json_out *out, bool value);

/* For what does not apply. */
void json_out_null(struct json_out *out);
/* What is no UTF-8 becomes U+FFFD. */
void json_out_string(struct json_out *out, const char *text, size_t len);

/* A terminated string, as json_out_string(); NULL is null. */
void json_out_text(struct json_out *out, const char *text);

/* Members of an object. */
void json_out_key_u64(struct json_out *out, const char *key, uint64_t value);

/* It may be negative. */
void json_out_key_i64(struct json_out *out, const char *key, int64_t value);

/* "key": true, "key": false. */
void json_out_key_bool(struct json_out *out, const char *key, bool value);

/* NULL: the member is there, and null. */
void json_out_key_text(struct json_out *out, const char *key, const char *text);

#endif
