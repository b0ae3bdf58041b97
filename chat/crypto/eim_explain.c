#include "chat/crypto/eim_explain.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "chat/crypto/pkcs7.h"
#include "chat/wire/chat_text.h"

enum {
	ROW_BYTES = 32,		/* of hex in a line */
	LINE_BYTES = 256,	/* of a line that is printed, with room */
	SHOWN_BYTES = 60,	/* the longest text that is shown as text */
	HEAD_BYTES = 8,		/* tag and length of a field */
};

struct walk {
	const struct eim_rules *rules;
	const struct eim_message *message;
	struct bytes *out;
	unsigned step;
	bool failed;		/* out of memory */
};

__attribute__((format(printf, 2, 3)))
static void
say(struct walk *w, const char *format, ...)
{
	char line[LINE_BYTES];
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof(line) ||
	    bytes_append(w->out, line, (size_t)len) != 0)
		w->failed = true;
	OPENSSL_cleanse(line, sizeof(line));
}

static void
say_hex(struct walk *w, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		say(w, "%02x", data[i]);
}

/* "7  mac = HMAC-SHA256(mackey, padded), 32 bytes" */
static void
begin_step(struct walk *w, const char *name, const char *rule, size_t len)
{
	say(w, "\n%2u  %s%s%s, %zu byte%s\n", ++w->step, name,
	    rule[0] == '\0' ? "" : " = ", rule, len, len == 1 ? "" : "s");
}

static void
show_value(struct walk *w, const void *data, size_t len)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < len; i += ROW_BYTES) {
		say(w, "      ");
		say_hex(w, at + i, len - i < ROW_BYTES ? len - i : ROW_BYTES);
		say(w, "\n");
	}
}

/* A value that the reader has to type: it stands in the command alone. */
static void
give(struct walk *w, const char *name, const char *what, const void *data,
    size_t len)
{
	const uint8_t *at = data;

	say(w, "\n%2u  %s: %s, %zu byte%s\n    $ bytes >%s", ++w->step, name,
	    what, len, len == 1 ? "" : "s", name);
	for (size_t i = 0; i < len; i += ROW_BYTES) {
		say(w, " \\\n    >   ");
		say_hex(w, at + i, len - i < ROW_BYTES ? len - i : ROW_BYTES);
	}
	say(w, "\n");
}

/* The bytes in front of a field's value: of `count` tag bytes, and of the
 * length, which is `len`; in hex. */
static void
head_of(const void *data, size_t count, size_t len, char hex[2 * HEAD_BYTES])
{
	const uint8_t *tag = data;
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		at += (size_t)sprintf(hex + at, "%02x", tag[i]);
	for (; len >= 0x80 && at < 2 * HEAD_BYTES - 4; len >>= 7)
		at += (size_t)sprintf(hex + at, "%02x",
		    (unsigned)(len & 0x7f) | 0x80);
	sprintf(hex + at, "%02x", (unsigned)len);
}

/*
 * How the keys are made.
 */

static const struct {
	const char *rule;
	const char *command;	/* before " >FILE" */
} key_rules[EIM_RULES] = {
	[EIM_RULE_HMAC_C] = { "HMAC-SHA256(c, nothing)",
	    "printf '' | hmac c" },
	[EIM_RULE_A] = { "a as it is", "cat a" },
	[EIM_RULE_SHA256_C] = { "SHA256(c)",
	    "openssl dgst -sha256 -binary c" },
	[EIM_RULE_SHA256_A] = { "SHA256(a)",
	    "openssl dgst -sha256 -binary a" },
	[EIM_RULE_SHA256_C_A] = { "SHA256(c and a behind it)",
	    "cat c a | openssl dgst -sha256 -binary" },
};

static void
explain_key(struct walk *w, const char *name, enum eim_rule rule,
    const void *data, size_t len)
{
	begin_step(w, name, key_rules[rule].rule, len);
	show_value(w, data, len);
	say(w, "    $ %s >%s\n", key_rules[rule].command, name);
}

/*
 * The commands of each step, with the value that they make.
 */

static void
make_im(struct walk *w, const uint8_t *data, size_t len)
{
	char nickname[2 * HEAD_BYTES], text[2 * HEAD_BYTES];

	(void)data;
	(void)len;
	head_of("\x2a", 1, strlen(w->message->nickname), nickname);
	head_of("\x52", 1, strlen(w->message->text), text);
	say(w, "    $ (bytes %s; cat nickname; bytes %s; cat text) >im\n",
	    nickname, text);
}

static void
say_padding(struct walk *w, const char *from, const uint8_t *data, size_t len,
    const char *to)
{
	size_t n = data[len - 1];

	say(w, "    $ (cat %s; bytes ", from);
	say_hex(w, data + len - n, n);
	say(w, ") >%s\n", to);
}

static void
make_padded(struct walk *w, const uint8_t *data, size_t len)
{
	say_padding(w, "im", data, len, "padded");
}

