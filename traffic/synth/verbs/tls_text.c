#include "traffic/synth/verbs/tls_text.h"

#include <stdbool.h>
#include <string.h>

enum {
	HANDSHAKE = 22, APPLICATION_DATA = 23,
	CLIENT_HELLO = 1, SERVER_HELLO = 2,
	TLS_1_0 = 0x0301, TLS_1_2 = 0x0303, TLS_1_3 = 0x0304,
	AES_128_GCM_SHA256 = 0x1301,
	SERVER_NAME = 0, SUPPORTED_GROUPS = 10, SIGNATURE_ALGORITHMS = 13,
	SUPPORTED_VERSIONS = 43, KEY_SHARE = 51, X25519 = 29,
	RECORD_MAX = 16384,
	TYPE_AND_TAG = 17,	/* what AEAD adds to a record */
	EXTENSIONS_ETC = 60,	/* EncryptedExtensions, CertificateVerify less
				   its signature, and some headers */
	SIGNATURE = 256, FINISHED = 36,
};

/* A message that grows; what failed once stays so. */
struct text {
	struct bytes *out;
	bool failed;
};

static void
put(struct text *t, const void *data, size_t len)
{
	if (bytes_append(t->out, data, len) == -1)
		t->failed = true;
}

static void
put8(struct text *t, unsigned value)
{
	const uint8_t b = (uint8_t)value;

	put(t, &b, 1);
}

static void
put16(struct text *t, unsigned value)
{
	const uint8_t b[] = { (uint8_t)(value >> 8), (uint8_t)value };

	put(t, b, sizeof(b));
}

static void
put_noise(struct text *t, size_t len, struct random *random)
{
	uint8_t *at = bytes_reserve(t->out, len);

	if (at == NULL) {
		t->failed = true;
		return;
	}
	random_fill(random, at, len);
	t->out->len += len;
}

/* A length of 16 bits whose value is known later; returns its place. */
static size_t
begin(struct text *t)
{
	put16(t, 0);
	return t->out->len;
}

static void
end(struct text *t, size_t place)
{
	size_t len = t->out->len - place;

	if (t->failed)
		return;
	t->out->data[place - 2] = (uint8_t)(len >> 8);
	t->out->data[place - 1] = (uint8_t)len;
}

static size_t
begin_record(struct text *t, unsigned type, unsigned version)
{
	put8(t, type);
	put16(t, version);
	return begin(t);
}

/* The upper byte of a handshake's length is 0: ours are short. */
static size_t
begin_handshake(struct text *t, unsigned type)
{
	put8(t, type);
	put8(t, 0);
	return begin(t);
}

static void
put_sealed(struct text *t, size_t len, struct random *random)
{
	size_t record = begin_record(t, APPLICATION_DATA, TLS_1_2);

	put_noise(t, len + TYPE_AND_TAG, random);
	end(t, record);
}

static void
put_server_name(struct text *t, const char *name)
{
	size_t extension, list, text;

	put16(t, SERVER_NAME);
	extension = begin(t);
	list = begin(t);
	put8(t, 0);
	text = begin(t);
	put(t, name, strlen(name));
	end(t, text);
	end(t, list);
	end(t, extension);
}

/* Extensions whose value is a list of one or more numbers of 16 bits. */
static void
put_numbers(struct text *t, unsigned extension, const uint16_t *list,
    size_t count)
{
	size_t whole;

	put16(t, extension);
	whole = begin(t);
	put16(t, (unsigned)count * 2);
	for (size_t i = 0; i < count; i++)
		put16(t, list[i]);
	end(t, whole);
}

static void
put_key(struct text *t, struct random *random)
{
	put16(t, X25519);
	put16(t, 32);
	put_noise(t, 32, random);
}

static void
put_client_extensions(struct text *t, const char *name,
    struct random *random)
{
	static const uint16_t groups[] = { X25519, 23, 24 };
	static const uint16_t signatures[] = { 0x0403, 0x0804, 0x0401,
	    0x0503, 0x0805, 0x0501 };
	size_t all = begin(t), extension, list;

	if (name != NULL)
		put_server_name(t, name);
	put_numbers(t, SUPPORTED_GROUPS, groups, 3);
	put_numbers(t, SIGNATURE_ALGORITHMS, signatures, 6);
	put16(t, SUPPORTED_VERSIONS);
	extension = begin(t);
	put8(t, 4);
	put16(t, TLS_1_3);
	put16(t, TLS_1_2);
	end(t, extension);
	put16(t, KEY_SHARE);
	extension = begin(t);
	list = begin(t);
	put_key(t, random);
	end(t, list);
	end(t, extension);
	end(t, all);
}

int
tls_client_hello(struct bytes *out, const char *server_name,
    struct random *random)
{
	struct text t = { out, false };
	size_t record = begin_record(&t, HANDSHAKE, TLS_1_0);
	size_t hello = begin_handshake(&t, CLIENT_HELLO);

	put16(&t, TLS_1_2);
	put_noise(&t, 32, random);
	put8(&t, 0);		/* no session is gone on with */
	put16(&t, 6);
	put16(&t, AES_128_GCM_SHA256);
	put16(&t, 0x1302);
	put16(&t, 0x1303);
	put16(&t, 0x0100);	/* one compression: none */
	put_client_extensions(&t, server_name, random);
	end(&t, hello);
	end(&t, record);
	return t.failed ? -1 : 0;
}

static void
put_server_hello(struct text *t, struct random *random)
{
	size_t record = begin_record(t, HANDSHAKE, TLS_1_2);
	size_t hello = begin_handshake(t, SERVER_HELLO), all, key;

	put16(t, TLS_1_2);
	put_noise(t, 32, random);
	put8(t, 0);
	put16(t, AES_128_GCM_SHA256);
	put8(t, 0);
	all = begin(t);
	put16(t, SUPPORTED_VERSIONS);
	put16(t, 2);
	put16(t, TLS_1_3);
	put16(t, KEY_SHARE);
	key = begin(t);
	put_key(t, random);
	end(t, key);
	end(t, all);
	end(t, hello);
	end(t, record);
}

int
tls_server_flight(struct bytes *out, size_t certificate_bytes,
    struct random *random)
{
	struct text t = { out, false };

	put_server_hello(&t, random);
	put_sealed(&t, EXTENSIONS_ETC + certificate_bytes + SIGNATURE +
	    FINISHED, random);
	return t.failed ? -1 : 0;
}

int
tls_client_finished(struct bytes *out, struct random *random)
{
	struct text t = { out, false };

	put_sealed(&t, FINISHED, random);
	return t.failed ? -1 : 0;
}

int
tls_data(struct bytes *out, size_t len, struct random *random)
{
	struct text t = { out, false };

	do {
		size_t some = len < RECORD_MAX ? len : RECORD_MAX;

		put_sealed(&t, some > 0 ? some : 1, random);
		len -= some;
	} while (len > 0);
	return t.failed ? -1 : 0;
}
