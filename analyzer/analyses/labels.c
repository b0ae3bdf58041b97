#include "analyzer/analyses/labels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/flows.h"
#include "analyzer/analyses/time_tree.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "base/network.h"
#include "base/parse.h"

struct label_ports {
	uint16_t low, high;
};

struct label {
	const char *text;	/* in labels.file */
	bool has_start, has_end, directed;
	int16_t protocol;	/* -1: any */
	int64_t start_ns, end_ns;
	struct network src, dst;	/* version 0: any */
	struct label_ports src_ports, dst_ports;	/* 1 and 0: any */
};

struct labels {
	struct bytes file;	/* its text; cells are terminated in it */
	struct label *list;
	size_t count, room;
	struct time_tree *times;	/* of the list: which may match */
};

/* What a cell says; "" never gets here. */

static int
set_start(struct label *label, const char *cell, struct errbuf *err)
{
	label->has_start = true;
	return parse_time(cell, &label->start_ns, err);
}

static int
set_end(struct label *label, const char *cell, struct errbuf *err)
{
	label->has_end = true;
	return parse_time(cell, &label->end_ns, err);
}

static int
set_network(struct network *out, const char *cell, struct errbuf *err)
{
	struct networks networks;

	if (networks_parse(cell, &networks, err) == -1)
		return -1;
	if (networks.count != 1) {
		errbuf_set(err, "\"%s\" is more than one network", cell);
		return -1;
	}
	*out = networks.list[0];
	return 0;
}

static int
set_src(struct label *label, const char *cell, struct errbuf *err)
{
	return set_network(&label->src, cell, err);
}

static int
set_dst(struct label *label, const char *cell, struct errbuf *err)
{
	return set_network(&label->dst, cell, err);
}

/* "80" or "6000-6063". */
static int
set_ports(struct label_ports *out, const char *cell, struct errbuf *err)
{
	enum { LONGEST = 5 };	/* 65535 */
	const char *dash = strchr(cell, '-');
	size_t len = dash == NULL ? strlen(cell) : (size_t)(dash - cell);
	char text[LONGEST + 1] = "";
	uint64_t low, high;

	if (len <= LONGEST)
		memcpy(text, cell, len);
	if (parse_u64(text, 0, UINT16_MAX, &low, err) == -1 ||
	    parse_u64(dash == NULL ? text : dash + 1, low, UINT16_MAX, &high,
	    err) == -1) {
		errbuf_set(err, "\"%s\" is not a port or a range of ports",
		    cell);
		return -1;
	}
	*out = (struct label_ports){ (uint16_t)low, (uint16_t)high };
	return 0;
}

static int
set_src_port(struct label *label, const char *cell, struct errbuf *err)
{
	return set_ports(&label->src_ports, cell, err);
}

static int
set_dst_port(struct label *label, const char *cell, struct errbuf *err)
{
	return set_ports(&label->dst_ports, cell, err);
}

static int
set_protocol(struct label *label, const char *cell, struct errbuf *err)
{
	int number = flows_protocol_find(cell);

	if (number == -1) {
		errbuf_set(err, "\"%s\" is not a protocol", cell);
		return -1;
	}
	label->protocol = (int16_t)number;
	return 0;
}

static int
set_directed(struct label *label, const char *cell, struct errbuf *err)
{
	label->directed = strcmp(cell, "yes") == 0;
	if (label->directed || strcmp(cell, "no") == 0)
		return 0;
	errbuf_set(err, "\"%s\" is not yes or no", cell);
	return -1;
}

static int
set_text(struct label *label, const char *cell, struct errbuf *err)
{
	(void)err;
	label->text = cell;
	return 0;
}

