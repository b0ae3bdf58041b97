/*
 * What the user of `class` types once logged in: HEADER:REST, which is sent as
 * it is, split at the first colon.  Lines of which the original makes nothing,
 * or something that no server can take, are explained instead.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chat/protocols/class_client.h"

static void
hint(struct class_client *c, const char *text)
{
	typed_show(c->world, SHOW_ERROR, "%s", text);
}

static void
not_sent(struct class_client *c, const char *hint_text)
{
	c->failed = true;
	hint(c, hint_text);
}

static void
say_unsent(struct class_client *c, const struct class_file *file,
    const char *why)
{
	c->failed = true;
	typed_show(c->world, SHOW_ERROR, "'%s' is not sent: %s.",
	    file->order.file, why);
}

/* It is opened once its turn has come; what is not there is said now. */
static bool
is_there(struct class_client *c, const struct class_file *file)
{
	struct world_file *opened;
	struct errbuf err;
	uint64_t size;

	opened = world_file_open(c->world, file->path, &size, &err);
	if (opened == NULL)
		say_unsent(c, file, err.text);
	world_file_drop(c->world, opened);
	return opened != NULL;
}

/* The order names the file as the recipient sees it, the path stays here. */
static void
send_file(struct class_client *c, const char *text, size_t len)
{
	struct class_order order;
	struct class_file *file;

	if (class_order_read(&order, (const uint8_t *)text, len) != 0 ||
	    order.route == CLASS_FROM_SERVER) {
		not_sent(c, "Not sent: file_transfer:file_to_server:FILE or "
		    "file_transfer:file_to:NAME:FILE is what it takes.");
		return;
	}
	if (order.path_len == 0) {
		not_sent(c, "Not sent: the name of the file is missing.");
		return;
	}
	file = class_file_new((const char *)order.path, order.path_len);
	if (file == NULL) {
		not_sent(c, "Not sent: out of memory.");
		return;
	}
	file->order = order;
	file->order.path = NULL;
	if (!is_there(c, file))
		free(file);
	else if (class_out_file(&c->out, file) != 0)
		not_sent(c, "Not sent: too many files wait already.");
}

static void
sent(void *owner, const struct class_file *file, const char *fault,
    const char *detail)
{
	struct class_client *c = owner;

	if (fault == NULL)
		typed_show(c->world, SHOW_NOTICE, "'%s' is on its way: %" PRIu64
		    " byte%s.", file->order.file, file->size,
		    file->size == 1 ? "" : "s");
	else
		say_unsent(c, file, detail == NULL ? fault : detail);
}

static void
progress(void *owner, struct class_file *file)
{
	struct class_client *c = owner;
	char news[CLASS_PROGRESS_BYTES];

	if (class_progress_news(&file->progress, file->sent, news))
		typed_show(c->world, SHOW_NOTICE, "sending '%s': %s",
		    file->order.file, news);
}

const struct class_out_told class_sent_told = { sent, progress };

static void
send_rest(struct class_client *c, const char *header, const char *rest)
{
	class_out_frame(&c->out, header, rest, strlen(rest));
}

void
class_typed_line(struct class_client *c, const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);
	char header[HEADER_FRAME_HEADER_MAX + 1];
	size_t n = colon == NULL ? 0 : (size_t)(colon - text);

	if (colon == NULL || n == 0 || n >= sizeof(header)) {
		hint(c, "Not sent: a line is HEADER:TEXT, as in msg:hello, "
		    "to:NAME:hello or cmd:disconnect.");
		return;
	}
	if (len - n - 1 > c->settings->line_max) {
		typed_show(c->world, SHOW_ERROR, "Not sent: longer than %zu "
		    "bytes.", c->settings->line_max);
		return;
	}
	memcpy(header, text, n);
	header[n] = '\0';
	if (strcmp(text, "cmd:disconnect") == 0)
		class_leave(c);
	else if (strcmp(header, "file_transfer") == 0)
		send_file(c, colon + 1, len - n - 1);
	else if (strcmp(header, "file") == 0)
		hint(c, "Not sent: file_transfer: sends files.");
	else
		send_rest(c, header, colon + 1);
}

void
class_leave(struct class_client *c)
{
	static const char last[] = "disconnect";

	if (c->turn == TURN_LEAVES) {
		world_end(c->world, c->failed || c->out.files > 0);
		return;
	}
	if (c->turn != TURN_HERE) {
		c->turn = TURN_LEAVES;
		world_end(c->world, c->failed);
		return;
	}
	c->turn = TURN_LEAVES;
	if (c->out.files > 0)
		typed_show(c->world, SHOW_NOTICE, "Leaving once %u file%s sent"
		    "; exit again to leave at once.", c->out.files,
		    c->out.files == 1 ? " is" : "s are");
	class_out_frame(&c->out, "cmd", last, strlen(last));
	world_timer(c->world, c->server, CLASS_TIMER_LEAVE, TYPED_LAST_NS);
}
