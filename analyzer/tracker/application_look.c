#include "analyzer/tracker/application_look.h"

#include <string.h>

#include "base/utf8.h"

void
look_is(struct flow_application *out, enum application application)
{
	out->application = (uint8_t)application;
	out->detail[0] = '\0';
	out->leak = false;
}

void
look_say_bytes(struct flow_application *out, const uint8_t *bytes, size_t n)
{
	size_t at = strlen(out->detail);

	while (n > 0) {
		size_t len = utf8_printable(bytes, n);

		if (at + (len == 0 ? 1 : len) >= sizeof(out->detail))
			break;
		if (len == 0)
			out->detail[at++] = '?';
		else
			memcpy(out->detail + at, bytes, len);
		at += len;
		bytes += len == 0 ? 1 : len;
		n -= len == 0 ? 1 : len;
	}
	out->detail[at] = '\0';
}

void
look_say(struct flow_application *out, const char *text)
{
	look_say_bytes(out, (const uint8_t *)text, strlen(text));
}

bool
look_is_text(const uint8_t *bytes, size_t n)
{
	for (size_t at = 0; at < n;) {
		size_t len = utf8_printable(bytes + at, n - at);

		if (len == 0 && (bytes[at] < '\t' || bytes[at] > '\r'))
			return false;
		at += len == 0 ? 1 : len;
	}
	return true;
}

enum look_answer
look_unsure(const struct look *look, const enum look_kind kinds[2])
{
	if (kinds[0] == SIDE_WRONG || kinds[1] == SIDE_WRONG || look->ended)
		return LOOK_NO;
	return LOOK_MORE;
}
