/*
 * Messages in protobuf.  The first byte says which, and whether the rest is one
 * or a stream of them.  What we read, protobuf-c reads too, with the same
 * values; what we write, we read.
 */
#include <string.h>

#include "chat/wire/chat_text.h"
#include "chat/wire/eim_package.h"
#include "chat/wire/eim_package.pb-c.h"
#include "chat/wire/im_message.h"
#include "chat/wire/im_message.pb-c.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/splitting.h"

enum { STREAM_MAX = 300 };

static void
check_same(struct wire_span ours, ProtobufCBinaryData theirs)
{
	FUZZ_CHECK(ours.data != NULL && ours.len == theirs.len);
	if (ours.len > 0)
		FUZZ_CHECK(memcmp(ours.data, theirs.data, ours.len) == 0);
}

static struct wire_span
span_of(const char *text, size_t len)
{
	return (struct wire_span){ (const uint8_t *)text, len };
}

static void
check_text(const struct im_message *m)
{
	FUZZ_CHECK(chat_text_is_utf8((const uint8_t *)m->nickname,
	    m->nickname_len));
	FUZZ_CHECK(chat_text_is_utf8((const uint8_t *)m->text, m->text_len));
	FUZZ_CHECK(memchr(m->nickname, '\0', m->nickname_len) == NULL);
	FUZZ_CHECK(memchr(m->text, '\0', m->text_len) == NULL);
}

static void
check_im(const uint8_t *data, size_t len)
{
	struct bytes again = { 0 };
	struct im_message m, second;
	Message *theirs;

	if (im_message_parse(data, len, &m) != 0)
		return;
	check_text(&m);
	theirs = message__unpack(NULL, len, data);
	FUZZ_CHECK(theirs != NULL);
	check_same(span_of(m.nickname, m.nickname_len), theirs->nickname);
	check_same(span_of(m.text, m.text_len), theirs->message);
	FUZZ_CHECK(im_message_append(&again, m.nickname, m.nickname_len,
	    m.text, m.text_len) == 0);
	FUZZ_CHECK(im_message_parse(again.data, again.len, &second) == 0);
	check_same(span_of(second.nickname, second.nickname_len),
	    theirs->nickname);
	check_same(span_of(second.text, second.text_len), theirs->message);
	message__free_unpacked(theirs, NULL);
	bytes_reset(&again);
}

static enum wire_status
next_im(struct splitting *s, const uint8_t *data, size_t len, size_t *used)
{
	struct im_message m, alone;
	enum wire_status status = im_message_next(data, len, STREAM_MAX, &m,
	    used);

	if (status == WIRE_PARTIAL)
		FUZZ_CHECK(len < STREAM_MAX);
	if (status != WIRE_WHOLE) {
		*used = 0;
		return status;
	}
	FUZZ_CHECK(*used <= STREAM_MAX);
	FUZZ_CHECK(im_message_parse(data, *used, &alone) == 0);
	FUZZ_CHECK(memcmp(&m, &alone, sizeof(m)) == 0);
	check_im(data, *used);
	splitting_log(s, m.nickname, m.nickname_len);
	splitting_log(s, m.text, m.text_len);
	return status;
}

static void
check_im_stream(const uint8_t *data, size_t len)
{
	splitting_check(next_im, data, len);
}

static void
check_package(const uint8_t *data, size_t len)
{
	Demo__EncryptedPackage *theirs;
	struct wire_span iv, message;

	if (encrypted_package_parse(data, len, &iv, &message) != 0)
		return;
	FUZZ_CHECK(encrypted_package_relayed(data, len) == 0);
	theirs = demo__encrypted_package__unpack(NULL, len, data);
	FUZZ_CHECK(theirs != NULL);
	check_same(iv, theirs->iv);
	check_same(message, theirs->encryptedmessage);
	demo__encrypted_package__free_unpacked(theirs, NULL);
}

static void
check_plaintext(const uint8_t *data, size_t len)
{
	Demo__PlaintextAndMAC *theirs;
	struct wire_span padded, mac;

	if (plaintext_and_mac_parse(data, len, &padded, &mac) != 0)
		return;
	theirs = demo__plaintext_and_mac__unpack(NULL, len, data);
	FUZZ_CHECK(theirs != NULL);
	check_same(padded, theirs->paddedplaintext);
	check_same(mac, theirs->mac);
	demo__plaintext_and_mac__free_unpacked(theirs, NULL);
}

static void
check_eim(const uint8_t *data, size_t len)
{
	struct im_message m;
	Demo__IM *theirs;

	if (eim_message_parse(data, len, &m) != 0)
		return;
	check_text(&m);
	theirs = demo__im__unpack(NULL, len, data);
	FUZZ_CHECK(theirs != NULL);
	check_same(span_of(m.nickname, m.nickname_len), theirs->nickname);
	check_same(span_of(m.text, m.text_len), theirs->message);
	demo__im__free_unpacked(theirs, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void (*const kinds[])(const uint8_t *, size_t) = {
		check_im, check_im_stream, check_package, check_plaintext,
		check_eim,
	};
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);

	if (len > 0)
		kinds[data[0] % count](data + 1, len - 1);
	return 0;
}
