#include "chat/net/client_report.h"

#include <stdint.h>
#include <string.h>

#include "chat/net/connection.h"

static struct event_field
text_field(const char *key, const char *text)
{
	return (struct event_field){
		.key = key, .text = text, .len = strlen(text),
	};
}

static struct event_field
number_field(const char *key, uint64_t number)
{
	return (struct event_field){
		.key = key,
		.number = number > INT64_MAX ? INT64_MAX : (int64_t)number,
	};
}

void
client_tell_connected(struct events *events, const struct peer *server,
    const char *protocol)
{
	const struct event_field field = text_field("protocol", protocol);

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
		text_field("kind", kinds[kind]),
		/* No text would be a number. */
		{ .key = "text", .text = text == NULL ? "" : text, .len = len },
	};

	events_write(events, server, "shown", fields, 2, NULL);
}

void
client_tell_left(struct events *events, const struct peer *server,
    enum left why)
{
	const struct connection_facts *facts = connection_facts(server);
	const struct event_field fields[] = {
		text_field("why", connection_left_word(why)),
		number_field("bytes_in", facts->bytes_in),
		number_field("bytes_out", facts->bytes_out),
		number_field("messages", facts->messages),
		number_field("duration_ns",
		    (uint64_t)(net_now_ns(NULL) - facts->since_ns)),
	};

	events_write(events, server, "left", fields,
	    sizeof(fields) / sizeof(fields[0]), NULL);
}
