#include "traffic/verify/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "traffic/verify/capture.h"
#include "traffic/verify/check.h"

enum {
	TRUTH_VERSION = 1,
	CAPTURES_MAX = 4096, FRAMES_MAX = 100000000,
	TRUTH_BYTES_MAX = 1 << 30,
};

/* Captures that are compared, or could not be. */
struct run {
	const char *folder, *truth_path;
	const struct verify_calls *calls;
	struct verify_result *result;
	json_t *root;
};

static void
say(const struct run *r, const char *file, const char *what)
{
	struct errbuf line;

	errbuf_set(&line, "%s: %s", file, what);
	r->calls->say(r->calls->context, line.text);
}

/* "NET,NET" of the capture's list of prefixes, as --local takes it. */
static int
read_local(json_t *capture, struct networks *local, struct errbuf *err)
{
	json_t *list = json_object_get(capture, "local");
	char text[256] = "";

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *part = json_string_value(json_array_get(list, i));
		size_t len = strlen(text);

		if (part == NULL || len + 1 + strlen(part) >= sizeof(text))
			break;
		snprintf(text + len, sizeof(text) - len, "%s%s",
		    len == 0 ? "" : ",", part);
	}
	if (networks_parse(text, local, err) == 0)
		return 0;
	errbuf_prefix(err, "local");
	return -1;
}

/* Frames. */

/* [capture, frame, time] of a packet: notes the frame where it is of this
 * capture.  -1: it is wrong, or the frame has a packet already. */
static int
note_sighting(struct check *c, int64_t capture, json_t *packet, json_t *seen)
{
	json_t *of = json_array_get(seen, 0), *frame = json_array_get(seen, 1);
	json_t *time = json_array_get(seen, 2);
	json_int_t number = json_integer_value(frame);

	if (!json_is_integer(of) || !json_is_integer(frame) ||
	    !json_is_integer(time))
		return -1;
	if (json_integer_value(of) != capture)
		return 0;
	if (number < 1 || (uint64_t)number > c->frame_count ||
	    c->frames[number - 1].packet != NULL)
		return -1;
	c->frames[number - 1].packet = packet;
	c->frames[number - 1].ts_ns = json_integer_value(time);
	return 0;
}

static int
note_packet(struct check *c, int64_t capture, json_t *packet)
{
	json_t *seen = json_object_get(packet, "seen");

	if (!json_is_array(seen))
		return -1;
	for (size_t i = 0; i < json_array_size(seen); i++)
		if (note_sighting(c, capture, packet,
		    json_array_get(seen, i)) == -1)
			return -1;
	return 0;
}

/* Which packet each frame is. */
static int
read_frames(struct check *c, json_t *root, int64_t capture,
    struct errbuf *err)
{
	json_t *packets = json_object_get(root, "packets");

	for (size_t i = 0; i < json_array_size(packets); i++)
		if (note_packet(c, capture, json_array_get(packets, i)) == -1) {
			errbuf_set(err, "packets[%zu]: `seen` makes no sense",
			    i);
			return -1;
		}
	for (size_t i = 0; i < c->frame_count; i++)
		if (c->frames[i].packet == NULL) {
			errbuf_set(err, "no packet is frame %zu", i + 1);
			return -1;
		}
	return 0;
}

/* Captures. */

static json_t *
list_of(json_t *known, const char *key)
{
	json_t *list = json_object_get(known, key);

	return json_is_array(list) ? list : NULL;
}

/* A file beside truth.json, and nowhere else. */
static const char *
file_name(json_t *capture)
{
	const char *file = check_string(capture, "file");

	return file == NULL || file[0] == '.' || file[0] == '\0' ||
	    strchr(file, '/') != NULL ? NULL : file;
}

static int
read_capture(struct run *r, json_t *capture, size_t number, struct check *c,
    struct errbuf *err)
{
	json_t *known = json_object_get(capture, "known");
	uint64_t frames;

