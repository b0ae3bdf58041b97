#include "chat/protocols/p2p_login.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/cursor.h"

static const char intro[] = "!login ";

/* A JSON text; UTF-8 may stand in it as it is. */
static int
append_text(struct bytes *out, const uint8_t *text, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	int failed = bytes_append(out, "\"", 1);

	for (size_t i = 0; i < len && failed == 0; i++) {
		uint8_t byte = text[i];
		char escape[] = { '\\', 'u', '0', '0', digits[byte >> 4],
		    digits[byte & 15] };

		if (byte == '"' || byte == '\\' || byte < ' ')
			failed = bytes_append(out, escape, sizeof(escape));
		else
			failed = bytes_append(out, &byte, 1);
	}
	return failed != 0 ? failed : bytes_append(out, "\"", 1);
}

static int
append_word(struct bytes *out, const char *word)
{
	return bytes_append(out, word, strlen(word));
}

static int
append_line(struct bytes *out, const char *name,
    const struct secret *password, enum p2p_register make)
{
	static const char *const ends[] = {
		[P2P_REGISTER_UNKNOWN] = "}\n",
		[P2P_REGISTER_YES] = ", \"register\": true}\n",
		[P2P_REGISTER_NO] = ", \"register\": false}\n",
	};

	/* In one piece from the start: growing would leave copies behind. */
	if (bytes_reserve(out, P2P_LOGIN_BYTES_MAX) == NULL ||
	    append_word(out, intro) != 0 ||
	    append_word(out, "{\"name\": ") != 0 ||
	    append_text(out, (const uint8_t *)name, strlen(name)) != 0 ||
	    append_word(out, ", \"password\": ") != 0 ||
	    append_text(out, password->data, password->len) != 0 ||
	    append_word(out, ends[make]) != 0)
		return -1;
	return 0;
}

int
p2p_login_append(struct bytes *out, const char *name,
    const struct secret *password, enum p2p_register make,
    struct errbuf *err)
{
	size_t name_len = strlen(name);

	if (name_len == 0 || name_len > CHAT_NAME_MAX) {
		errbuf_set(err, "a name has 1 to %d bytes", CHAT_NAME_MAX);
		return -1;
	}
	if (password->len == 0 || password->len > PASSWORD_BYTES_MAX ||
	    !chat_text_is_utf8(password->data, password->len)) {
		errbuf_set(err, "a password has 1 to %d bytes of UTF-8",
		    PASSWORD_BYTES_MAX);
		return -1;
	}
	if (append_line(out, name, password, make) != 0) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	return 0;
}

void
p2p_login_forget(struct bytes *line)
{
	if (line->data != NULL)
		OPENSSL_cleanse(line->data, line->room);
	bytes_reset(line);
}

void
p2p_login_wipe(struct p2p_login *login)
{
	OPENSSL_cleanse(login, sizeof(*login));
}

bool
p2p_login_begins(const uint8_t *data, size_t len)
{
	return memcmp(data, intro, len < P2P_LOGIN_INTRO_BYTES ? len :
	    P2P_LOGIN_INTRO_BYTES) == 0;
}

/* The next byte; 0, which nothing here takes, at the end. */
static uint8_t
peek(const struct cursor *c)
{
	return c->left == 0 ? 0 : *c->at;
}

static bool
take(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if (c->left < len || memcmp(c->at, word, len) != 0)
		return false;
	cursor_take(c, len);
	return true;
}

static void
skip_blanks(struct cursor *c)
{
	while (peek(c) == ' ' || peek(c) == '\t' || peek(c) == '\r')
		cursor_take(c, 1);
}

/* A byte between blanks. */
static bool
take_mark(struct cursor *c, const char *mark)
{
	skip_blanks(c);
	if (!take(c, mark))
		return false;
	skip_blanks(c);
	return true;
}

/* A text that is being read, bounded. */
struct text {
	char *out;
	size_t len, max;
};

static bool
put(struct text *t, uint32_t byte)
{
	if (t->len == t->max)
		return false;
	t->out[t->len++] = (char)byte;
	return true;
}

static bool
put_character(struct text *t, uint32_t c)
{
	if (c < 0x80)
		return put(t, c);
	if (c < 0x800)
		return put(t, 0xc0 | c >> 6) && put(t, 0x80 | (c & 0x3f));
	if (c < 0x10000)
		return put(t, 0xe0 | c >> 12) &&
		    put(t, 0x80 | (c >> 6 & 0x3f)) &&
		    put(t, 0x80 | (c & 0x3f));
	return put(t, 0xf0 | c >> 18) && put(t, 0x80 | (c >> 12 & 0x3f)) &&
	    put(t, 0x80 | (c >> 6 & 0x3f)) && put(t, 0x80 | (c & 0x3f));
}

