/*
 * Files that members of `class` send: stored below their names, and sent on to
 * whom they are for once they are whole.
 */
#include "chat/protocols/class_server.h"

#include <inttypes.h>
#include <string.h>

/* An order of an original (its file ends in a mark), or of our client. */
static int
read_order(const struct header_frame *frame, struct class_order *order,
    uint64_t *size)
{
	*size = UINT64_MAX;
	if (header_frame_is(frame, "file"))
		return class_order_read_sized(order, size, frame->payload.data,
		    frame->payload.len);
	return class_order_read(order, frame->payload.data,
	    frame->payload.len);
}

static void
await_bytes(struct class_member *m, uint64_t size)
{
	if (size == UINT64_MAX)
		class_in_marked_file(&m->in);
	else
		class_in_sized_file(&m->in, size);
}

/* Is there somebody to take the file? */
static bool
has_taker(struct class_server *s, const struct class_order *order)
{
	return order->route == CLASS_TO_SERVER ||
	    class_find(s, order->who) != NULL;
}

int
class_upload_begin(struct class_member *m, const struct header_frame *frame)
{
	struct class_server *s = m->server;
	struct class_order order;
	struct errbuf err;
	uint64_t size;

	if (read_order(frame, &order, &size) != 0 ||
	    order.route == CLASS_FROM_SERVER) {
		class_misuse(m);
		return 0;
	}
	m->arrival = class_arrival_new(s->world,
	    has_taker(s, &order) ? m->name : NULL, &order, size, &err);
	if (m->arrival == NULL)
		return -1;
	if (err.text[0] != '\0')
		class_note(s, m, "failed", "a file cannot be stored: %s",
		    err.text);
	await_bytes(m, size);
	return 0;
}

void
class_upload_bytes(struct class_member *m, const struct wire_span *bytes)
{
	struct errbuf err;

	if (class_arrival_write(m->arrival, m->server->world, bytes,
	    &err) != 0)
		class_note(m->server, m, "failed", "a file cannot be stored: "
		    "%s", err.text);
}

/* The stored file goes to whom it is for. */
static void
send_on(struct class_member *m, const struct class_order *order,
    const char *kept)
{
	struct class_member *to = class_find(m->server, order->who);
	struct class_file *file;

	if (to == NULL) {
		class_say_fault(m, "Server: %s is no longer here, File '%s' "
		    "is kept on the server.\n", order->who, order->file);
		return;
	}
	file = class_file_new(kept, strlen(kept));
	if (file != NULL) {
		file->order = *order;
		file->by_server = true;
		file->kept = true;
		memcpy(file->order.who, m->name, sizeof(m->name));
		memcpy(file->from, m->name, sizeof(m->name));
	}
	if (file == NULL || class_out_file(&to->out, file) != 0)
		class_say_fault(m, "Server: Too many files wait for %s, File "
		    "'%s' is kept on the server.\n", order->who, order->file);
}

static void
stored(struct class_member *m, const struct class_order *order,
    const char *kept, uint64_t bytes)
{
	class_note_file(m, "stored", kept, bytes, "%s is stored, %" PRIu64
	    " byte%s", kept, bytes, bytes == 1 ? "" : "s");
	if (order->route == CLASS_TO_SERVER)
		class_say_all(m->server, "Server: File '%s' uploaded by %s\n",
		    order->file, m->name);
	else
		send_on(m, order, kept);
}

void
class_upload_end(struct class_member *m)
{
	struct class_arrival *arrival = m->arrival;
	struct class_order order = arrival->order;
	bool refused = arrival->refused;
	uint64_t bytes = arrival->bytes;
	char kept[CLASS_KEPT_BYTES];
	struct errbuf err;

	m->arrival = NULL;
	if (class_arrival_keep(arrival, m->server->world, kept, &err) == 0) {
		stored(m, &order, kept, bytes);
		return;
	}
	if (refused) {
		class_say_fault(m, "Server: There is no user '%s' here.\n",
		    order.who);
		return;
	}
	if (err.text[0] != '\0')
		class_note(m->server, m, "failed", "a file cannot be stored: "
		    "%s", err.text);
	class_say_fault(m, "Server: File '%s' could not be stored (too large, "
	    "or the disk is full).\n", order.file);
}

/* The order's `who` is whom the file comes from; the text names whom it was
 * for. */
static void
tell_sender(struct class_member *to, const struct class_file *file,
    const char *fault)
{
	struct class_member *from = class_find(to->server, file->from);

	if (from == NULL)
		return;
	if (fault == NULL)
		class_say(from, "Server: File '%s' sent to %s\n",
		    file->order.file, to->name);
	else
		class_say_fault(from, "Server: File '%s' was not sent to %s, "
		    "it is kept on the server: %s.\n", file->order.file,
		    to->name, fault);
}

/* The original tells of a file of the operator's whom it was sent to. */
static void
sent(void *owner, const struct class_file *file, const char *fault,
    const char *detail)
{
	struct class_member *to = owner;

	if (fault == NULL)
		class_note_file(to, "sent", file->order.file, file->size,
		    "File '%s' sent to %s, %" PRIu64 " byte%s",
		    file->order.file, to->name, file->size,
		    file->size == 1 ? "" : "s");
	else
		class_note_file(to, "not_sent", file->order.file, file->sent,
		    "File '%s' was not sent to %s: %s", file->order.file,
		    to->name, detail == NULL ? fault : detail);
	if (file->from[0] != '\0')
		tell_sender(to, file, fault);
	else if (fault == NULL)
		class_say(to, "Server: File '%s' sent to %s\n",
		    file->order.file, to->name);
}

const struct class_out_told class_uploads_told = { .ended = sent };
