#include "chat/crypto/pkcs7.h"

#include <string.h>

size_t
pkcs7_padding(size_t len)
{
	return PKCS7_BLOCK_BYTES - len % PKCS7_BLOCK_BYTES;
}

int
pkcs7_pad(struct bytes *data)
{
	size_t n = pkcs7_padding(data->len);
	uint8_t *at = bytes_reserve(data, n);

	if (at == NULL)
		return -1;
	memset(at, (int)n, n);
	data->len += n;
	return 0;
}

size_t
pkcs7_unpad(const uint8_t *data, size_t len, uint32_t *good)
{
	uint32_t n, wrong;

	*good = 0;
	if (len == 0 || len % PKCS7_BLOCK_BYTES != 0)
		return len;
	n = data[len - 1];
	wrong = (n - 1) >> 4;		/* 0 for 1 to 16 */
	for (uint32_t i = 0; i < PKCS7_BLOCK_BYTES; i++) {
		/* All ones where i < n: the difference is negative. */
		uint32_t mask = 0 - ((i - n) >> 31);

		wrong |= mask & (data[len - 1 - i] ^ n);
	}
	*good = 1 ^ ((wrong | (0 - wrong)) >> 31);
	return len - (n & (0 - *good));
}
