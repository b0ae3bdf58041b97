#include "tests/fuzz/splitting.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void
append(struct splitting *s, const void *data, size_t len)
{
	if (bytes_append(&s->log, data, len) != 0)
		fuzz_fail("out of memory");
}

void
splitting_log(struct splitting *s, const void *data, size_t len)
{
	append(s, &len, sizeof(len));
	append(s, data, len);
}

/* One read: as many units as are whole.  A codec that said a stream is bad
 * would be asked no more. */
static size_t
add(struct splitting *s, splitting_next next, const uint8_t *data, size_t len)
{
	size_t units = 0, used;

	if (s->status == WIRE_BAD)
		return 0;
	if (stream_add(&s->rest, data, len) != 0)
		fuzz_fail("out of memory");
	do {
		used = 0;
		s->status = next(s, stream_data(&s->rest), s->rest.len, &used);
		if (s->status == WIRE_BAD)
			return units;
		FUZZ_CHECK(used <= s->rest.len);
		FUZZ_CHECK(s->status == WIRE_PARTIAL || used > 0);
		stream_use(&s->rest, used);
		units += s->status == WIRE_WHOLE;
	} while (s->status == WIRE_WHOLE);
	return units;
}

static void
reset(struct splitting *s)
{
	bytes_reset(&s->log);
	stream_reset(&s->rest);
}

size_t
splitting_check(splitting_next next, const uint8_t *data, size_t len)
{
	struct splitmix chance = fuzz_chance(data, len);
	struct splitting whole = { .status = WIRE_PARTIAL }, parts = whole;
	uint32_t most = 1U << splitmix_below(&chance, 8);
	size_t units = add(&whole, next, data, len), found = 0, n;

	for (size_t at = 0; at < len; at += n) {
		n = 1 + splitmix_below(&chance, most);
		if (n > len - at)
			n = len - at;
		found += add(&parts, next, data + at, n);
	}
	FUZZ_CHECK(found == units);
	FUZZ_CHECK(whole.status == parts.status || len == 0);
	FUZZ_CHECK(whole.log.len == parts.log.len);
	if (whole.log.len > 0)
		FUZZ_CHECK(memcmp(whole.log.data, parts.log.data,
		    whole.log.len) == 0);
	if (whole.status == WIRE_PARTIAL && len > 0)
		FUZZ_CHECK(whole.rest.len == parts.rest.len);
	reset(&whole);
	reset(&parts);
	return units;
}
