/*
 * SSH (RFC 4253, section 4.2): each side begins with a line
 * "SSH-protoversion-softwareversion comments" CR LF, 255 bytes at most.
 */
#include <string.h>

#include "analyzer/tracker/application_look.h"

enum { BANNER_MAX = 255 };

static const char magic[] = "SSH-";

static size_t
banner_len(const struct look_side *side)
{
	size_t n = side->len < BANNER_MAX ? side->len : BANNER_MAX;
	const uint8_t *end = memchr(side->bytes, '\n', n);

	if (end == NULL)
		return n;
	n = (size_t)(end - side->bytes);
	return n > 0 && end[-1] == '\r' ? n - 1 : n;
}

static enum look_kind
side_kind(const struct look_side *side)
{
	const size_t len = sizeof(magic) - 1;

	if (side->len == 0)
		return SIDE_EMPTY;
	if (memcmp(side->bytes, magic, side->len < len ? side->len : len) != 0)
		return SIDE_WRONG;
	return side->len > len ? SIDE_RIGHT : SIDE_SHORT;
}

enum look_answer
look_ssh(const struct look *look, struct flow_application *out)
{
	/* Both must find room in the detail. */
	enum { BANNER_SHOWN = 46 };
	enum look_kind kinds[2];
	unsigned whole = 0;

	for (unsigned i = 0; i < 2; i++)
		kinds[i] = side_kind(&look->sides[i]);
	if (kinds[0] != SIDE_RIGHT && kinds[1] != SIDE_RIGHT)
		return look_unsure(look, kinds);
	look_is(out, APPLICATION_SSH);
	for (unsigned i = 0; i < 2; i++) {
		const struct look_side *side = &look->sides[i];
		size_t len;

		if (kinds[i] != SIDE_RIGHT)
			continue;
		len = banner_len(side);
		if (out->detail[0] != '\0')
			look_say(out, ", ");
		look_say_bytes(out, side->bytes,
		    len < BANNER_SHOWN ? len : BANNER_SHOWN);
		whole += len < side->len || side->full;
	}
	return whole == 2 ? LOOK_DONE : LOOK_FOUND;
}
