/*
 * What a flow carries.  Input: which protocol and ports (1 byte), then payload
 * after payload: side and length (16 bits, the highest is the side), bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/tracker/application.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

enum {
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	SIDE = 0x8000,
	KEPT = 1024,		/* of a payload, by packet_log.h */
	MEMORY_MAX = 2 * APPLICATION_LOOK_BYTES + 256,
};

static const uint16_t ports[][2] = {
	{ 40000, 40001 }, { 5000, 5000 }, { 40000, 53 }, { 40000, 443 },
	{ 40000, 12000 }, { 40000, 55555 }, { 40000, 8080 }, { 137, 137 },
};

/* In a block of its own, so that a sanitizer sees its end. */
static void
add(struct flow_application *a, unsigned side, uint8_t protocol,
    const uint16_t pair[2], const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n + 1);

	if (copy == NULL)
		fuzz_fail("out of memory");
	memcpy(copy + 1, bytes, n);
	application_add(a, side, protocol, pair, copy + 1, n);
	free(copy);
	FUZZ_CHECK(application_memory(a) <= MEMORY_MAX);
}

static void
check_sound(const struct flow_application *a)
{
	const uint8_t *at = (const uint8_t *)a->detail;
	size_t left = strnlen(a->detail, sizeof(a->detail));

	FUZZ_CHECK(left < sizeof(a->detail));
	while (left > 0) {
		size_t len = utf8_printable(at, left);

		FUZZ_CHECK(len > 0);
		at += len;
		left -= len;
	}
	FUZZ_CHECK(a->live == NULL && a->application < APPLICATIONS);
	FUZZ_CHECK((application_name(a) == NULL) ==
	    (a->application == APPLICATION_UNKNOWN));
	FUZZ_CHECK(a->by_port == (a->application == APPLICATION_PORT_ONLY));
	for (unsigned i = 0; i < 2; i++) {
		const struct application_side *s = &a->sides[i];

		FUZZ_CHECK(s->looked <= APPLICATION_LOOK_BYTES);
		FUZZ_CHECK(s->has_entropy ==
		    (s->looked >= APPLICATION_ENTROPY_BYTES));
		FUZZ_CHECK(s->entropy_microbits <= 8000000);
		FUZZ_CHECK((s->clear == CLEAR_UNKNOWN) == (s->looked == 0));
	}
}

/* A part of a capture that waited for another has lost the ends of its
 * payloads: nothing may hang on them. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct flow_application whole, kept;
	const uint16_t *pair;
	uint8_t protocol;

	if (len == 0)
		return 0;
	protocol = data[0] & 1 ? PROTOCOL_UDP : PROTOCOL_TCP;
	pair = ports[(data[0] >> 1) % (sizeof(ports) / sizeof(ports[0]))];
	application_init(&whole);
	application_init(&kept);
	for (data++, len--; len >= 2;) {
		unsigned head = (unsigned)data[0] << 8 | data[1];
		size_t n = head & (SIDE - 1U);
		unsigned side = (head & SIDE) != 0;

		data += 2;
		len -= 2;
		if (n > len)
			n = len;
		add(&whole, side, protocol, pair, data, n);
		add(&kept, side, protocol, pair, data, n < KEPT ? n : KEPT);
		data += n;
		len -= n;
	}
	application_close(&whole, protocol, pair);
	application_close(&kept, protocol, pair);
	check_sound(&whole);
	FUZZ_CHECK(memcmp(&whole, &kept, sizeof(kept)) == 0);
	return 0;
}
