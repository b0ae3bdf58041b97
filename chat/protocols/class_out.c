#include "chat/protocols/class_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat/wire/file_tail.h"
#include "chat/wire/header_frame.h"

/* Where a file stands. */
enum stage {
	STAGE_WAITS,
	STAGE_CHECKED,	/* can the original's format carry it? */
	STAGE_SENT,
	STAGE_RESTED,	/* the pause before the mark */
	STAGE_MARKED,	/* the pause behind it */
};

/* A frame, or a file. */
struct class_out_item {
	struct class_out_item *next;
	struct class_file *file;	/* NULL: a frame */
	struct world_file *reading;
	enum stage stage;
	bool sized;
	size_t len;
	uint8_t bytes[];		/* of the frame */
};

static const char format_fault[] = "the original format cannot carry it: "
    "\"EOF\" stands at the end of a piece of 1024 bytes";
static const char change_fault[] = "it changed while it was sent";
static const char read_fault[] = "it cannot be read";

void
class_out_init(struct class_out *out, struct world *world, struct peer *peer,
    const struct class_out_told *told, void *owner, unsigned timer)
{
	*out = (struct class_out){
		.world = world, .peer = peer, .told = told, .owner = owner,
		.timer = timer,
	};
	out->end = &out->first;
}

struct class_file *
class_file_new(const char *path, size_t len)
{
	struct class_file *file = calloc(1, sizeof(*file) + len + 1);

	if (file != NULL)
		memcpy(file->path, path, len);
	return file;
}

/* What a waiting frame costs to keep. */
static size_t
cost(size_t len)
{
	return sizeof(struct class_out_item) + len;
}

static void
pop(struct class_out *out)
{
	struct class_out_item *item = out->first;

	out->first = item->next;
	if (out->first == NULL)
		out->end = &out->first;
	if (item->file == NULL)
		out->waiting -= cost(item->len);
	else
		out->files--;
	world_file_drop(out->world, item->reading);
	free(item->file);
	free(item);
}

static void
push(struct class_out *out, struct class_out_item *item)
{
	item->next = NULL;
	*out->end = item;
	out->end = &item->next;
}

/* The first item is a file, and it is over.  What the owner says to the peer
 * about it goes out before what waits. */
static void
end_file(struct class_out *out, const char *fault, const char *detail)
{
	out->between = true;
	out->told->ended(out->owner, out->first->file, fault, detail);
	out->between = false;
	pop(out);
}

void
class_out_reset(struct class_out *out, const char *reason)
{
	out->broken = true;
	while (out->first != NULL) {
		if (out->first->file != NULL)
			end_file(out, reason, NULL);
		else
			pop(out);
	}
}

static void
give_up(struct class_out *out, const char *name, const char *text)
{
	out->broken = true;
	world_event(out->world, out->peer, name, NULL, 0, text);
	world_close(out->world, out->peer, true);
}

void
class_out_bytes(struct class_out *out, const void *data, size_t len)
{
	struct class_out_item *item;

	if (out->broken)
		return;
	if (out->first == NULL || out->between) {
		world_send(out->world, out->peer, data, len);
		return;
	}
	if (cost(len) > CLASS_WAITING_MAX - out->waiting) {
		give_up(out, "slow", "too much waits behind a file that the "
		    "peer does not take");
		return;
	}
	item = calloc(1, cost(len));
	if (item == NULL) {
		give_up(out, "failed", "out of memory");
		return;
	}
	item->len = len;
	memcpy(item->bytes, data, len);
	out->waiting += cost(len);
	push(out, item);
}

void
class_out_frame(struct class_out *out, const char *header,
    const void *payload, size_t len)
{
	struct bytes frame = { NULL, 0, 0 };

	if (len > UINT32_MAX || header_frame_append(&frame, header, payload,
	    (uint32_t)len) != 0)
		give_up(out, "failed", "out of memory");
	else
		class_out_bytes(out, frame.data, frame.len);
	bytes_reset(&frame);
}

int
class_out_file(struct class_out *out, struct class_file *file)
{
	struct class_out_item *item = NULL;

	if (!out->broken && out->files < CLASS_FILES_MAX)
		item = calloc(1, sizeof(*item));
	if (item == NULL) {
		free(file);
		return -1;
	}
	item->file = file;
	out->files++;
	push(out, item);
	class_out_go_on(out);
	return 0;
}

/* The order goes by the item's own place: nothing of before it waits. */
static void
send_order(struct class_out *out, const struct class_out_item *item)
{
	char text[CLASS_ORDER_BYTES], sized[CLASS_ORDER_BYTES + 24];

	class_order_write(text, &item->file->order, item->file->by_server);
	snprintf(sized, sizeof(sized), "%" PRIu64 ":%s", item->file->size,
	    text);
	out->between = true;
	if (item->sized)
		class_out_frame(out, "file", sized, strlen(sized));
	else
		class_out_frame(out, "file_transfer", text, strlen(text));
	out->between = false;
}

