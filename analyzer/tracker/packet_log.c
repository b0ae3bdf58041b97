#include "analyzer/tracker/packet_log.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/tracker/checksum.h"
#include "base/memory.h"
#include "base/scratch.h"

enum {
	BLOCK_BYTES = 128 * 1024,
	RECORD_ALIGNMENT = 16,
	BATCH = 64,
};

/* A packet in a block; `data_len` bytes of its frame follow. */
struct record {
	struct packet packet;
	struct frame frame;	/* cap_len is what was kept */
	const char *file;
	uint32_t bytes;		/* to the next record */
};

/* Where blocks are that are not in memory; as long as one of them is. */
struct log_file {
	struct scratch *scratch;
	uint64_t end;
	size_t blocks;
};

struct block {
	struct block *next;
	uint8_t *data;		/* NULL: it is in the file */
	size_t used, room;
	struct log_file *file;
	uint64_t at;		/* in the file */
};

/* Blocks in order.  Those before `resident` are in files, as are none, some or
 * all of the others. */
struct packet_log {
	uint64_t max_memory, memory;
	struct block *first, *last, *resident;
	struct log_file *file;	/* that it writes to; NULL until needed */
};

static int
no_memory(struct errbuf *err)
{
	errbuf_set(err, "out of memory for packets that wait");
	return -1;
}

struct packet_log *
packet_log_new(uint64_t max_memory, struct errbuf *err)
{
	struct packet_log *log = calloc(1, sizeof(*log));

	if (log == NULL) {
		no_memory(err);
		return NULL;
	}
	log->max_memory = max_memory;
	return log;
}

static void
file_release(struct log_file *file)
{
	if (file == NULL || --file->blocks > 0)
		return;
	scratch_close(file->scratch);
	free(file);
}

/* Takes the first block out of the list and frees it. */
static void
drop_first(struct packet_log *log)
{
	struct block *b = log->first;

	if (b->data != NULL)
		log->memory -= b->room;
	log->first = b->next;
	if (log->resident == b)
		log->resident = b->next;
	if (log->first == NULL)
		log->last = NULL;
	free(b->data);
	file_release(b->file);
	free(b);
}

void
packet_log_free(struct packet_log *log)
{
	if (log == NULL)
		return;
	while (log->first != NULL)
		drop_first(log);
	file_release(log->file);
	free(log);
}

/* Spilling. */

/* The log itself counts as one block of its file. */
static int
open_file(struct packet_log *log, struct errbuf *err)
{
	if (log->file != NULL)
		return 0;
	log->file = calloc(1, sizeof(*log->file));
	if (log->file == NULL)
		return no_memory(err);
	log->file->scratch = scratch_open(err);
	if (log->file->scratch == NULL) {
		free(log->file);
		log->file = NULL;
		return -1;
	}
	log->file->blocks = 1;
	return 0;
}

static int
spill(struct packet_log *log, struct block *b, struct errbuf *err)
{
	struct log_file *file = log->file;

	if (scratch_write(file->scratch, file->end, b->data, b->used,
	    err) != 0)
		return -1;
	b->file = file;
	b->at = file->end;
	file->end += b->used;
	file->blocks++;
	log->memory -= b->room;
	free(b->data);
	b->data = NULL;
	return 0;
}

/* The oldest go first; the last one is still being filled. */
static int
keep_bound(struct packet_log *log, struct errbuf *err)
{
	while (log->memory > log->max_memory && log->resident != log->last) {
		struct block *b = log->resident;

		if (b->data != NULL && (open_file(log, err) != 0 ||
		    spill(log, b, err) != 0))
			return -1;
		log->resident = b->next;
	}
	return 0;
}

/* Adding. */

static struct block *
add_block(struct packet_log *log, size_t room)
{
	struct block *b = calloc(1, sizeof(*b));

	if (b != NULL)
		b->data = malloc(room);
	if (b == NULL || b->data == NULL) {
		free(b);
		return NULL;
	}
	b->room = room;
	log->memory += room;
	if (log->last == NULL)
		log->first = log->resident = b;
	else
		log->last->next = b;
	log->last = b;
	return b;
}

/* Room for n bytes in the last block; NULL with the reason in *err. */
static uint8_t *
reserve(struct packet_log *log, size_t n, struct errbuf *err)
{
	struct block *b = log->last;

	if (b == NULL || b->data == NULL || b->room - b->used < n) {
		b = add_block(log, n > BLOCK_BYTES ? n : BLOCK_BYTES);
		if (b == NULL) {
			no_memory(err);
			return NULL;
		}
		if (keep_bound(log, err) != 0)
			return NULL;
	}
	b->used += n;
	return b->data + b->used - n;
}

