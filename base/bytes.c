#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM_BYTES = 256 };

void
bytes_init(struct bytes *b)
{
	*b = (struct bytes){ NULL, 0, 0 };
}

void
bytes_reset(struct bytes *b)
{
	free(b->data);
	bytes_init(b);
}

/* Doubling keeps the cost of a byte constant, however many follow.  `wanted`
 * is at most PTRDIFF_MAX, so the last doubling cannot overflow. */
static size_t
room_for(const struct bytes *b, size_t wanted)
{
	size_t room = b->room == 0 ? FIRST_ROOM_BYTES : b->room;

	while (room < wanted)
		room *= 2;
	return room;
}

uint8_t *
bytes_reserve(struct bytes *b, size_t n)
{
	uint8_t *data;
	size_t room;

	if (b->room != 0 && n <= b->room - b->len)
		return b->data + b->len;
	/* No object is larger. */
	if (n > (size_t)PTRDIFF_MAX - b->len)
		return NULL;
	room = room_for(b, b->len + n);
	data = realloc(b->data, room);
	if (data == NULL)
		return NULL;
	b->data = data;
	b->room = room;
	return data + b->len;
}

int
bytes_append(struct bytes *b, const void *data, size_t n)
{
	uint8_t *at;

	if (n == 0)
		return 0;
	at = bytes_reserve(b, n);
	if (at == NULL)
		return -1;
	memcpy(at, data, n);
	b->len += n;
	return 0;
}
