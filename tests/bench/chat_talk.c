#include "tests/bench/chat_talk.h"

#include <stdio.h>
#include <string.h>

enum { DIGITS = 7 };

static bool
begins(const uint8_t *data, size_t len, const char *text)
{
	return len >= strlen(text) && memcmp(data, text, strlen(text)) == 0;
}

static void
answer_with(struct talk_answer *a, const char *text)
{
	a->len = strlen(text);
	memcpy(a->data, text, a->len);
}

/* echo, and what a bare server relays: the text as it is. */
static size_t
plain(uint8_t *out, const char *nick, const char *text, size_t len)
{
	(void)nick;
	memcpy(out, text, len);
	return len;
}

/* im: Message{ nickname = 1, message = 2 }. */
static size_t
im_message(uint8_t *out, const char *nick, const char *text, size_t len)
{
	size_t nick_len = strlen(nick), n = 0;

	out[n++] = 0x0a;
	out[n++] = (uint8_t)nick_len;
	memcpy(out + n, nick, nick_len);
	n += nick_len;
	out[n++] = 0x12;
	if (len > 127) {
		out[n++] = (uint8_t)(0x80 | (len & 0x7f));
		out[n++] = (uint8_t)(len >> 7);
	} else {
		out[n++] = (uint8_t)len;
	}
	memcpy(out + n, text, len);
	return n + len;
}

/* room: NICK, the name, "NAME joined!" to all, "Connected to server!".  Each
 * text is a write, but nothing says where it ends; names here have one
 * length. */
static size_t
room_announcement(const uint8_t *data, size_t len)
{
	static const char *const ends[] = { " joined!", " left!" };
	const size_t nick_len = TALK_NAME_BYTES - 1;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t whole = nick_len + strlen(ends[i]);
		size_t known = len < whole ? len : whole;

		if (known > 0 && data[0] != 'u')
			return 0;
		if (known > nick_len && memcmp(data + nick_len, ends[i],
		    known - nick_len) != 0)
			continue;
		return known == whole ? whole : SIZE_MAX;
	}
	return 0;
}

static enum talk_step
room_greet(const uint8_t *data, size_t len, const char *nick, size_t *used,
    struct talk_answer *answer)
{
	static const char welcome[] = "Connected to server!";
	size_t joins;

	if (begins(data, len, "NICK")) {
		*used = strlen("NICK");
		answer_with(answer, nick);
		return TALK_STEP;
	}
	if (begins(data, len, welcome)) {
		*used = strlen(welcome);
		return TALK_IN;
	}
	if (data[0] != 'u')
		return len < strlen(welcome) ? TALK_MORE : TALK_BAD;
	joins = room_announcement(data, len);
	if (joins == SIZE_MAX)
		return TALK_MORE;
	*used = joins;
	answer->len = 0;
	return joins == 0 ? TALK_BAD : TALK_STEP;
}

static size_t
room_message(uint8_t *out, const char *nick, const char *text, size_t len)
{
	int n = sprintf((char *)out, "%s: ", nick);

	memcpy(out + n, text, len);
	return (size_t)n + len;
}

/* class: u16 header length, header, u32 payload length, payload. */
static size_t
class_frame(uint8_t *out, const char *header, const void *payload, size_t len)
{
	size_t header_len = strlen(header), n = 0;

	out[n++] = 0;
	out[n++] = (uint8_t)header_len;
	memcpy(out + n, header, header_len);
	n += header_len;
	out[n++] = 0;
	out[n++] = 0;
	out[n++] = (uint8_t)(len >> 8);
	out[n++] = (uint8_t)len;
	memcpy(out + n, payload, len);
	return n + len;
}

static size_t
class_sends(uint8_t *out, const char *nick, const char *text, size_t len)
{
	(void)nick;
	return class_frame(out, "msg", text, len);
}