static const struct label_column {
	const char *name;
	int (*set)(struct label *label, const char *cell, struct errbuf *err);
} columns[] = {
	{ "start", set_start },
	{ "end", set_end },
	{ "src", set_src },
	{ "dst", set_dst },
	{ "src_port", set_src_port },
	{ "dst_port", set_dst_port },
	{ "protocol", set_protocol },
	{ "directed", set_directed },
	{ "label", set_text },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* One record of the file. */
struct record {
	size_t line;		/* where it begins, from 1 */
	char *cells[COLUMNS];
	size_t count;		/* COLUMNS + 1: more than there may be */
};

struct reader {
	char *at;		/* next character; the text ends in NUL */
	size_t line;
	struct record record;
	const struct label_column *order[COLUMNS];	/* as the header has
							   them */
	size_t order_count;
};

/* A quoted cell, shortened in its place; NULL where it has no end.  Its own end
 * is on or before the quote that ends it. */
static char *
read_quoted(struct reader *r)
{
	char *cell = ++r->at, *to = cell;

	for (; *r->at != '\0'; *to++ = *r->at++) {
		if (*r->at == '\n')
			r->line++;
		if (*r->at != '"')
			continue;
		r->at++;
		if (*r->at == '"')
			continue;
		*to = '\0';
		return cell;
	}
	return NULL;
}

static char *
read_cell(struct reader *r)
{
	char *cell = r->at;

	if (*cell == '"')
		return read_quoted(r);
	r->at += strcspn(r->at, ",\r\n");
	return cell;
}

/* Ends the cell; what comes next? */
enum separator { NEXT_CELL, NEXT_RECORD, NO_SEPARATOR };

static enum separator
read_separator(struct reader *r)
{
	char *at = r->at;

	if (*at == '\r' && at[1] == '\n') {
		*at = '\0';
		at = ++r->at;
	}
	if (*at == '\0')
		return NEXT_RECORD;
	if (*at != ',' && *at != '\n')
		return NO_SEPARATOR;
	r->at++;
	r->line += *at == '\n';
	if (*at == '\n') {
		*at = '\0';
		return NEXT_RECORD;
	}
	*at = '\0';
	return NEXT_CELL;
}

/* Empty lines and comments. */
static void
skip_lines(struct reader *r)
{
	size_t len;

	for (; *r->at != '\0'; r->at += len + 1, r->line++) {
		len = strcspn(r->at, "\n");
		if (len > 1 && *r->at != '#')
			return;
		if (len == 1 && *r->at != '\r' && *r->at != '#')
			return;
		if (r->at[len] == '\0') {
			r->at += len;
			return;
		}
	}
}

/* 1: a record was read; 0: there is none; -1: with the reason in *err. */
static int
read_record(struct reader *r, struct errbuf *err)
{
	struct record *record = &r->record;
	enum separator next;

	skip_lines(r);
	record->line = r->line;
	record->count = 0;
	if (*r->at == '\0')
		return 0;
	do {
		char *cell = read_cell(r);

		if (cell == NULL) {
			errbuf_set(err, "a quote has no end");
			return -1;
		}
		if (record->count < COLUMNS)
			record->cells[record->count] = cell;
		if (record->count <= COLUMNS)
			record->count++;
		next = read_separator(r);
	} while (next == NEXT_CELL);
	if (next == NEXT_RECORD)
		return 1;
	errbuf_set(err, "no comma behind a cell");
	return -1;
}

static const struct label_column *
column_find(const char *name)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	return NULL;
}

static int
take_header(struct reader *r, struct errbuf *err)
{
	bool has_label = false;

	for (size_t i = 0; i < r->record.count && i < COLUMNS; i++) {
		const char *name = r->record.cells[i];
		const struct label_column *column = column_find(name);

		if (column == NULL) {
			errbuf_set(err, "there is no column \"%s\"", name);
			return -1;
		}
		for (size_t k = 0; k < i; k++)
			if (r->order[k] == column) {
				errbuf_set(err, "column %s comes twice", name);
				return -1;
			}
		has_label = has_label || column->set == set_text;
		r->order[i] = column;
	}
	r->order_count = r->record.count;
	if (has_label && r->order_count <= COLUMNS)
		return 0;
	errbuf_set(err, has_label ? "too many columns" :
	    "there is no column label");
	return -1;
}

static int
check_label(const struct label *label, struct errbuf *err)
{
	if (label->text == NULL) {
		errbuf_set(err, "label: empty");
		return -1;
	}
	if (label->has_start && label->has_end &&
	    label->start_ns >= label->end_ns) {
		errbuf_set(err, "start is not before end");
		return -1;
	}
	return 0;
}

static struct label *
next_label(struct labels *labels, struct errbuf *err)
{
	size_t room = labels->room == 0 ? 64 : 2 * labels->room;
	struct label *grown;

	if (labels->count == LABELS_MAX) {
		errbuf_set(err, "more than %d labels", LABELS_MAX);
		return NULL;
	}
	if (labels->count == labels->room) {
		grown = memory_resize(labels->list, room, sizeof(*grown));
		if (grown == NULL) {
			errbuf_set(err, "out of memory");
			return NULL;
		}
		labels->list = grown;
		labels->room = room;
	}
	return &labels->list[labels->count];
}

static int
take_label(struct labels *labels, const struct reader *r, struct errbuf *err)
{
	struct label *label = next_label(labels, err);

	if (label == NULL)
		return -1;
	if (r->record.count != r->order_count) {
		errbuf_set(err, "%zu cells, and the header has %zu",
		    r->record.count, r->order_count);
		return -1;
	}
	*label = (struct label){ .protocol = -1, .src_ports = { 1, 0 },
	    .dst_ports = { 1, 0 } };
	for (size_t i = 0; i < r->order_count; i++) {
		const char *cell = r->record.cells[i];

		if (*cell != '\0' &&
		    r->order[i]->set(label, cell, err) == -1) {
			errbuf_prefix(err, r->order[i]->name);
			return -1;
		}
	}
	if (check_label(label, err) == -1)
		return -1;
	labels->count++;
	return 0;
}

static int
take_records(struct labels *labels, struct reader *r, struct errbuf *err)
{
	int got = read_record(r, err);

	if (got == 0)
		errbuf_set(err, "no header");
	if (got != 1 || take_header(r, err) == -1)
		return -1;
	while ((got = read_record(r, err)) == 1)
		if (take_label(labels, r, err) == -1)
			return -1;
	return got;
}

