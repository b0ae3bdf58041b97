/*
 * QUIC, as far as all versions share it (RFC 8999): in a long header the first
 * byte has its highest bit set, then version 4, destination id 1+, source id
 * 1+.  A conversation begins with one; what follows is encrypted and not
 * looked into.
 */
#include <ctype.h>
#include <stdio.h>

#include "analyzer/tracker/application_look.h"
#include "base/cursor.h"

enum {
	LONG_HEADER = 0x80,
	FIXED_BIT = 0x40,
	ID_MAX = 20,		/* of the versions named below */
	NAME_BYTES = 24,
};

#define VERSION_1	UINT32_C(0x00000001)
#define VERSION_2	UINT32_C(0x6b3343cf)
#define DRAFT		UINT32_C(0xff000000)	/* draft number in the last
						   byte */

/* False where it is no version that is known to be in use. */
static bool
version_name(uint32_t version, char name[NAME_BYTES])
{
	const char letters[] = { (char)(version >> 24), (char)(version >> 16),
	    (char)(version >> 8), (char)version };

	if (version == VERSION_1)
		snprintf(name, NAME_BYTES, "QUIC 1");
	else if (version == VERSION_2)
		snprintf(name, NAME_BYTES, "QUIC 2");
	else if (version >> 8 == DRAFT >> 8 && (version & 0xff) != 0)
		snprintf(name, NAME_BYTES, "QUIC draft-%02u",
		    (unsigned)(version & 0xff));
	else if ((letters[0] == 'Q' || letters[0] == 'T') &&
	    letters[1] == '0' && isdigit((unsigned char)letters[2]) &&
	    isdigit((unsigned char)letters[3]))
		/* Google's own: Q046, T051 */
		snprintf(name, NAME_BYTES, "QUIC %.4s", letters);
	else
		return false;
	return true;
}

static bool
long_header(const struct look_side *side, char name[NAME_BYTES])
{
	size_t n = look_datagram(side);
	struct cursor c = cursor_over(side->bytes, n, n);
	uint8_t first = cursor_u8(&c);
	uint32_t version = cursor_be32(&c);

	for (int i = 0; i < 2; i++) {
		uint8_t len = cursor_u8(&c);

		if (len > ID_MAX)
			return false;
		cursor_take(&c, len);
	}
	if (c.failed || c.left == 0 || (first & LONG_HEADER) == 0 ||
	    (first & FIXED_BIT) == 0)
		return false;
	return version_name(version, name);
}

/* The first datagram says it, whoever sent it.  Version negotiation, whose
 * version is 0, is no evidence: it answers a long header, and bytes of 0 are
 * everywhere. */
enum look_answer
look_quic(const struct look *look, struct flow_application *out)
{
	char name[NAME_BYTES] = "";

	if (!long_header(&look->sides[look->first], name))
		return LOOK_NO;
	look_is(out, APPLICATION_QUIC);
	look_say(out, name);
	return LOOK_DONE;
}
