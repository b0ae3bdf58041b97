/* The members of `class`, and how they and the log are told things. */
#include "chat/protocols/class_server.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "chat/wire/chat_text.h"

enum { TEXT_BYTES = 512 };

struct class_member *
class_find(struct class_server *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->members[i]->place == PLACE_HERE &&
		    strcmp(s->members[i]->name, name) == 0)
			return s->members[i];
	return NULL;
}

/* The text that was asked for, cut where it is too long; names in it may be
 * whatever a peer wrote. */
static void __attribute__((format(printf, 2, 0)))
format_text(struct bytes *out, const char *format, va_list args)
{
	char text[TEXT_BYTES] = "";

	vsnprintf(text, sizeof(text), format, args);
	if (chat_text_clean(out, (const uint8_t *)text, strlen(text)) != 0)
		bytes_reset(out);
}

static void __attribute__((format(printf, 3, 0)))
say(struct class_member *m, const char *header, const char *format,
    va_list args)
{
	struct bytes text = { NULL, 0, 0 };

	format_text(&text, format, args);
	class_out_frame(&m->out, header, text.data, text.len);
	bytes_reset(&text);
}

void
class_say(struct class_member *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(m, "info", format, args);
	va_end(args);
}

void
class_say_fault(struct class_member *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(m, m->out.sized ? CLASS_FILE_FAULT : "info", format, args);
	va_end(args);
}

void
class_tell(struct class_server *s, const char *header, const void *payload,
    size_t len, const struct class_member *but)
{
	struct bytes frame = { NULL, 0, 0 };

	if (header_frame_append(&frame, header, payload, (uint32_t)len) != 0)
		class_note(s, but, "failed", "out of memory");
	for (size_t i = 0; i < s->count && frame.len > 0; i++)
		if (s->members[i] != but && s->members[i]->place == PLACE_HERE)
			class_out_bytes(&s->members[i]->out, frame.data,
			    frame.len);
	bytes_reset(&frame);
}

void
class_say_all(struct class_server *s, const char *format, ...)
{
	struct bytes text = { NULL, 0, 0 };
	va_list args;

	va_start(args, format);
	format_text(&text, format, args);
	va_end(args);
	class_tell(s, "info", text.data, text.len, NULL);
	bytes_reset(&text);
}

void
class_misuse(struct class_member *m)
{
	class_note(m->server, m, "misuse", NULL);
	class_out_frame(&m->out, "error", CLASS_MISUSE, strlen(CLASS_MISUSE));
}

void
class_note(struct class_server *s, const struct class_member *m,
    const char *event, const char *format, ...)
{
	const char *name = m == NULL ? "" : m->name;
	const struct event_field field = {
		.key = "name", .text = name, .len = strlen(name),
	};
	char text[TEXT_BYTES] = "";
	va_list args;

	if (format != NULL) {
		va_start(args, format);
		vsnprintf(text, sizeof(text), format, args);
		va_end(args);
	}
	world_event(s->world, m == NULL ? NULL : m->peer, event, &field,
	    *name != '\0', format == NULL ? NULL : text);
}

void
class_note_file(const struct class_member *m, const char *event,
    const char *file, uint64_t bytes, const char *format, ...)
{
	const struct event_field fields[] = {
		{ .key = "name", .text = m->name, .len = strlen(m->name) },
		{ .key = "file", .text = file, .len = strlen(file) },
		{ .key = "bytes", .number = (int64_t)bytes },
	};
	char text[TEXT_BYTES] = "";
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	world_event(m->server->world, m->peer, event, fields,
	    sizeof(fields) / sizeof(fields[0]), text);
}

void
class_enter(struct class_member *m)
{
	char text[CLASS_NAME_BYTES + 48];
	int len = snprintf(text, sizeof(text), "Server: Client %s joined the "
	    "server.\n", m->name);

	m->place = PLACE_HERE;
	world_admit(m->server->world, m->peer);
	class_note(m->server, m, "named", "%s joined", m->name);
	class_say(m, CLASS_WELCOME);
	class_tell(m->server, "info", text, (size_t)len, m);
}

void
class_depart(struct class_member *m)
{
	bool was_here = m->place == PLACE_HERE;

	m->place = PLACE_GONE;
	if (!was_here)
		return;
	class_note(m->server, m, "gone", "%s left", m->name);
	class_say_all(m->server, "Server: Client %s left the server.\n",
	    m->name);
}