/* All headers that decode has read lie before it. */
static uint32_t
headers_end(const struct packet *p)
{
	if (p->flags & PACKET_HAS_PAYLOAD_LEN)
		return p->payload_at;
	if (p->flags & (PACKET_HAS_PORTS | PACKET_HAS_TCP))
		return p->transport_at;
	return p->ip_version == 0 ? 0 : p->network_at;
}

static uint32_t
bytes_to_keep(const struct packet *p)
{
	uint32_t cap_len = p->frame->cap_len, from = headers_end(p);

	if (cap_len < from || cap_len - from <= PACKET_LOG_PAYLOAD)
		return cap_len;
	return from + PACKET_LOG_PAYLOAD;
}

static int
add_packet(struct packet_log *log, const char *file, const struct packet *p,
    struct errbuf *err)
{
	uint32_t kept = bytes_to_keep(p);
	size_t bytes = (sizeof(struct record) + kept + RECORD_ALIGNMENT - 1) /
	    RECORD_ALIGNMENT * RECORD_ALIGNMENT;
	uint8_t *at = reserve(log, bytes, err);
	struct record *r = (struct record *)at;

	if (at == NULL)
		return -1;
	memset(r, 0, sizeof(*r));
	r->packet = *p;
	r->frame = *p->frame;
	r->file = file;
	r->bytes = (uint32_t)bytes;
	if (kept < p->frame->cap_len) {
		r->packet.network_checksum = (uint8_t)checksum_network(p);
		r->packet.transport_checksum = (uint8_t)checksum_transport(p);
		r->packet.flags |= PACKET_HAS_CHECKSUMS;
	}
	r->frame.cap_len = kept;
	if (kept > 0)
		memcpy(at + sizeof(*r), p->frame->data, kept);
	return 0;
}

int
packet_log_add(struct packet_log *log, const char *file,
    const struct packet *packets, size_t n, struct errbuf *err)
{
	for (size_t i = 0; i < n; i++)
		if (add_packet(log, file, &packets[i], err) != 0)
			return -1;
	return 0;
}

int
packet_log_append(struct packet_log *left, struct packet_log *right,
    struct errbuf *err)
{
	if (right->first == NULL)
		return 0;
	if (left->last == NULL)
		left->first = left->resident = right->first;
	else
		left->last->next = right->first;
	left->last = right->last;
	left->memory += right->memory;
	right->first = right->last = right->resident = NULL;
	right->memory = 0;
	return keep_bound(left, err);
}

/* Replaying. */

struct batch {
	packet_log_take *take;
	void *context;
	const char *file;
	size_t count;
	struct packet packets[BATCH];
};

static int
hand_over(struct batch *batch, struct errbuf *err)
{
	size_t n = batch->count;

	batch->count = 0;
	if (n == 0)
		return 0;
	return batch->take(batch->context, batch->file, batch->packets, n,
	    err);
}

static int
replay_block(struct batch *batch, uint8_t *data, size_t used,
    struct errbuf *err)
{
	for (size_t at = 0; at < used;) {
		struct record *r = (struct record *)(data + at);

		if ((batch->count == BATCH || r->file != batch->file) &&
		    hand_over(batch, err) != 0)
			return -1;
		r->frame.data = data + at + sizeof(*r);
		batch->file = r->file;
		batch->packets[batch->count] = r->packet;
		batch->packets[batch->count++].frame = &r->frame;
		at += r->bytes;
	}
	/* The frames go with the block. */
	return hand_over(batch, err);
}

static int
load(struct packet_log *log, struct block *b, struct errbuf *err)
{
	if (b->data != NULL)
		return 0;
	b->data = malloc(b->room);
	if (b->data == NULL)
		return no_memory(err);
	log->memory += b->room;
	return scratch_read(b->file->scratch, b->at, b->data, b->used, err);
}

int
packet_log_replay(struct packet_log *log, packet_log_take *take,
    void *context, struct errbuf *err)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	int result = 0;

	if (batch == NULL)
		return no_memory(err);
	batch->take = take;
	batch->context = context;
	while (log->first != NULL) {
		struct block *b = log->first;

		if (result == 0 && load(log, b, err) != 0)
			result = -1;
		if (result == 0)
			result = replay_block(batch, b->data, b->used, err);
		drop_first(log);
	}
	free(batch);
	return result;
}
