#include "base/random.h"

#include <string.h>

static uint64_t
splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Each part of the name goes through the mixer, so that near seeds and numbers
 * have nothing in common. */
void
random_init(struct random *r, uint64_t seed, const char *purpose,
    uint64_t number)
{
	uint64_t state = seed;

	for (; *purpose != '\0'; purpose++)
		state = splitmix(&state) ^ (uint8_t)*purpose;
	state = splitmix(&state) ^ number;
	for (size_t i = 0; i < 4; i++)
		r->state[i] = splitmix(&state);
}

static uint64_t
rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

uint64_t
random_next(struct random *r)
{
	uint64_t *s = r->state;
	uint64_t result = rotate(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

/* The high word of n times 64 random bits; what would favour some numbers is
 * drawn again. */
uint64_t
random_below(struct random *r, uint64_t n)
{
	unsigned __int128 product = (unsigned __int128)random_next(r) * n;

	if ((uint64_t)product < n) {
		uint64_t least = -n % n;

		while ((uint64_t)product < least)
			product = (unsigned __int128)random_next(r) * n;
	}
	return (uint64_t)(product >> 64);
}

/* Little endian everywhere. */
void
random_fill(struct random *r, void *out, size_t len)
{
	uint8_t *at = out;

	while (len > 0) {
		uint64_t bits = random_next(r);

		for (size_t i = 0; i < 8 && len > 0; i++, len--, bits >>= 8)
			*at++ = (uint8_t)bits;
	}
}
