#include "analyzer/report/local_note.h"

#include <stdio.h>

#define HINT	" --local NET names the networks that are yours."

static const char *
find_hint(uint64_t in, uint64_t out, uint64_t other)
{
	if (in > 0 && out > 0)
		return "";
	if (in > 0)
		return " No packet comes from there." HINT;
	if (out > 0)
		return " Every packet comes from there." HINT;
	return other == 0 ? "" : " No packet is of an IP version that has a "
	    "local network." HINT;
}

bool
local_note(char text[LOCAL_NOTE_BYTES], const char *networks, uint64_t in,
    uint64_t out, uint64_t other)
{
	const char *hint = find_hint(in, out, other);

	snprintf(text, LOCAL_NOTE_BYTES, "Local: %.400s.%s", networks, hint);
	return hint[0] != '\0';
}