	*c = (struct check){ .calls = r->calls, .result = r->result,
	    .file = file_name(capture) };
	if (c->file == NULL || !json_is_object(known) ||
	    !check_u64(capture, "snaplen", &c->snaplen) ||
	    !check_u64(capture, "frames", &frames) || frames > FRAMES_MAX) {
		errbuf_set(err, "captures[%zu]: file, known, snaplen or "
		    "frames make no sense", number);
		return -1;
	}
	c->frame_count = (size_t)frames;
	c->totals = json_object_get(known, "totals");
	c->flows = list_of(known, "flows");
	c->connections = list_of(known, "connections");
	c->segments = list_of(known, "segments");
	c->frames = memory_array(c->frame_count + 1, sizeof(*c->frames));
	if (c->frames == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	return read_frames(c, r->root, (int64_t)number, err);
}

static int
check_capture(struct run *r, struct check *c, json_t *capture,
    struct errbuf *err)
{
	char path[PATH_MAX];
	struct networks local;
	enum capture_state state;

	if (read_local(capture, &local, err) == -1)
		return -1;
	if (snprintf(path, sizeof(path), "%s/%s", r->folder, c->file) >=
	    (int)sizeof(path)) {
		errbuf_set(err, "%s: the name is too long", c->file);
		return -1;
	}
	if (capture_check(c, path, &local, &state, err) == -1)
		return -1;
	r->result->missing += state != CAPTURE_READ;
	if (state == CAPTURE_MISSING)
		return 0;
	r->result->captures++;
	r->result->frames += c->rows[CHECK_PACKETS];
	check_finish(c);
	return 0;
}

static void
say_untold(const struct run *r, const struct check *c)
{
	char text[64];

	if (c->told <= CHECK_TOLD_MAX)
		return;
	snprintf(text, sizeof(text), "%" PRIu64 " more differences",
	    c->told - CHECK_TOLD_MAX);
	say(r, c->file, text);
}

static int
run_captures(struct run *r, struct errbuf *err)
{
	json_t *list = json_object_get(r->root, "captures");
	int status = 0;

	for (size_t i = 0; i < json_array_size(list) && status == 0; i++) {
		json_t *capture = json_array_get(list, i);
		struct check c;

		status = read_capture(r, capture, i, &c, err);
		if (status == 0)
			status = check_capture(r, &c, capture, err);
		if (status == 0)
			say_untold(r, &c);
		free(c.frames);
	}
	return status;
}

/* truth.json. */

static json_t *
load(const char *path, struct errbuf *err)
{
	struct stat st;
	json_error_t error;
	json_t *root;

	if (stat(path, &st) == -1) {
		errbuf_set(err, errno != ENOENT ? "%s" :
		    "%s (labgen synth writes it; of a run the truth is not "
		    "known)", strerror(errno));
		return NULL;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > TRUTH_BYTES_MAX) {
		errbuf_set(err, "no file, or too large for a truth");
		return NULL;
	}
	root = json_load_file(path, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	    &error);
	if (root == NULL)
		errbuf_set(err, "line %d: %s", error.line, error.text);
	return root;
}

static int
check_heading(struct run *r, struct errbuf *err)
{
	json_t *captures = json_object_get(r->root, "captures");
	const char *name = check_string(r->root, "scenario");
	struct errbuf clean;	/* no control characters to a terminal */
	uint64_t version;

	if (!check_u64(r->root, "truth_version", &version)) {
		errbuf_set(err, "no truth of labgen: no truth_version");
		return -1;
	}
	if (version != TRUTH_VERSION) {
		errbuf_set(err, "truth_version %" PRIu64 ", not %d", version,
		    TRUTH_VERSION);
		return -1;
	}
	if (name == NULL || !json_is_array(captures) ||
	    json_array_size(captures) > CAPTURES_MAX ||
	    !json_is_array(json_object_get(r->root, "packets"))) {
		errbuf_set(err, "scenario, captures or packets make no sense");
		return -1;
	}
	errbuf_set(&clean, "%s", name);
	snprintf(r->result->scenario, sizeof(r->result->scenario), "%.*s",
	    (int)sizeof(r->result->scenario) - 1, clean.text);
	return 0;
}

int
verify_folder(const char *folder, const struct verify_calls *calls,
    struct verify_result *result, struct errbuf *err)
{
	char path[PATH_MAX];
	struct run r = { folder, path, calls, result, NULL };
	int status = -1;

	*result = (struct verify_result){ .captures = 0 };
	if (snprintf(path, sizeof(path), "%s/truth.json", folder) >=
	    (int)sizeof(path)) {
		errbuf_set(err, "%s: the name is too long", folder);
		return -1;
	}
	r.root = load(path, err);
	if (r.root != NULL && check_heading(&r, err) == 0)
		status = run_captures(&r, err);
	json_decref(r.root);
	if (status == -1)
		errbuf_prefix(err, path);
	return status;
}
