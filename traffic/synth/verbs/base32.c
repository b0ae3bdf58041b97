#include "traffic/synth/verbs/base32.h"

/* Five bits a character; the last is filled up with zeros. */
size_t
base32_write(char *to, const uint8_t *data, size_t len)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	size_t chars = 0;

	for (size_t at = 0; at < len * 8; at += 5) {
		unsigned two = (unsigned)data[at / 8] << 8;

		if (at / 8 + 1 < len)
			two |= data[at / 8 + 1];
		to[chars++] = alphabet[two >> (11 - at % 8) & 31];
	}
	return chars;
}
