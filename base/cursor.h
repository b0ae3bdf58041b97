/*
 * Bounded reading of bytes from outside.
 *
 * A read past the end sets `failed`, which stays; later reads give 0 and do
 * not move, so a parser reads a whole header and asks once.  `clipped` says
 * whose end was met: the capture's (the bytes were on the wire but were not
 * kept: truncated) or a length that the packet itself declared (malformed).
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *at;	/* next unread byte; borrowed */
	size_t left;		/* bytes from `at` to the end */
	bool clipped;		/* that end is the capture's, not the wire's */
	bool failed;		/* some read went past the end */
};

/* A cursor over `have` bytes of a unit that had `wire` bytes. */
static inline struct cursor
cursor_over(const uint8_t *data, size_t have, size_t wire)
{
	return (struct cursor){ data, have, have < wire, false };
}

/* The next n bytes, or NULL once past the end. */
static inline const uint8_t *
cursor_take(struct cursor *c, size_t n)
{
	const uint8_t *p = c->at;

	if (c->failed || n > c->left) {
		c->failed = true;
		return NULL;
	}
	c->at += n;
	c->left -= n;
	return p;
}

static inline uint8_t
cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 1);

	return p == NULL ? 0 : p[0];
}

static inline uint16_t
cursor_be16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return (uint16_t)(p == NULL ? 0 : p[0] << 8 | p[1]);
}

static inline uint32_t
cursor_be32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p == NULL ? 0 : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

/*
 * Ends the cursor `n` bytes from here, where a header declares so.  A declared
 * end inside the bytes at hand is the packet's own (no longer clipped); one
 * beyond them changes nothing, and the return value says which it was.
 */
static inline bool
cursor_limit(struct cursor *c, size_t n)
{
	if (n > c->left)
		return false;
	c->left = n;
	c->clipped = false;
	return true;
}

#endif
