#include "traffic/verify/read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { CAPTURES_MAX = 4096 };

/* Captures. */

/* A file beside truth.json, and nowhere else. */
static const char *
file_name(json_t *capture)
{
	const char *file = check_string(capture, "file");

	return file == NULL || file[0] == '.' || file[0] == '\0' ||
	    strchr(file, '/') != NULL ? NULL : file;
}

/* NULL where it is none. */
static json_t *
list_of(json_t *object, const char *key)
{
	json_t *list = json_object_get(object, key);

	return json_is_array(list) ? list : NULL;
}

/* What is known of each: totals always, the rest where headers are whole. */
static int
read_known(struct check *c, size_t number, struct errbuf *err)
{
	json_t *known = json_object_get(c->capture, "known");

	c->totals = json_object_get(known, "totals");
	c->flows = list_of(known, "flows");
	c->connections = list_of(known, "connections");
	c->segments = list_of(known, "segments");
	if (json_is_object(c->totals) && (c->snaplen < CHECK_HEADERS_BYTES ||
	    (c->flows != NULL && c->connections != NULL &&
	    c->segments != NULL)))
		return 0;
	errbuf_set(err, "captures[%zu]: known lacks totals, flows, "
	    "connections or segments", number);
	return -1;
}

/* `unplaced`: frames that there can be yet. */
static int
read_capture(struct check *c, size_t number, size_t *unplaced,
    struct errbuf *err)
{
	uint64_t frames;

	c->file = file_name(c->capture);
	if (c->file == NULL || !check_u64(c->capture, "snaplen",
	    &c->snaplen) || !check_u64(c->capture, "frames", &frames)) {
		errbuf_set(err, "captures[%zu]: file, snaplen or frames make "
		    "no sense", number);
		return -1;
	}
	if (read_known(c, number, err) == -1)
		return -1;
	if (frames > *unplaced) {
		errbuf_set(err, "captures[%zu]: frames %" PRIu64 ", but "
		    "packets are %zu of them at most", number, frames,
		    *unplaced);
		return -1;
	}
	*unplaced -= (size_t)frames;
	c->frame_count = (size_t)frames;
	c->frames = memory_array(c->frame_count + 1, sizeof(*c->frames));
	if (c->frames != NULL)
		return 0;
	errbuf_set(err, "out of memory");
	return -1;
}

/* Frames. */

static size_t
count_seen(json_t *packets)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(packets); i++)
		n += json_array_size(json_object_get(json_array_get(packets,
		    i), "seen"));
	return n;
}

/* [capture, frame, time] of a packet.  -1: it is wrong, or the frame has a
 * packet already. */
static int
note_sighting(struct read_captures *captures, json_t *packet, json_t *seen)
{
	json_t *of = json_array_get(seen, 0), *frame = json_array_get(seen, 1);
	json_t *time = json_array_get(seen, 2);
	json_int_t capture = json_integer_value(of);
	json_int_t number = json_integer_value(frame);
	struct check *c;

	if (!json_is_integer(of) || !json_is_integer(frame) ||
	    !json_is_integer(time) || capture < 0 ||
	    (uint64_t)capture >= captures->count)
		return -1;
	c = &captures->list[capture];
	if (number < 1 || (uint64_t)number > c->frame_count ||
	    c->frames[number - 1].packet != NULL)
		return -1;
	c->frames[number - 1].packet = packet;
	c->frames[number - 1].ts_ns = json_integer_value(time);
	return 0;
}

static int
note_packet(struct read_captures *captures, json_t *packet)
{
	json_t *seen = list_of(packet, "seen");

	if (seen == NULL)
		return -1;
	for (size_t i = 0; i < json_array_size(seen); i++)
		if (note_sighting(captures, packet,
		    json_array_get(seen, i)) == -1)
			return -1;
	return 0;
}

/* Which packet each frame is.  As there are no more frames than sightings, and
 * each is of another one, none is left out. */
static int
read_frames(struct read_captures *captures, json_t *packets,
    struct errbuf *err)
{
	for (size_t i = 0; i < json_array_size(packets); i++)
		if (note_packet(captures, json_array_get(packets, i)) == -1) {
			errbuf_set(err, "packets[%zu]: `seen` makes no sense",
			    i);
			return -1;
		}
	return 0;
}

int
read_captures(struct read_captures *captures, json_t *root,
    const struct verify_calls *calls, struct verify_result *result,
    struct errbuf *err)
{
	json_t *list = list_of(root, "captures");
	json_t *packets = list_of(root, "packets");
	size_t n = json_array_size(list), unplaced = count_seen(packets);

	*captures = (struct read_captures){ NULL, 0 };
	if (n == 0 || n > CAPTURES_MAX || packets == NULL) {
		errbuf_set(err, json_is_array(list) && n == 0 ?
		    "no captures" : "captures or packets make no sense");
		return -1;
	}
	captures->list = memory_array(n, sizeof(*captures->list));
	if (captures->list == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (; captures->count < n; captures->count++) {
		struct check *c = &captures->list[captures->count];

		*c = (struct check){ .calls = calls, .result = result,
		    .capture = json_array_get(list, captures->count) };
		if (read_capture(c, captures->count, &unplaced, err) == -1)
			return -1;
	}
	return read_frames(captures, packets, err);
}

void
read_reset(struct read_captures *captures)
{
	for (size_t i = 0; i < captures->count; i++)
		free(captures->list[i].frames);
	free(captures->list);
	*captures = (struct read_captures){ NULL, 0 };
}
