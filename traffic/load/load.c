#include "traffic/load/load.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/outfile.h"
#include "base/random.h"
#include "traffic/load/load_flow.h"
#include "traffic/load/load_frame.h"

enum {
	BUFFER_BYTES = 256 * 1024,
	RECORD_BYTES = 16,
	RECORD_MAX = RECORD_BYTES + LOAD_FRAME_ROOM,
	SNAPLEN_ALL = 262144,
	LINKTYPE_ETHERNET = 1,
	SIZES = 32,
};
#define NS_PER_S INT64_C(1000000000)
#define PCAP_MICROSECONDS UINT32_C(0xa1b2c3d4)
#define PCAP_NANOSECONDS UINT32_C(0xa1b23c4d)

/* Lengths of frames with payload, of 32. */
static const struct {
	uint16_t len, count;
} shapes[][3] = {
	[LOAD_SMALL] = { { 64, 32 } },
	[LOAD_MIXED] = { { 64, 13 }, { 594, 8 }, { 1514, 11 } },
	[LOAD_MTU] = { { 1514, 32 } },
};

struct load {
	const struct load_settings *settings;
	struct load_frames frames;
	struct load_flow *flows;
	uint64_t conversations;		/* so far */
	struct random random;
	uint64_t s;			/* time of the next packet ... */
	uint32_t ns;
	uint64_t gap;			/* mean, in 1/2^16 ns */
	uint64_t gap_rest;
	uint16_t lengths[SIZES];
	uint8_t *buffer;
	size_t used;
	struct load_result *result;
};

static uint8_t *
put_le32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
	return at + 4;
}

static uint32_t
snaplen(const struct load *l)
{
	return l->settings->snaplen == 0 ? SNAPLEN_ALL : l->settings->snaplen;
}

static void
put_file_header(struct load *l)
{
	uint8_t *at = l->buffer;

	at = put_le32(at, l->settings->microseconds ? PCAP_MICROSECONDS :
	    PCAP_NANOSECONDS);
	at = put_le32(at, 4 << 16 | 2);
	at = put_le32(at, 0);
	at = put_le32(at, 0);
	at = put_le32(at, snaplen(l));
	at = put_le32(at, LINKTYPE_ETHERNET);
	l->used = (size_t)(at - l->buffer);
	l->result->bytes = l->used;
}

/* Exponential, near enough: -log2(u) is the number of leading zeros of u and a
 * fraction, taken as linear between powers of two, which brings the mean to
 * 3/2. */
static void
advance(struct load *l)
{
	uint64_t u = random_next(&l->random) | 1;
	unsigned zeros = (unsigned)__builtin_clzll(u);
	uint64_t log = (uint64_t)zeros << 8 | (~(u << zeros) >> 55 & 0xff);
	uint64_t gap = l->gap * log / (3 << 7) + l->gap_rest, ns;

	l->gap_rest = gap & 0xffff;
	ns = l->ns + (gap >> 16);
	if (ns >= (uint64_t)NS_PER_S) {
		l->s += ns / (uint64_t)NS_PER_S;
		ns %= (uint64_t)NS_PER_S;
	}
	l->ns = (uint32_t)ns;
}

static struct load_flow *
pick_flow(struct load *l, uint64_t random)
{
	uint64_t u = random >> 32;

	for (int i = 0; i < 3; i++)
		u = u * u >> 32;
	return &l->flows[u * l->settings->flows >> 32];
}

static void
add_packet(struct load *l)
{
	uint64_t random = random_next(&l->random);
	struct load_flow *flow = pick_flow(l, random);
	size_t len = l->lengths[random >> 1 & (SIZES - 1)], kept = snaplen(l);
	uint8_t *at = l->buffer + l->used;
	struct load_packet packet;
	struct load_side *side;

	/* The upper bits have picked the place. */
	random = random << 32 | (random & UINT32_MAX);
	if (!load_flow_next(flow, &l->frames, random, len, &packet, &side)) {
		load_flow_init(flow, &l->frames, l->settings,
		    l->conversations++);
		(void)load_flow_next(flow, &l->frames, random, len, &packet,
		    &side);
	}
	len = load_frame_put(&l->frames, side, &packet, kept,
	    at + RECORD_BYTES);
	if (kept > len)
		kept = len;
	at = put_le32(at, (uint32_t)l->s);
	at = put_le32(at, l->settings->microseconds ? l->ns / 1000 : l->ns);
	at = put_le32(at, (uint32_t)kept);
	(void)put_le32(at, (uint32_t)len);
	l->used += RECORD_BYTES + kept;
	l->result->bytes += RECORD_BYTES + kept;
	l->result->packets++;
	advance(l);
}

