#include "chat/net/client_report.h"

void
client_tell_connected(struct events *events, const struct peer *server,
    const char *protocol)
{
	const struct event_field field = events_text("protocol", protocol);

	events_write(events, server, "connected", &field, 1, NULL);
}

void
client_tell_shown(struct events *events, const struct peer *server,
    enum show kind, const char *text, size_t len)
{
	static const char *const kinds[] = {
		[SHOW_MESSAGE] = "message",
		[SHOW_NOTICE] = "notice",
		[SHOW_ERROR] = "error",
	};
	const struct event_field fields[] = {
		events_text("kind", kinds[kind]),
		/* No text would be a number. */
		{ .key = "text", .text = text == NULL ? "" : text, .len = len },
	};

	events_write(events, server, "shown", fields, 2, NULL);
}