/* A read is short only at the end. */
static ssize_t
read_full(struct class_out *out, struct class_out_item *item, uint8_t *data,
    size_t room, struct errbuf *err)
{
	size_t len = 0;

	while (len < room) {
		ssize_t n = world_file_read(out->world, item->reading,
		    data + len, room - len, err);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* -1: the file has ended. */
static int
open_file(struct class_out *out, struct class_out_item *item)
{
	struct class_file *file = item->file;
	struct errbuf err;

	world_file_drop(out->world, item->reading);
	item->reading = file->kept ?
	    world_file_open_kept(out->world, file->path, &file->size, &err) :
	    world_file_open(out->world, file->path, &file->size, &err);
	if (item->reading != NULL)
		return 0;
	end_file(out, read_fault, err.text);
	return -1;
}

static void
begin_sending(struct class_out *out, struct class_out_item *item)
{
	class_progress_init(&item->file->progress, item->file->size);
	item->stage = STAGE_SENT;
	send_order(out, item);
}

static bool
carries(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i += FILE_TAIL_PIECE) {
		size_t n = len - i < FILE_TAIL_PIECE ? len - i :
		    FILE_TAIL_PIECE;

		if (!file_tail_carries(data + i, n))
			return false;
	}
	return true;
}

/* Reads on in the check; bytes that were read. */
static size_t
check(struct class_out *out, struct class_out_item *item)
{
	uint8_t data[CLASS_FILE_READ];
	struct errbuf err;
	ssize_t n = read_full(out, item, data, sizeof(data), &err);

	if (n < 0)
		end_file(out, read_fault, err.text);
	else if (!carries(data, (size_t)n))
		end_file(out, format_fault, NULL);
	else if ((size_t)n < sizeof(data) && open_file(out, item) == 0)
		begin_sending(out, item);
	return n < 0 ? 0 : (size_t)n;
}

/* In the middle of a file there is no way to tell the peer that no more comes,
 * so the connection has to end. */
static void
break_off(struct class_out *out, const char *fault, const char *detail)
{
	give_up(out, "failed", fault);
	end_file(out, fault, detail);
}

static void
send_piece(struct class_out *out, struct class_out_item *item,
    const uint8_t *data, size_t len)
{
	size_t piece = item->sized ? CLASS_FILE_READ : FILE_TAIL_PIECE;

	for (size_t i = 0; i < len; i += piece)
		world_send(out->world, out->peer, data + i,
		    len - i < piece ? len - i : piece);
	item->file->sent += len;
	if (out->told->progress != NULL)
		out->told->progress(out->owner, item->file);
}

static void
pause_at(struct class_out *out, enum stage stage, int64_t ns)
{
	out->first->stage = stage;
	out->paused = true;
	world_timer(out->world, out->peer, out->timer, ns);
}

static void
finish(struct class_out *out, struct class_out_item *item)
{
	if (item->file->sent < item->file->size)
		break_off(out, change_fault, NULL);
	else if (item->sized)
		end_file(out, NULL, NULL);
	else
		pause_at(out, STAGE_RESTED, CLASS_PAUSE_NS);
}

/* Sends on; bytes that were read.  What a file has grown by since it was opened
 * is not sent. */
static size_t
send_on(struct class_out *out, struct class_out_item *item)
{
	uint64_t left = item->file->size - item->file->sent;
	uint8_t data[CLASS_FILE_READ];
	struct errbuf err;
	ssize_t n = read_full(out, item, data,
	    left < sizeof(data) ? (size_t)left : sizeof(data), &err);

	if (n < 0)
		break_off(out, read_fault, err.text);
	else if (!item->sized && !carries(data, (size_t)n))
		break_off(out, change_fault, NULL);
	else if (n > 0)
		send_piece(out, item, data, (size_t)n);
	else
		finish(out, item);
	return n < 0 ? 0 : (size_t)n;
}

static void
begin(struct class_out *out, struct class_out_item *item)
{
	item->sized = out->sized;
	if (open_file(out, item) != 0)
		return;
	if (item->sized)
		begin_sending(out, item);
	else
		item->stage = STAGE_CHECKED;
}

/* One step of the first item; bytes that were read. */
static size_t
step(struct class_out *out, struct class_out_item *item)
{
	if (item->file == NULL) {
		world_send(out->world, out->peer, item->bytes, item->len);
		pop(out);
		return 0;
	}
	switch (item->stage) {
	case STAGE_WAITS:
		begin(out, item);
		return 0;
	case STAGE_CHECKED:
		return check(out, item);
	case STAGE_SENT:
		return send_on(out, item);
	case STAGE_RESTED:
		world_send(out->world, out->peer, "EOF", FILE_TAIL_MARK);
		pause_at(out, STAGE_MARKED, CLASS_REST_NS);
		return 0;
	default:
		end_file(out, NULL, NULL);
		return 0;
	}
}

static bool
has_to_wait(const struct class_out *out)
{
	const struct class_out_item *item = out->first;

	return item == NULL || out->broken || out->paused || out->between ||
	    world_queued(out->world, out->peer) > WORLD_LOW_WATER ||
	    (out->files_wait && item->file != NULL &&
	    item->stage == STAGE_WAITS);
}

void
class_out_go_on(struct class_out *out)
{
	size_t turn = 0;

	while (!has_to_wait(out)) {
		if (turn >= CLASS_TURN_BYTES) {
			world_timer(out->world, out->peer, out->timer, 0);
			return;
		}
		turn += step(out, out->first);
	}
}

void
class_out_timer(struct class_out *out)
{
	/* A pause counts from when all is written. */
	if (out->paused && !out->broken &&
	    world_queued(out->world, out->peer) > 0) {
		world_timer(out->world, out->peer, out->timer, CLASS_REST_NS);
		return;
	}
	out->paused = false;
	class_out_go_on(out);
}
