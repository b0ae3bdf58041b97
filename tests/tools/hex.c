#include "tests/tools/hex.h"

#include <assert.h>
#include <string.h>

size_t
hex_bytes(const char *hex, uint8_t *out, size_t room)
{
	static const char digits[] = "0123456789abcdef";
	unsigned byte = 1;	/* the bit above the digits read so far */
	size_t n = 0;

	for (; *hex != '\0'; hex++) {
		const char *at = strchr(digits, *hex);

		if (*hex == ' ')
			continue;
		assert(at != NULL && n < room);
		byte = byte << 4 | (unsigned)(at - digits);
		if (byte > 0xff) {
			out[n++] = (uint8_t)byte;
			byte = 1;
		}
	}
	assert(byte == 1);
	return n;
}