static bool
take_hex4(struct cursor *c, uint32_t *out)
{
	const uint8_t *p = cursor_take(c, 4);

	*out = 0;
	for (size_t i = 0; p != NULL && i < 4; i++) {
		uint8_t lower = p[i] | 0x20;

		if (p[i] >= '0' && p[i] <= '9')
			*out = *out << 4 | (uint32_t)(p[i] - '0');
		else if (lower >= 'a' && lower <= 'f')
			*out = *out << 4 | (uint32_t)(lower - 'a' + 10);
		else
			return false;
	}
	return p != NULL;
}

/* Behind "\u".  RFC 8259, section 7: above U+FFFF a pair of surrogates.  Half a
 * pair becomes bytes that are no UTF-8, which is found at the end. */
static bool
take_unicode(struct cursor *c, struct text *t)
{
	uint32_t first, second;

	if (!take_hex4(c, &first))
		return false;
	if (first < 0xd800 || first > 0xdbff)
		return put_character(t, first);
	if (!take(c, "\\u") || !take_hex4(c, &second) || second < 0xdc00 ||
	    second > 0xdfff)
		return false;
	return put_character(t, 0x10000 + ((first - 0xd800) << 10) +
	    (second - 0xdc00));
}

static bool
take_escape(struct cursor *c, struct text *t)
{
	static const char escapes[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	const uint8_t *p = cursor_take(c, 1);
	const char *found;

	if (p == NULL || *p == '\0')
		return false;
	if (*p == 'u')
		return take_unicode(c, t);
	found = strchr(escapes, *p);
	return found != NULL && put(t, (uint8_t)values[found - escapes]);
}

/* 1 to max bytes; out has room for a terminator behind them. */
static bool
take_text(struct cursor *c, char *out, size_t max, size_t *len)
{
	struct text t = { out, 0, max };
	bool good = take(c, "\"");

	while (good && peek(c) != '"') {
		uint8_t byte = peek(c);

		cursor_take(c, 1);
		if (byte == '\\')
			good = take_escape(c, &t);
		else
			good = byte >= ' ' && put(&t, byte);
	}
	out[t.len] = '\0';
	*len = t.len;
	return good && take(c, "\"") && t.len > 0 &&
	    chat_text_is_utf8((const uint8_t *)out, t.len);
}

static bool
take_register(struct cursor *c, struct p2p_login *login)
{
	bool yes = take(c, "true");

	login->make = yes ? P2P_REGISTER_YES : P2P_REGISTER_NO;
	return yes || take(c, "false");
}

static bool
take_member(struct cursor *c, struct p2p_login *login)
{
	char key[16];
	size_t len;

	if (!take_text(c, key, sizeof(key) - 1, &len) || !take_mark(c, ":"))
		return false;
	if (strcmp(key, "name") == 0 && login->name_len == 0)
		return take_text(c, login->name, CHAT_NAME_MAX,
		    &login->name_len);
	if (strcmp(key, "password") == 0 && login->password_len == 0)
		return take_text(c, login->password, PASSWORD_BYTES_MAX,
		    &login->password_len);
	return strcmp(key, "register") == 0 &&
	    login->make == P2P_REGISTER_UNKNOWN && take_register(c, login);
}

static bool
take_object(struct cursor *c, struct p2p_login *login)
{
	if (!take_mark(c, "{"))
		return false;
	do {
		if (!take_member(c, login))
			return false;
	} while (take_mark(c, ","));
	return take_mark(c, "}") && c->left == 0 && login->name_len > 0 &&
	    login->password_len > 0;
}

enum wire_status
p2p_login_parse(const uint8_t *data, size_t len, size_t *used,
    struct p2p_login *login, struct errbuf *err)
{
	size_t seen = len < P2P_LOGIN_BYTES_MAX ? len : P2P_LOGIN_BYTES_MAX;
	const uint8_t *end = seen == 0 ? NULL : memchr(data, '\n', seen);
	struct cursor c;

	memset(login, 0, sizeof(*login));
	if (!p2p_login_begins(data, len) ||
	    (end == NULL && seen == P2P_LOGIN_BYTES_MAX)) {
		errbuf_set(err, "no login of at most %d bytes",
		    P2P_LOGIN_BYTES_MAX);
		return WIRE_BAD;
	}
	if (end == NULL)
		return WIRE_PARTIAL;
	*used = (size_t)(end - data) + 1;
	c = cursor_over(data, *used - 1, *used - 1);
	if (!take(&c, intro) || !take_object(&c, login)) {
		p2p_login_wipe(login);
		errbuf_set(err, "the login is not as it has to be");
		return WIRE_BAD;
	}
	return WIRE_WHOLE;
}
