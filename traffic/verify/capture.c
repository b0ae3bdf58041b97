#include "traffic/verify/capture.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/engine/engine.h"
#include "base/memory.h"

/* A table's rows on their way. */
struct reading {
	struct check *check;
	enum check_table which;
	const struct table *table;
	struct table_selection columns;
};

struct row_taker {
	struct table_writer writer;	/* first */
	const struct reading *reading;
};

static int
take_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	const struct row_taker *t = (struct row_taker *)(void *)writer;

	(void)err;
	check_take(t->reading->check, t->reading->which, t->reading->table,
	    row);
	return 0;
}

static int
close_taker(struct table_writer *writer, bool ok, struct errbuf *err)
{
	(void)ok;
	(void)err;
	free(writer);
	return 0;
}

static struct table_writer *
open_taker(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	struct row_taker *t = memory_array(1, sizeof(*t));

	(void)input;
	(void)ordered;
	if (t == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	t->writer = (struct table_writer){ take_row, close_taker };
	t->reading = context;
	return &t->writer;
}

/* What became of the input. */
struct outcome {
	struct check *check;
	enum capture_state state;
};

/* Each line that the engine has for people, without its newline. */
static void
say_lines(const struct check *c, const struct bytes *lines)
{
	const char *at = (const char *)lines->data;
	size_t left = lines->len;

	while (left > 0) {
		const char *end = memchr(at, '\n', left);
		size_t len = end == NULL ? left : (size_t)(end - at);
		struct errbuf line;

		errbuf_set(&line, "%.*s", (int)len, at);
		c->calls->say(c->calls->context, line.text);
		len += end != NULL;
		at += len;
		left -= len;
	}
}

static void
on_done(void *context, const struct engine_result *result)
{
	struct outcome *o = context;

	if (result->status == INPUT_OK && !result->output_failed)
		return;
	o->state = result->status == INPUT_UNREADABLE ? CAPTURE_MISSING :
	    CAPTURE_CUT;
	say_lines(o->check, &result->lines);
}

static void
ask(struct check *check, struct reading readings[CHECK_TABLES],
    struct engine_output outputs[CHECK_TABLES])
{
	for (unsigned i = 0; i < CHECK_TABLES; i++) {
		struct reading *r = &readings[i];
		struct engine_output *o = &outputs[i];

		*o = (struct engine_output){ .open = open_taker,
		    .context = r, .columns = &r->columns, .own_file = true };
		question_find(check_table_names[i], &o->question);
		r->check = check;
		r->which = (enum check_table)i;
		r->table = question_table(o->question);
		table_select_default(r->table, NULL, 0, &r->columns);
	}
}

int
capture_check(struct check *check, const char *path,
    const struct networks *local, enum capture_state *state,
    struct errbuf *err)
{
	static const volatile sig_atomic_t never;
	const struct settings settings = { 0 };
	char *opened = strdup(path);
	const struct input input = { .path = opened, .name = check->file };
	struct reading readings[CHECK_TABLES];
	struct engine_output outputs[CHECK_TABLES];
	struct outcome outcome = { check, CAPTURE_READ };
	const struct engine engine = {
		.inputs = &input, .input_count = 1,
		.outputs = outputs, .output_count = CHECK_TABLES,
		.settings = &settings, .local = local,
		.from_ns = INT64_MIN, .to_ns = INT64_MAX, .jobs = 1,
		.stop = &never, .done = on_done, .context = &outcome,
	};
	int status = -1;

	if (opened == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	ask(check, readings, outputs);
	status = engine_run(&engine, err);
	free(opened);
	*state = outcome.state;
	return status;
}