static void
make_mac(struct walk *w, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	say(w, "    $ hmac mackey <%s >mac\n",
	    w->rules->mac_over_padded ? "padded" : "im");
}

static void
make_plaintext(struct walk *w, const uint8_t *data, size_t len)
{
	size_t mac_bytes = 32, mac_head = 3, head = 2;
	char padded[2 * HEAD_BYTES];

	(void)data;
	/* The head is as long as the length in it asks for. */
	for (size_t n = len - mac_bytes - mac_head - head; n >= 0x80; n >>= 7)
		head++;
	head_of("\x52", 1, len - mac_bytes - mac_head - head, padded);
	say(w, "    $ (bytes %s; cat padded; bytes a20120; cat mac) "
	    ">plaintext\n", padded);
}

static void
make_plaintext_padded(struct walk *w, const uint8_t *data, size_t len)
{
	say_padding(w, "plaintext", data, len, "plaintext-padded");
}

static void
make_ciphertext(struct walk *w, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	/* It would pad by itself without -nopad. */
	say(w, "    $ openssl enc -aes-256-cbc -nopad -K $(hex key) "
	    "-iv $(hex iv) \\\n    >   <plaintext-padded >ciphertext\n");
}

static void
make_package(struct walk *w, const uint8_t *data, size_t len)
{
	/* The length of the ciphertext is that of its field, whose head ends
	 * where it begins: 3 bytes and 16 for the IV, then 2 and the length. */
	size_t head = 1, rest = len - 3 - EIM_IV_BYTES - 2;
	char message[2 * HEAD_BYTES];

	(void)data;
	while (rest - head >= (size_t)1 << 7 * head)
		head++;
	head_of("\xf2\x01", 2, rest - head, message);
	say(w, "    $ (bytes a20110; cat iv; bytes %s; cat ciphertext) "
	    ">package\n", message);
}

static void
open_plaintext_padded(struct walk *w, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	say(w, "    $ openssl enc -d -aes-256-cbc -nopad -K $(hex key) "
	    "-iv $(hex iv) \\\n"
	    "    >   <ciphertext >opened-plaintext-padded\n");
}

static void
open_plaintext(struct walk *w, const uint8_t *data, size_t len)
{
	(void)data;
	say(w, "    $ head -c %zu opened-plaintext-padded "
	    ">opened-plaintext\n", len);
}

static void
open_padded(struct walk *w, const uint8_t *data, size_t len)
{
	char head[2 * HEAD_BYTES];

	(void)data;
	head_of("\x52", 1, len, head);
	say(w, "    $ tail -c +%zu opened-plaintext | head -c %zu "
	    ">opened-padded\n", strlen(head) / 2 + 1, len);
}

static void
open_mac(struct walk *w, const uint8_t *data, size_t len)
{
	(void)data;
	say(w, "    $ tail -c %zu opened-plaintext >opened-mac\n", len);
}

static void
open_im(struct walk *w, const uint8_t *data, size_t len)
{
	(void)data;
	say(w, "    $ head -c %zu opened-padded >opened-im\n", len);
}

struct row {
	const char *name;	/* as eim_seal.h has it */
	const char *rule;	/* NULL: the one that comes with the value */
	void (*command)(struct walk *w, const uint8_t *data, size_t len);
};

static const struct row seal_rows[] = {
	{ "im", NULL, make_im },
	{ "padded", NULL, make_padded },
	{ "mac", NULL, make_mac },
	{ "plaintext", NULL, make_plaintext },
	{ "plaintext-padded", NULL, make_plaintext_padded },
	{ "ciphertext", NULL, make_ciphertext },
	{ "package", NULL, make_package },
	{ NULL, NULL, NULL },
};

static const struct row open_rows[] = {
	{ "plaintext-padded", "ciphertext, decrypted",
	    open_plaintext_padded },
	{ "plaintext", "without padding: the last byte says how much",
	    open_plaintext },
	{ "padded", "field 10 of it", open_padded },
	{ "mac", "field 20", open_mac },
	{ "im", "opened-padded without padding", open_im },
	{ NULL, NULL, NULL },
};

static const struct row *
find_row(const struct row *rows, const char *name)
{
	while (rows->name != NULL && strcmp(rows->name, name) != 0)
		rows++;
	return rows->name == NULL ? NULL : rows;
}

static void
explain_step(struct walk *w, const struct row *row, const char *prefix,
    const char *rule, const void *data, size_t len)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", prefix, row->name);
	begin_step(w, name, row->rule == NULL ? rule : row->rule, len);
	show_value(w, data, len);
	row->command(w, data, len);
}

static void
sealing(void *context, const char *name, const char *rule, const void *data,
    size_t len)
{
	const struct row *row = find_row(seal_rows, name);

	if (row != NULL)
		explain_step(context, row, "", rule, data, len);
}

static void
opening(void *context, const char *name, const char *rule, const void *data,
    size_t len)
{
	const struct row *row = find_row(open_rows, name);

	if (row != NULL)
		explain_step(context, row, "opened-", rule, data, len);
}