static size_t
class_arrives(uint8_t *out, const char *nick, const char *text, size_t len)
{
	char payload[TALK_MESSAGE_MAX];
	int n = snprintf(payload, sizeof(payload), "Client %s: %.*s\n", nick,
	    (int)len, text);

	return class_frame(out, "msg", payload, (size_t)n);
}

/* A frame `info`; SIZE_MAX and 0 as above. */
static size_t
class_info(const uint8_t *data, size_t len)
{
	static const uint8_t head[] = { 0, 4, 'i', 'n', 'f', 'o', 0, 0 };
	size_t known = len < sizeof(head) ? len : sizeof(head), whole;

	if (memcmp(data, head, known) != 0)
		return 0;
	if (len < sizeof(head) + 2)
		return SIZE_MAX;
	whole = sizeof(head) + 2 +
	    ((size_t)data[sizeof(head)] << 8 | data[sizeof(head) + 1]);
	return len < whole ? SIZE_MAX : whole;
}

static void
class_say(struct talk_answer *a, const char *text)
{
	a->len += class_frame(a->data + a->len, "info", text, strlen(text));
}

/* Every name is new to the server. */
static enum talk_step
class_greet(const uint8_t *data, size_t len, const char *nick, size_t *used,
    struct talk_answer *answer)
{
	const uint8_t *payload = data + 10;
	size_t whole = class_info(data, len), left;

	if (whole == 0 || whole == SIZE_MAX)
		return whole == 0 ? TALK_BAD : TALK_MORE;
	*used = whole;
	left = whole - 10;
	answer->len = 0;
	if (begins(payload, left, "Are you already registered?")) {
		class_say(answer, "no");
		class_say(answer, nick);
	} else if (begins(payload, left, "Username registered")) {
		class_say(answer, "a password");
	} else if (begins(payload, left, "Server: You joined")) {
		return TALK_IN;
	} else if (!begins(payload, left, "Server: Client ")) {
		return TALK_BAD;
	}
	return TALK_STEP;
}

static const struct talk talks[] = {
	{ .name = "echo", .to_sender = true, .alone = true, .send = plain,
	    .arrives = plain },
	{ .name = "im", .send = im_message, .arrives = im_message },
	{ .name = "room", .to_sender = true, .greet = room_greet,
	    .send = room_message, .arrives = room_message,
	    .announcement = room_announcement },
	{ .name = "class", .greet = class_greet, .send = class_sends,
	    .arrives = class_arrives, .announcement = class_info },

	/* The same bytes by way of a server that knows no protocol. */
	{ .name = "bare-room", .to_sender = true, .send = room_message,
	    .arrives = room_message },
	{ .name = "bare-class", .send = class_arrives,
	    .arrives = class_arrives },
};

const struct talk *
talk_find(const char *name)
{
	for (size_t i = 0; i < sizeof(talks) / sizeof(*talks); i++)
		if (strcmp(talks[i].name, name) == 0)
			return &talks[i];
	return NULL;
}

void
talk_nick(char *out, size_t i)
{
	snprintf(out, TALK_NAME_BYTES, "u%06zu", i % 1000000);
}

void
talk_template_init(struct talk_template *t,
    size_t (*wrap)(uint8_t *, const char *, const char *, size_t),
    const char *nick, size_t text_len)
{
	char text[TALK_TEXT_MAX];

	memset(text, '.', text_len);
	memset(text + 1, '0', DIGITS);
	text[0] = '{';
	text[text_len - 1] = '}';
	t->len = wrap(t->data, nick, text, text_len);
	/* A length may be the byte of a brace, so one is not enough. */
	t->number_at = 1 + (size_t)((uint8_t *)memmem(t->data, t->len, "{0",
	    2) - t->data);
}

void
talk_template_number(struct talk_template *t, uint64_t number)
{
	for (size_t i = DIGITS; i-- > 0; number /= 10)
		t->data[t->number_at + i] = (uint8_t)('0' + number % 10);
}