/* Reads the whole file and ends it with NUL. */
static int
read_file(struct bytes *out, FILE *file, struct errbuf *err)
{
	enum { PIECE = 65536 };
	size_t got;

	do {
		uint8_t *to = bytes_reserve(out, PIECE + 1);

		if (to == NULL) {
			errbuf_set(err, "out of memory");
			return -1;
		}
		got = fread(to, 1, PIECE, file);
		to[got] = '\0';
		out->len += got;
	} while (got == PIECE && out->len <= LABELS_BYTES_MAX);
	if (ferror(file)) {
		errbuf_set(err, "%s", strerror(errno));
		return -1;
	}
	if (out->len > LABELS_BYTES_MAX) {
		errbuf_set(err, "more than %d bytes", LABELS_BYTES_MAX);
		return -1;
	}
	if (memchr(out->data, '\0', out->len) != NULL) {
		errbuf_set(err, "holds a NUL: no text");
		return -1;
	}
	return 0;
}

static int
open_and_read(struct bytes *out, const char *path, struct errbuf *err)
{
	FILE *file = fopen(path, "re");
	int status = -1;

	if (file == NULL)
		errbuf_set(err, "%s", strerror(errno));
	else
		status = read_file(out, file, err);
	if (file != NULL)
		fclose(file);
	if (status == -1)
		errbuf_prefix(err, path);
	return status;
}

static void
say_where(const char *path, size_t line, struct errbuf *err)
{
	char number[32];
	struct errbuf what = *err;

	snprintf(number, sizeof(number), "%zu", line);
	errbuf_set(err, "%s:%s: %s", path, number, what.text);
}

static int
index_times(struct labels *labels, struct errbuf *err)
{
	labels->times = time_tree_new(labels->count);
	if (labels->times == NULL) {
		errbuf_set(err, "out of memory for %zu labels", labels->count);
		return -1;
	}
	for (size_t i = 0; i < labels->count; i++) {
		const struct label *label = &labels->list[i];
		struct time_span span = { INT64_MIN, INT64_MAX };

		if (label->has_start)
			span.first_ns = label->start_ns;
		if (label->has_end && label->end_ns > INT64_MIN)
			span.last_ns = label->end_ns - 1;
		time_tree_set(labels->times, i, span);
	}
	time_tree_settle(labels->times);
	return 0;
}

struct labels *
labels_read(const char *path, struct errbuf *err)
{
	static const char mark[] = "\xef\xbb\xbf";	/* of UTF-8 */
	struct labels *labels = memory_array(1, sizeof(*labels));
	struct reader reader = { .line = 1 };

	if (labels == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		return NULL;
	}
	bytes_init(&labels->file);
	if (open_and_read(&labels->file, path, err) == -1)
		goto fail;
	reader.at = (char *)labels->file.data;
	if (strncmp(reader.at, mark, strlen(mark)) == 0)
		reader.at += strlen(mark);
	if (take_records(labels, &reader, err) == -1) {
		say_where(path, reader.record.line, err);
		goto fail;
	}
	if (index_times(labels, err) == -1)
		goto fail;
	return labels;

fail:
	labels_free(labels);
	return NULL;
}

void
labels_free(struct labels *labels)
{
	if (labels == NULL)
		return;
	time_tree_free(labels->times);
	free(labels->list);
	bytes_reset(&labels->file);
	free(labels);
}

static bool
has_end(const struct flow *flow, unsigned side, const struct network *network,
    const struct label_ports *ports)
{
	if (network->version != 0 && !network_contains(network,
	    flow->ip_version, flow->address[side]))
		return false;
	if (ports->low > ports->high)
		return true;
	return flow->has_ports && flow->ports[side] >= ports->low &&
	    flow->ports[side] <= ports->high;
}

static bool
goes(const struct label *label, const struct flow *flow, unsigned from)
{
	return has_end(flow, from, &label->src, &label->src_ports) &&
	    has_end(flow, !from, &label->dst, &label->dst_ports);
}

static bool
is_then(const struct label *label, const struct flow *flow)
{
	if (!label->has_start && !label->has_end)
		return true;
	if (!flow->times_known)
		return false;
	return (!label->has_start || flow->latest_ns >= label->start_ns) &&
	    (!label->has_end || flow->earliest_ns < label->end_ns);
}

const char *
labels_find(const struct labels *labels, const struct flow *flow)
{
	struct time_span span = { INT64_MAX, INT64_MIN };

	if (flow->times_known)
		span = (struct time_span){ flow->earliest_ns, flow->latest_ns };
	for (size_t i = time_tree_next(labels->times, 0, span);
	    i < labels->count; i = time_tree_next(labels->times, i + 1, span)) {
		const struct label *label = &labels->list[i];

		if (!is_then(label, flow) || (label->protocol != -1 &&
		    label->protocol != flow->ip_protocol))
			continue;
		if (goes(label, flow, FLOW_A) ||
		    (!label->directed && goes(label, flow, FLOW_B)))
			return label->text;
	}
	return NULL;
}
