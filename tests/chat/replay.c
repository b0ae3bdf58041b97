#include "tests/chat/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/chat/fake_internal.h"
#include "tests/chat/replay_internal.h"

static void
append(struct bytes *to, const void *data, size_t len)
{
	if (bytes_append(to, data, len) != 0)
		fake_fail("out of memory");
}

static void
make_streams(struct replay *replay)
{
	replay->streams = memory_array(replay->connections + 1,
	    sizeof(*replay->streams));
	replay->peers = memory_array(replay->connections + 1,
	    sizeof(struct peer *));
	if (replay->streams == NULL || replay->peers == NULL)
		fake_fail("out of memory");
	for (size_t i = 0; i < replay->count; i++) {
		const struct replay_event *e = &replay->events[i];

		if (e->kind == REPLAY_SENT)
			append(&replay->streams[e->connection][e->by_client],
			    e->data, e->len);
	}
}

struct replay *
replay_read(const char *name)
{
	const char *folder = getenv("PCAPSTAT_CAPTURES");
	struct replay *replay;
	char path[4096];

	if (folder == NULL)
		return NULL;
	replay = calloc(1, sizeof(*replay));
	if (replay == NULL)
		fake_fail("out of memory");
	snprintf(path, sizeof(path), "%s/originals/loopback/%s.pcap", folder,
	    name);
	replay_read_capture(replay, path);
	make_streams(replay);
	return replay;
}

void
replay_free(struct replay *replay)
{
	if (replay == NULL)
		return;
	for (size_t i = 0; i < replay->count; i++)
		/* Ours, though tests may only look at it. */
		free((void *)(uintptr_t)replay->events[i].data);
	for (unsigned i = 0; i < replay->connections; i++) {
		bytes_reset(&replay->streams[i][0]);
		bytes_reset(&replay->streams[i][1]);
	}
	free(replay->events);
	free(replay->streams);
	free(replay->peers);
	free(replay);
}

const struct replay_event *
replay_events(const struct replay *replay, size_t *count)
{
	*count = replay->count;
	return replay->events;
}

unsigned
replay_connections(const struct replay *replay)
{
	return replay->connections;
}

const uint8_t *
replay_stream(struct replay *replay, unsigned connection, bool by_client,
    size_t *len)
{
	const struct bytes *stream = &replay->streams[connection][by_client];

	*len = stream->len;
	return stream->data;
}

const uint8_t *
replay_piece(const struct replay *replay, unsigned connection, bool by_client,
    size_t i, size_t *len)
{
	for (size_t k = 0; k < replay->count; k++) {
		const struct replay_event *e = &replay->events[k];

		if (e->kind != REPLAY_SENT || e->connection != connection ||
		    e->by_client != by_client || i-- > 0)
			continue;
		*len = e->len;
		return e->data;
	}
	return NULL;
}

/* What is being played: the clock, and pieces that are being joined. */
struct play {
	struct replay *replay;
	struct fake_world *world;
	enum replay_cut cut;
	int64_t now_ns;
	struct peer *joining;	/* NULL: nothing is */
	struct bytes joined;
};

static struct play
play_begin(struct replay *replay, struct fake_world *world,
    enum replay_cut cut, bool to_client)
{
	replay->world = world;
	replay->to_client = to_client;
	memset(replay->peers, 0,
	    (replay->connections + 1) * sizeof(struct peer *));
	return (struct play){ .replay = replay, .world = world, .cut = cut };
}

static void
play_until(struct play *play, int64_t ns)
{
	if (ns > play->now_ns) {
		fake_pass(play->world, ns - play->now_ns);
		play->now_ns = ns;
	}
}

static void
flush(struct play *play)
{
	if (play->joining != NULL)
		fake_receive(play->world, play->joining, play->joined.data,
		    play->joined.len);
	play->joining = NULL;
	play->joined.len = 0;
}

static void
play_bytes(struct play *play, struct peer *peer, const struct replay_event *e)
{
	if (play->cut == REPLAY_PIECES) {
		fake_receive(play->world, peer, e->data, e->len);
	} else if (play->cut == REPLAY_BYTES) {
		for (size_t i = 0; i < e->len; i++)
			fake_receive(play->world, peer, e->data + i, 1);
	} else {
		play->joining = peer;
		append(&play->joined, e->data, e->len);
	}
}

/* What the end that we play did. */
static void
play_event(struct play *play, const struct replay_event *e)
{
	struct peer *peer = play->replay->peers[e->connection];

	if (peer == NULL)
		return;
	if (e->kind == REPLAY_SENT)
		play_bytes(play, peer, e);
	else if (e->kind == REPLAY_FINISHED)
		fake_finish(play->world, peer);
	else if (e->kind == REPLAY_RESET)
		fake_leave(play->world, peer, LEFT_LOST);
}

/* Is it more of the pieces that are being joined? */
static bool
goes_on(const struct play *play, const struct replay_event *e)
{
	return play->joining != NULL && e->kind == REPLAY_SENT &&
	    e->by_client == !play->replay->to_client &&
	    play->replay->peers[e->connection] == play->joining;
}

void
replay_to_server(struct replay *replay, struct fake_world *world,
    enum replay_cut cut, replay_before before, void *context)
{
	struct play play = play_begin(replay, world, cut, false);

