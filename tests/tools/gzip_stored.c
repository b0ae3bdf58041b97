#include "tests/tools/gzip_stored.h"

enum { STORED_BLOCK_MAX = 65535 };

/* ISO 3309, reflected; a bit at a time is quick enough here. */
static uint32_t
crc32_of(const uint8_t *data, size_t n)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (UINT32_C(0xedb88320) & -(crc & 1));
	}
	return ~crc;
}

static void
put_le(FILE *to, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		putc((int)(value >> 8 * i & 0xff), to);
}

void
gzip_stored_write(FILE *to, const uint8_t *data, size_t n)
{
	/* Deflate, no name, no time, no flags, unknown system. */
	static const uint8_t header[] = { 31, 139, 8, 0, 0, 0, 0, 0, 0, 255 };
	size_t done = 0;

	fwrite(header, 1, sizeof(header), to);
	do {
		size_t len = n - done;

		if (len > STORED_BLOCK_MAX)
			len = STORED_BLOCK_MAX;
		putc(done + len == n, to);	/* last block? stored */
		put_le(to, (uint32_t)len, 2);
		put_le(to, (uint32_t)~len, 2);
		fwrite(data + done, 1, len, to);
		done += len;
	} while (done < n);
	put_le(to, crc32_of(data, n), 4);
	put_le(to, (uint32_t)n, 4);
}
