#include "analyzer/tracker/clear_text.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/utf8.h"

enum {
	RUN_MIN = 4,
	WORD_BITS = 64,
	WORDS = APPLICATION_LOOK_BYTES / WORD_BITS,
	CHARACTER_MAX = 4,		/* bytes */
};

/* A bit a byte; a word more, so that what is behind the last is 0. */
struct marks {
	size_t words;
	uint64_t shown[WORDS + 1];
	uint64_t first[WORDS + 1];	/* may begin a longer character */
	uint64_t next[WORDS + 1];	/* may go on with one */
};

/* No more of it than n bytes need: most looks are short. */
static void
marks_init(struct marks *m, size_t n)
{
	size_t bytes;

	m->words = (n + WORD_BITS - 1) / WORD_BITS;
	bytes = (m->words + 1) * sizeof(m->shown[0]);
	memset(m->shown, 0, bytes);
	memset(m->first, 0, bytes);
	memset(m->next, 0, bytes);
}

#define EACH(byte)	((byte) * UINT64_C(0x0101010101010101))

/* The highest bit of each byte, in the lowest eight: the factor brings bit
 * 8 i + 7 to bit 56 + i, and no two bits to the same place. */
static inline uint64_t
gather(uint64_t x)
{
	return ((x >> 7 & EACH(1)) * UINT64_C(0x0102040810204080)) >> 56;
}

/* Sets the highest bit of each byte, all of them < 0x80, that is `least` or
 * more. */
static inline uint64_t
at_least(uint64_t low, uint64_t least)
{
	return low + EACH(0x80 - least);
}

/* Marks eight bytes, the first one lowest. */
static inline void
mark_eight(struct marks *m, size_t at, uint64_t x)
{
	uint64_t low = x & EACH(0x7f), high = x;
	uint64_t shown = (at_least(low, ' ') & ~at_least(low, 0x7f)) |
	    (at_least(low, '\t') & ~at_least(low, '\r' + 1));
	uint64_t first = at_least(low, 0x42) & ~at_least(low, 0x75);
	unsigned shift = at % WORD_BITS;

	m->shown[at / WORD_BITS] |= gather(shown & ~high) << shift;
	m->first[at / WORD_BITS] |= gather(first & high) << shift;
	m->next[at / WORD_BITS] |= gather(high & ~at_least(low, 0x40)) << shift;
}

static void
mark_bytes(struct marks *m, const uint8_t *bytes, size_t n)
{
	uint64_t x;
	size_t at;

	for (at = 0; at + sizeof(x) <= n; at += sizeof(x)) {
		memcpy(&x, bytes + at, sizeof(x));
		mark_eight(m, at, le64toh(x));
	}
	if (at == n)
		return;
	x = 0;
	memcpy(&x, bytes + at, n - at);
	mark_eight(m, at, le64toh(x));
}

/* The first byte of a longer character is in no other, so that their order does
 * not matter. */
static void
mark_characters(struct marks *m, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < m->words; i++) {
		uint64_t maybe = m->first[i] & (m->next[i] >> 1 |
		    m->next[i + 1] << (WORD_BITS - 1));

		for (; maybe != 0; maybe &= maybe - 1) {
			size_t at = i * WORD_BITS +
			    (size_t)__builtin_ctzll(maybe);
			size_t len = utf8_printable(bytes + at, n - at);

			for (size_t end = at + len; at < end; at++)
				m->shown[at / WORD_BITS] |=
				    (uint64_t)1 << at % WORD_BITS;
		}
	}
}

/* Bytes up to a character that the end cuts. */
static size_t
whole_len(const uint8_t *bytes, size_t n)
{
	size_t at = n < CHARACTER_MAX ? 0 : n - CHARACTER_MAX + 1;

	while (at < n && utf8_expected(bytes[at]) <= n - at)
		at++;
	return at;
}

static size_t
count_shown(const struct marks *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->words; i++)
		n += (size_t)__builtin_popcountll(m->shown[i]);
	return n;
}

/* Bytes in runs of RUN_MIN or more: where one begins that has so many, and as
 * many behind it. */
static size_t
count_in_runs(const struct marks *m)
{
	uint64_t before = 0;
	size_t n = 0;

	for (size_t i = 0; i < m->words; i++) {
		uint64_t begins = m->shown[i], in;

		for (unsigned k = 1; k < RUN_MIN; k++)
			begins &= m->shown[i] >> k |
			    m->shown[i + 1] << (WORD_BITS - k);
		in = begins;
		for (unsigned k = 1; k < RUN_MIN; k++)
			in |= begins << k | before >> (WORD_BITS - k);
		n += (size_t)__builtin_popcountll(in);
		before = begins;
	}
	return n;
}

enum application_clear
clear_text(const uint8_t *bytes, size_t n, bool cut)
{
	size_t whole = cut ? whole_len(bytes, n) : n;
	struct marks m;

	assert(n <= APPLICATION_LOOK_BYTES);
	marks_init(&m, whole);
	mark_bytes(&m, bytes, whole);
	mark_characters(&m, bytes, whole);
	if (count_shown(&m) == whole)
		return CLEAR_YES;
	return 2 * count_in_runs(&m) >= n ? CLEAR_MIXED : CLEAR_NO;
}
