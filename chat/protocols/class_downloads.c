/*
 * Files that the client of `class` gets: they lie in the folder of --files,
 * under the name that the order gives, without the newline behind it.
 */
#include <inttypes.h>
#include <string.h>

#include "chat/protocols/class_client.h"

/* Whatever an order says, an original's bytes follow. */
static void
read_order(const struct header_frame *frame, struct class_order *order)
{
	static const struct class_order unknown = {
		.route = CLASS_FROM_SERVER, .file = "unnamed",
	};

	if (class_order_read(order, frame->payload.data,
	    frame->payload.len) != 0)
		*order = unknown;
}

static const char *
sender(const struct class_order *order)
{
	return order->who[0] == '\0' ? "the server" : order->who;
}

static void
cannot_store(struct class_client *c, const struct errbuf *err)
{
	c->failed = true;
	typed_show(c->world, SHOW_ERROR, "A file cannot be stored: %s",
	    err->text);
}

int
class_download_begin(struct class_client *c, const struct header_frame *frame)
{
	struct class_order order;
	uint64_t size = UINT64_MAX;
	struct errbuf err;

	if (!header_frame_is(frame, "file"))
		read_order(frame, &order);
	else if (!c->greeted || class_order_read_sized(&order, &size,
	    frame->payload.data, frame->payload.len) != 0)
		return -1;
	c->arrival = class_arrival_new(c->world, "", &order, size, &err);
	if (c->arrival == NULL)
		return -1;
	typed_show_text(c->world, SHOW_NOTICE, "A file from ", sender(&order),
	    strlen(sender(&order)), "");
	if (err.text[0] != '\0')
		cannot_store(c, &err);
	if (size == UINT64_MAX)
		class_in_marked_file(&c->in);
	else
		class_in_sized_file(&c->in, size);
	return 0;
}

void
class_download_bytes(struct class_client *c, const struct wire_span *bytes)
{
	char news[CLASS_PROGRESS_BYTES];
	struct errbuf err;

	if (class_arrival_write(c->arrival, c->world, bytes, &err) != 0)
		cannot_store(c, &err);
	if (class_progress_news(&c->arrival->progress, c->arrival->bytes,
	    news))
		typed_show(c->world, SHOW_NOTICE, "receiving '%s': %s",
		    c->arrival->order.file, news);
}

void
class_download_end(struct class_client *c)
{
	struct class_arrival *arrival = c->arrival;
	uint64_t bytes = arrival->bytes;
	char kept[CLASS_KEPT_BYTES];
	struct errbuf err;

	c->arrival = NULL;
	if (class_arrival_keep(arrival, c->world, kept, &err) == 0)
		typed_show(c->world, SHOW_NOTICE, "Saved as '%s': %" PRIu64
		    " byte%s.", kept, bytes, bytes == 1 ? "" : "s");
	else if (err.text[0] != '\0')
		cannot_store(c, &err);
}
