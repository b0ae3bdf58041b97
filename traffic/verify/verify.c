#include "traffic/verify/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "traffic/verify/capture.h"
#include "traffic/verify/check.h"
#include "traffic/verify/read.h"

enum {
	TRUTH_VERSION = 1, TRUTH_BYTES_MAX = 1 << 30,
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

static int
check_capture(struct run *r, struct check *c, struct errbuf *err)
{
	char path[PATH_MAX];
	struct networks local;
	enum capture_state state;

	if (read_local(c->capture, &local, err) == -1)
		return -1;
	c->local = &local;
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
	struct read_captures captures;
	int status = read_captures(&captures, r->root, r->calls, r->result,
	    err);

	for (size_t i = 0; i < captures.count && status == 0; i++) {
		status = check_capture(r, &captures.list[i], err);
		if (status == 0)
			say_untold(r, &captures.list[i]);
	}
	read_reset(&captures);
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
	if (name == NULL) {
		errbuf_set(err, "scenario makes no sense");
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