/* What the original sends: the length in front. */
static void
explain_frame(struct walk *w, size_t len)
{
	const uint8_t head[4] = {
		(uint8_t)(len >> 24), (uint8_t)(len >> 16),
		(uint8_t)(len >> 8), (uint8_t)len,
	};

	begin_step(w, "frame", "length of package, u32 big-endian; package",
	    sizeof(head) + len);
	say(w, "      ");
	say_hex(w, head, sizeof(head));
	say(w, " and the package: this goes over the wire\n    $ (bytes ");
	say_hex(w, head, sizeof(head));
	say(w, "; cat package) >frame\n");
}

static void
introduce(struct walk *w, enum eim_profile profile)
{
	say(w, "Sealing with the keys of profile %s\n\n",
	    eim_profile_name(profile));
	say(w, "Lines behind $ and > are for a shell, in an empty folder, with "
	    "openssl and xxd;\neach command makes the file that its step is "
	    "named after.  First three helpers:\n\n");
	say(w, "    $ bytes() { echo \"$*\" | xxd -r -p; }\n");
	say(w, "    $ hex() { xxd -p \"$1\" | tr -d '\\n'; }\n");
	say(w, "    $ hmac() { openssl dgst -sha256 -mac HMAC \\\n"
	    "    >   -macopt hexkey:$(hex \"$1\") -binary; }\n");
}

static void
give_inputs(struct walk *w, const struct secret *c, const struct secret *a)
{
	const struct eim_message *m = w->message;

	give(w, "c", "the confidentiality key", c->data, c->len);
	give(w, "a", "the authenticity key", a->data, a->len);
	give(w, "nickname", "who sends", m->nickname, strlen(m->nickname));
	give(w, "text", "the message", m->text, strlen(m->text));
	give(w, "iv", "random bytes, new for each message", m->iv,
	    sizeof(m->iv));
}

/* One line, where it fits in one. */
static int
show_text(struct walk *w, const char *name, const char *text, size_t len)
{
	struct bytes clean = { NULL, 0, 0 };
	int status = chat_text_clean(&clean, (const uint8_t *)text, len);

	if (status == 0 && len <= SHOWN_BYTES &&
	    memchr(text, '\n', len) == NULL && memchr(text, '\t', len) == NULL)
		say(w, "    %-8s  %.*s\n", name, (int)clean.len,
		    (const char *)clean.data);
	else
		say(w, "    %-8s  (%zu bytes)\n", name, len);
	if (clean.data != NULL)
		OPENSSL_cleanse(clean.data, clean.len);
	bytes_reset(&clean);
	return status;
}

static int
explain_opening(struct walk *w, const struct eim_keys *keys,
    const struct bytes *package, struct errbuf *err)
{
	struct eim_opened opened;

	say(w, "\nOpening it again\n");
	if (eim_open(keys, package->data, package->len, opening, w,
	    &opened) != 0) {
		errbuf_set(err, "the package cannot be opened again");
		return -1;
	}
	say(w, "\n%2u  is it authentic?  The MAC again, of what was opened\n"
	    "    $ hmac mackey <opened-%s | cmp - opened-mac && "
	    "echo authentic\n\n", ++w->step,
	    keys->mac_over_padded ? "padded" : "im");
	if (show_text(w, "nickname", opened.nickname,
	    opened.nickname_len) != 0 ||
	    show_text(w, "text", opened.text, opened.text_len) != 0)
		w->failed = true;
	eim_opened_reset(&opened);
	return 0;
}

static int
explain_sealing(struct walk *w, const struct eim_keys *keys,
    struct bytes *package, struct errbuf *err)
{
	const struct eim_message *m = w->message;

	explain_key(w, "key", w->rules->aes, keys->aes, sizeof(keys->aes));
	explain_key(w, "mackey", w->rules->mac, keys->mac.data, keys->mac.len);
	if (eim_seal(keys, m->nickname, strlen(m->nickname), m->text,
	    strlen(m->text), m->iv, sealing, w, package, err) != 0)
		return -1;
	explain_frame(w, package->len);
	return 0;
}

int
eim_explain(enum eim_profile profile, const struct secret *confidentiality,
    const struct secret *authenticity, const struct eim_message *message,
    struct bytes *out, struct errbuf *err)
{
	struct walk w = {
		.rules = eim_profile_rules(profile),
		.message = message, .out = out,
	};
	struct bytes package = { NULL, 0, 0 };
	struct eim_keys keys;
	int status = -1;

	if (eim_keys_make(&keys, profile, confidentiality, authenticity,
	    err) != 0)
		return -1;
	introduce(&w, profile);
	give_inputs(&w, confidentiality, authenticity);
	if (explain_sealing(&w, &keys, &package, err) == 0)
		status = explain_opening(&w, &keys, &package, err);
	if (status == 0 && w.failed) {
		errbuf_set(err, "out of memory for the explanation");
		status = -1;
	}
	bytes_reset(&package);
	eim_keys_reset(&keys);
	return status;
}