static bool
is_finished(const struct load *l)
{
	return l->settings->packets != 0 &&
	    l->result->packets == l->settings->packets;
}

/* SIGINT and SIGTERM are blocked where a file wants its end. */
static bool
was_asked_to_end(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 && (sigismember(&pending, SIGINT) == 1
	    || sigismember(&pending, SIGTERM) == 1);
}

static int
flush(struct load *l, struct sink *sink, struct errbuf *err)
{
	if (l->s > UINT32_MAX) {
		errbuf_set(err, "the times are past 2106, which pcap cannot "
		    "say");
		return -1;
	}
	if (sink->write(sink, l->buffer, l->used, err) == -1)
		return -1;
	l->used = 0;
	return 0;
}

static int
write_all(struct load *l, struct sink *sink, struct errbuf *err)
{
	put_file_header(l);
	while (!is_finished(l)) {
		if (l->used > BUFFER_BYTES - RECORD_MAX) {
			if (flush(l, sink, err) == -1)
				return -1;
			if (was_asked_to_end())
				break;
		}
		add_packet(l);
	}
	return flush(l, sink, err);
}

static void
set_up(struct load *l)
{
	const struct load_settings *s = l->settings;
	size_t n = 0;

	random_init(&l->random, s->seed, "load", 0);
	l->s = (uint64_t)(s->start_ns / NS_PER_S);
	l->ns = (uint32_t)(s->start_ns % NS_PER_S);
	l->gap = ((uint64_t)NS_PER_S << 16) / s->rate;
	for (size_t i = 0; n < SIZES; i++)
		for (uint16_t k = 0; k < shapes[s->size][i].count; k++)
			l->lengths[n++] = shapes[s->size][i].len;
	for (uint64_t i = 0; i < s->flows; i++)
		load_flow_init(&l->flows[i], &l->frames, s,
		    l->conversations++);
}

static struct load *
load_new(const struct load_settings *settings, struct load_result *result,
    struct errbuf *err)
{
	struct load *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	l->settings = settings;
	l->result = result;
	l->flows = memory_array(settings->flows, sizeof(*l->flows));
	l->buffer = malloc(BUFFER_BYTES);
	if (l->flows == NULL || l->buffer == NULL)
		errbuf_set(err, "out of memory");
	else if (load_frames_init(&l->frames, settings->seed, err) == 0)
		return l;
	free(l->flows);
	free(l->buffer);
	free(l);
	return NULL;
}

static void
load_free(struct load *l)
{
	free(l->flows);
	free(l->buffer);
	free(l);
}

static int
write_and_close(struct load *l, struct outfile *file, struct errbuf *err)
{
	int status = write_all(l, outfile_sink(file), err);

	/* A reader that has enough, as head does. */
	if (status == -1 && l->settings->packets == 0 &&
	    outfile_reader_left(file)) {
		(void)outfile_close(file, false, err);
		err->text[0] = '\0';
		return 0;
	}
	return outfile_close(file, status == 0, err) == 0 ? status : -1;
}

/* A signal ends a file well, and anything else at once: there, what has been
 * written is written. */
static int
write_file(struct load *l, const char *path, struct errbuf *err)
{
	struct outfile *file = outfile_open(path, err);
	sigset_t both, before;
	int status;

	if (file == NULL)
		return -1;
	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	sigprocmask(SIG_BLOCK, outfile_is_new(file) ? &both : NULL, &before);
	status = write_and_close(l, file, err);
	while (was_asked_to_end())
		(void)sigtimedwait(&both, NULL, &(struct timespec){ 0 });
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

int
load_write(const struct load_settings *settings, const char *path,
    struct load_result *result, struct errbuf *err)
{
	struct load *l;
	int status;

	*result = (struct load_result){ 0 };
	l = load_new(settings, result, err);
	if (l == NULL)
		return -1;
	set_up(l);
	status = write_file(l, path, err);
	load_free(l);
	return status;
}
