#include "chat/crypto/password_record.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

/* Characters of base64, with padding and '\0', and without. */
#define PADDED_CHARS(bytes) (((bytes) + 2) / 3 * 4 + 1)
#define BASE64_CHARS(bytes) (((bytes) * 8 + 5) / 6)

enum {
	SALT_CHARS = BASE64_CHARS(PASSWORD_SALT_BYTES),
	HASH_CHARS = BASE64_CHARS(PASSWORD_HASH_BYTES),
};

/* The formats below have the widths in them. */
_Static_assert(SALT_CHARS == 22 && HASH_CHARS == 43, "as the formats say");

/* What the parser finds, before anything of it is believed. */
struct parts {
	struct scrypt_cost cost;
	char salt[SALT_CHARS + 1], hash[HASH_CHARS + 1];
};

static void
write_parts(const struct parts *parts, char text[PASSWORD_RECORD_BYTES])
{
	snprintf(text, PASSWORD_RECORD_BYTES, "$scrypt$ln=%u,r=%u,p=%u$%s$%s",
	    parts->cost.ln, parts->cost.r, parts->cost.p, parts->salt,
	    parts->hash);
}

static void
encode(const uint8_t *data, int len, char *text)
{
	char padded[PADDED_CHARS(PASSWORD_HASH_BYTES)];
	size_t chars = BASE64_CHARS((size_t)len);

	EVP_EncodeBlock((unsigned char *)padded, data, len);
	memcpy(text, padded, chars);
	text[chars] = '\0';
	OPENSSL_cleanse(padded, sizeof(padded));
}

/* Takes some texts that are not exact: the caller compares. */
static void
decode(const char *text, uint8_t *data, size_t len)
{
	char padded[PADDED_CHARS(PASSWORD_HASH_BYTES)];
	uint8_t decoded[PADDED_CHARS(PASSWORD_HASH_BYTES)] = { 0 };
	size_t chars = PADDED_CHARS(len) - 1;

	snprintf(padded, sizeof(padded), "%s%s", text,
	    chars - BASE64_CHARS(len) == 2 ? "==" : "=");
	EVP_DecodeBlock(decoded, (unsigned char *)padded, (int)chars);
	memcpy(data, decoded, len);
	OPENSSL_cleanse(padded, sizeof(padded));
	OPENSSL_cleanse(decoded, sizeof(decoded));
}

void
password_record_write(const struct password_record *record,
    char text[PASSWORD_RECORD_BYTES])
{
	struct parts parts = { .cost = record->cost };

	encode(record->salt, sizeof(record->salt), parts.salt);
	encode(record->hash, sizeof(record->hash), parts.hash);
	write_parts(&parts, text);
	OPENSSL_cleanse(&parts, sizeof(parts));
}

#define BASE64_SET \
	"[ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/]"

static bool
scan(const char *text, struct password_record *out)
{
	struct parts parts;
	bool found = sscanf(text, "$scrypt$ln=%2u,r=%7u,p=%7u$%22" BASE64_SET
	    "$%43" BASE64_SET, &parts.cost.ln, &parts.cost.r, &parts.cost.p,
	    parts.salt, parts.hash) == 5 &&
	    strlen(parts.salt) == SALT_CHARS &&
	    strlen(parts.hash) == HASH_CHARS;

	if (found) {
		out->cost = parts.cost;
		decode(parts.salt, out->salt, sizeof(out->salt));
		decode(parts.hash, out->hash, sizeof(out->hash));
	}
	OPENSSL_cleanse(&parts, sizeof(parts));
	return found;
}

/* sscanf() and EVP_DecodeBlock() let blanks, signs and stray bits pass, but
 * what they read of those is written otherwise. */
static bool
is_exact(const struct password_record *record, const char *text)
{
	char again[PASSWORD_RECORD_BYTES];
	bool exact;

	password_record_write(record, again);
	exact = strcmp(text, again) == 0;
	OPENSSL_cleanse(again, sizeof(again));
	return exact;
}

int
password_record_parse(const char *text, struct password_record *out,
    struct errbuf *err)
{
	const char *fault;

	if (!scan(text, out) || !is_exact(out, text)) {
		errbuf_set(err, "not a password record");
		return -1;
	}
	fault = scrypt_cost_fault(&out->cost);
	if (fault == NULL)
		return 0;
	errbuf_set(err, "the password record is refused: %s", fault);
	return -1;
}
