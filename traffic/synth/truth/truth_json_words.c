/* What was said, and what it was called. */
#include "traffic/synth/truth/truth_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

/* Messages. */

static bool
is_utf8(const uint8_t *p, size_t n)
{
	uint32_t character;

	for (size_t step; n > 0; p += step, n -= step) {
		step = utf8_character(p, n, &character);
		if (step == 0)
			return false;
	}
	return true;
}

static void
put_hex(struct json_out *out, const uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	struct bytes text = { 0 };
	uint8_t *at = bytes_reserve(&text, 2 * n + 1);

	for (size_t i = 0; at != NULL && i < n; i++) {
		at[2 * i] = (uint8_t)digits[p[i] >> 4];
		at[2 * i + 1] = (uint8_t)digits[p[i] & 15];
	}
	if (at == NULL)
		json_out_fail(out, "out of memory");
	else
		json_out_string(out, (const char *)at, 2 * n);
	bytes_reset(&text);
}

static void
put_message(const struct truth *t, struct json_out *out,
    const struct truth_said *m)
{
	const uint8_t *data = t->said_bytes.data + m->data;

	truth_json_item(out);
	json_out_key_i64(out, "sent_ns", m->at_ns);
	json_out_key_text(out, "from", truth_json_host(t, m->from));
	json_out_key_text(out, "to", truth_json_host(t, m->to));
	json_out_key_text(out, "what", m->what);
	if (m->len == 0 || is_utf8(data, m->len)) {
		json_out_key(out, "text");
		json_out_string(out, m->len == 0 ? "" : (const char *)data,
		    m->len);
	} else {
		json_out_key(out, "hex");
		put_hex(out, data, m->len);
	}
	json_out_close(out, '}');
}

void
truth_json_messages(const struct truth *t, struct json_out *out)
{
	truth_json_list(out, "messages");
	for (size_t i = 0; i < t->said.count; i++)
		put_message(t, out, &t->said.list[i]);
	json_out_close(out, ']');
}


/* Labels. */

struct span {
	const char *label;
	int64_t first_ns, last_ns;
	uint64_t packets;
};

struct spans {
	struct span *list;
	size_t count, room;
};

/* The label's span, which may be new; NULL: no memory. */
static struct span *
span_of(struct spans *spans, const struct truth_packet *p)
{
	void *grown;

	for (size_t i = spans->count; i > 0; i--)
		if (strcmp(spans->list[i - 1].label, p->label) == 0)
			return &spans->list[i - 1];
	grown = memory_grow(spans->list, &spans->room, spans->count + 1,
	    sizeof(*spans->list));
	if (grown == NULL)
		return NULL;
	spans->list = grown;
	spans->list[spans->count] = (struct span){ p->label, p->at_ns,
	    p->at_ns, 0 };
	return &spans->list[spans->count++];
}

static int
find_spans(const struct truth *t, struct spans *spans)
{
	for (size_t i = 0; i < t->packets.count; i++) {
		const struct truth_packet *p = &t->packets.list[i];
		struct span *span;

		if (p->label == NULL)
			continue;
		span = span_of(spans, p);
		if (span == NULL)
			return -1;
		span->last_ns = p->at_ns;
		span->packets++;
	}
	return 0;
}

int
truth_json_labels(const struct truth *t, struct json_out *out)
{
	struct spans spans = { 0 };
	int status = find_spans(t, &spans);

	truth_json_list(out, "labels");
	for (size_t i = 0; i < spans.count; i++) {
		truth_json_item(out);
		json_out_key_text(out, "label", spans.list[i].label);
		json_out_key_i64(out, "first_ns", spans.list[i].first_ns);
		json_out_key_i64(out, "last_ns", spans.list[i].last_ns);
		json_out_key_u64(out, "packets", spans.list[i].packets);
		json_out_close(out, '}');
	}
	json_out_close(out, ']');
	free(spans.list);
	return status;
}