	for (size_t i = 0; i < replay->count; i++) {
		const struct replay_event *e = &replay->events[i];

		if (!goes_on(&play, e))
			flush(&play);
		play_until(&play, e->time_ns);
		if (before != NULL)
			before(context, world, e);
		if (e->kind == REPLAY_OPENED)
			replay->peers[e->connection] =
			    fake_join(world, e->from);
		else if (e->kind != REPLAY_DATAGRAM && e->by_client)
			play_event(&play, e);
	}
	flush(&play);
	bytes_reset(&play.joined);
}

static void
type(struct play *play, const struct replay_line *line)
{
	flush(play);
	play_until(play, (int64_t)(line->at_s * 1e9));
	if (line->text == NULL)
		fake_input_ended(play->world);
	else
		fake_line(play->world, line->text);
}

/* Is the datagram to the client that sits at `client`, "127.0.0.11:42763"? */
static bool
is_for(const struct replay_event *e, const char *client)
{
	const char *colon = strrchr(client, ':');

	return e->kind == REPLAY_DATAGRAM && colon != NULL &&
	    strncmp(e->to, client, (size_t)(colon - client) + 1) == 0;
}

static const struct replay_event *
opening(const struct replay *replay, unsigned connection)
{
	for (size_t i = 0; i < replay->count; i++)
		if (replay->events[i].kind == REPLAY_OPENED &&
		    replay->events[i].connection == connection)
			return &replay->events[i];
	fake_fail("there is no connection %u", connection);
}

void
replay_to_client(struct replay *replay, struct fake_world *world,
    unsigned connection, enum replay_cut cut,
    const struct replay_line *lines, size_t n)
{
	struct play play = play_begin(replay, world, cut, true);
	const struct replay_event *open = opening(replay, connection);
	size_t typed = 0;

	play_until(&play, open->time_ns);
	replay->peers[connection] = fake_join(world, open->to);
	for (const struct replay_event *e = open + 1;
	    e < replay->events + replay->count; e++) {
		while (typed < n && lines[typed].at_s * 1e9 <=
		    (double)e->time_ns)
			type(&play, &lines[typed++]);
		if (fake_status(world) != -1)
			break;
		if (!goes_on(&play, e))
			flush(&play);
		play_until(&play, e->time_ns);
		if (is_for(e, open->from))
			fake_datagram_data(world, e->from, e->data, e->len);
		else if (e->kind != REPLAY_DATAGRAM && !e->by_client)
			play_event(&play, e);
	}
	flush(&play);
	while (typed < n && fake_status(world) == -1)
		type(&play, &lines[typed++]);
	bytes_reset(&play.joined);
}

struct peer *
replay_peer(const struct replay *replay, unsigned connection)
{
	return replay->peers[connection];
}

const struct fake_messages *
replay_written(struct replay *replay, unsigned connection)
{
	static const struct fake_messages none;

	if (replay->peers[connection] == NULL)
		return &none;
	return fake_sent(replay->world, replay->peers[connection]);
}

/* Some bytes from `at` on, as a C program would write them. */
static size_t
excerpt(char *out, size_t room, const uint8_t *data, size_t len, size_t at)
{
	size_t n = 0;

	for (size_t i = at; i < len && i < at + 16; i++)
		n += (size_t)snprintf(out + n, room - n,
		    data[i] >= ' ' && data[i] < 0x7f ? "%c" : "\\x%02x",
		    data[i]);
	n += (size_t)snprintf(out + n, room - n, len <= at + 16 ? "|" : "...");
	return n;
}

static const char *
differ(struct replay *replay, const char *what, size_t number,
    const uint8_t *ours, size_t len, const uint8_t *theirs, size_t their_len)
{
	size_t at = 0, n, room = sizeof(replay->difference);
	char *out = replay->difference;

	while (at < len && at < their_len && ours[at] == theirs[at])
		at++;
	if (at == len && at == their_len)
		return NULL;
	n = (size_t)snprintf(out, room, "%s %zu, byte %zu: ", what, number, at);
	n += excerpt(out + n, room - n, ours, len, at);
	n += (size_t)snprintf(out + n, room - n, " instead of ");
	excerpt(out + n, room - n, theirs, their_len, at);
	return out;
}

static const char *
difference_of_pieces(struct replay *replay, unsigned connection)
{
	const struct fake_messages *ours = replay_written(replay, connection);

	for (size_t i = 0;; i++) {
		size_t len = 0;
		const uint8_t *theirs = replay_piece(replay, connection,
		    replay->to_client, i, &len);
		const char *text;

		if (theirs == NULL && i >= ours->count)
			return NULL;
		text = i < ours->count ?
		    differ(replay, "piece", i, ours->list[i].data,
		    ours->list[i].len, theirs, len) :
		    differ(replay, "piece", i, NULL, 0, theirs, len);
		if (text != NULL)
			return text;
	}
}

const char *
replay_difference(struct replay *replay, unsigned connection, bool pieces)
{
	const struct bytes *theirs =
	    &replay->streams[connection][replay->to_client];
	const uint8_t *ours = NULL;
	size_t len = 0;

	if (pieces)
		return difference_of_pieces(replay, connection);
	if (replay->peers[connection] != NULL)
		ours = fake_stream(replay->world, replay->peers[connection],
		    &len);
	return differ(replay, "connection", connection, ours, len,
	    theirs->data, theirs->len);
}
