#include "analyzer/report/grade.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyzer/report/grade_internal.h"
#include "analyzer/report/rows.h"
#include "analyzer/report/sheet_write.h"
#include "base/memory.h"

#define COLUMN(name, type, meaning) \
	{ #name, type, offsetof(struct grade_row, name), "", meaning }

static const struct column columns[] = {
	COLUMN(item, COLUMN_TEXT, "what is asked: section, entry, key"),
	COLUMN(result, COLUMN_TEXT, "ok, missed, or not in the captures"),
	COLUMN(expected, COLUMN_TEXT, "what the captures say"),
	COLUMN(given, COLUMN_TEXT, "what the sheet says"),
	COLUMN(explanation, COLUMN_TEXT, "what the mistake is"),
	COLUMN(file, COLUMN_TEXT, "the capture in which it can be seen"),
	COLUMN(frame, COLUMN_U64, "and its frame there"),
};

const struct table grade_table = {
	"grade", "an item", columns, sizeof(columns) / sizeof(columns[0]),
	NULL,
};

static const char *const results[GRADE_VERDICTS] = {
	[GRADE_OK] = "ok",
	[GRADE_MISSED] = "missed",
	[GRADE_NOT_SEEN] = "not in the captures",
};

enum { ITEMS_MAX = 10, KEYS_MAX = 5 };

/* What of a section is graded. */
static const struct grading_part {
	enum sheet_part part;
	/* Of lists: what tells an entry; with `exact`, all of it, and the entry
	 * is the item. */
	const char *keys[KEYS_MAX];
	bool exact;
	const char *items[ITEMS_MAX];
	const char *optional[ITEMS_MAX];	/* where they are answered */
	const char *frame;	/* column of the frame to look at; NULL */
} parts[] = {
	{ SHEET_HANDSHAKE,
	    .items = { "syn_seq", "synack_seq", "synack_ack" },
	    .optional = { "client_ip", "client_port", "server_ip",
		"server_port", "ack_seq", "ack_ack" } },
	{ SHEET_UDP,
	    .items = { "fields", "field_bytes", "header_bytes",
		"max_payload_bytes", "max_port", "protocol_number" },
	    .optional = { "max_payload_ipv4_bytes", "min_port" } },
	{ SHEET_DNS,
	    .keys = { "client_ip", "client_port" },
	    .items = { "question", "answer_ip" },
	    .optional = { "type" },
	    .frame = "answer_frame" },
	{ SHEET_SOCKETS,
	    .keys = { "client_ip", "client_port", "server_ip",
		"server_port" },
	    .exact = true,
	    .frame = "syn_frame" },
	{ SHEET_LISTENING,
	    .keys = { "server_ip", "server_port" },
	    .exact = true },
	{ SHEET_CONCURRENT,
	    .items = { "max_connections" } },
	{ SHEET_STREAMS,
	    .keys = { "protocol", "a_ip", "a_port", "b_ip", "b_port" },
	    .items = { "clear_text" },
	    .optional = { "a_clear_text", "b_clear_text" } },
};

/* Handshake columns have frames of their own. */
static const struct { const char *prefix, *frame; } frames[] = {
	{ "synack_", "synack_frame" },
	{ "syn_", "syn_frame" },
	{ "ack_", "ack_frame" },
	{ "client_", "syn_frame" },
	{ "server_", "syn_frame" },
};

void
grade_reset(struct grade *grade)
{
	free(grade->rows);
	sheet_reset(&grade->texts);
	*grade = (struct grade){ 0 };
}

static struct grade_row *
add(struct grading *g, enum grade_verdict verdict)
{
	struct grade *grade = g->grade;
	struct grade_row *rows = memory_grow(grade->rows, &grade->room,
	    grade->count + 1, sizeof(*rows));

	if (rows == NULL) {
		grade->texts.no_memory = true;
		return NULL;
	}
	grade->rows = rows;
	grade->counts[verdict]++;
	grade->rows[grade->count] = (struct grade_row){
		.result = results[verdict], .verdict = verdict,
		.frame = TABLE_NO_U64 };
	return &grade->rows[grade->count++];
}

static const struct column *
column_of(const struct table *table, const char *name)
{
	return &table->columns[table_find(table, name)];
}

static const char *
answer_to(const struct table *table, const struct given_row *row,
    const char *column)
{
	return row == NULL ? NULL : row->cells[table_find(table, column)];
}

/* The cell for the grade, NULL where it is undefined. */
static const char *
cell_text(struct grading *g, const struct column *column, const void *row)
{
	char room[SHEET_CELL_BYTES];

	return sheet_text(&g->grade->texts, sheet_cell(column, row, room));
}

static const struct { const char *word, *means; } synonyms[] = {
	{ "yes", "yes" }, { "no", "no" }, { "mixed", "mixed" },
	{ "true", "yes" }, { "clear", "yes" }, { "clear text", "yes" },
	{ "false", "no" }, { "encrypted", "no" },
};

bool
grade_is_verdict(const char *given)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (strcasecmp(given, synonyms[i].word) == 0)
			return true;
	return false;
}

/* A name is the same with the root's dot behind it. */
static bool
same_text(const char *right, const char *given)
{
	size_t n = strlen(given);

	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (strcasecmp(given, synonyms[i].word) == 0 &&
		    strcmp(right, synonyms[i].means) == 0)
			return true;
	if (n > 1 && given[n - 1] == '.' && strchr(right, '.') != NULL)
		n--;
	return strncasecmp(right, given, n) == 0 && right[n] == '\0';
}

static bool
is_right(const struct table *table, const char *key, const void *row,
    const struct given_row *answers)
{
	int index = table_find(table, key);
	const struct column *column = &table->columns[index];
	const void *cell = cell_at(row, column->offset);
	const char *given = answers->cells[index], *text;
	uint64_t number;

	switch (column->type) {
	case COLUMN_U64:
		return grade_number(given, &number) &&
		    memcmp(&number, cell, sizeof(number)) == 0;
	case COLUMN_IP:
		return sheet_ip_equal(&answers->hosts[index], cell);
	default:
		text = cell_string(cell);
		return text != NULL && same_text(text, given);
	}
}

/* "section[entry].key"; no entry where it is not a list, no key where the entry
 * is the item. */
static const char *
item_name(struct grading *g, enum sheet_part part, const char *entry,
    const char *key)
{
	return sheet_printf(&g->grade->texts, "%s%s%s%s%s%s",
	    sheet_sections[part].table->name, entry == NULL ? "" : "[",
	    entry == NULL ? "" : entry, entry == NULL ? "" : "]",
	    key == NULL ? "" : ".", key == NULL ? "" : key);
}

static void
set_place(struct grading *g, struct grade_row *out,
    const struct grading_part *p, const char *column, const void *row)
{
	const struct table *table = sheet_sections[p->part].table;
	const char *frame = p->frame;

	for (size_t i = 0; p->part == SHEET_HANDSHAKE && frame == NULL &&
	    i < sizeof(frames) / sizeof(frames[0]); i++)
		if (strncmp(column, frames[i].prefix,
		    strlen(frames[i].prefix)) == 0)
			frame = frames[i].frame;
	if (table_find(table, "file") != -1)
		out->file = cell_text(g, column_of(table, "file"), row);
	if (frame != NULL)
		memcpy(&out->frame, cell_at(row,
		    column_of(table, frame)->offset), sizeof(out->frame));
}

/* One item, which the captures may not answer, and the student neither. */
static void
grade_item(struct grading *g, const struct grading_part *p, const char *entry,
    const void *row, const struct given_row *answers, const char *key)
{
	const struct table *table = sheet_sections[p->part].table;
	const struct column *column = column_of(table, key);
	const char *given = answer_to(table, answers, key);
	const char *expected = row == NULL ? NULL : cell_text(g, column, row);
	enum grade_verdict verdict = expected == NULL ? GRADE_NOT_SEEN :
	    given != NULL && is_right(table, key, row, answers) ? GRADE_OK :
	    GRADE_MISSED;
	struct grade_row *out = add(g, verdict);

	if (out == NULL)
		return;
	out->item = item_name(g, p->part, entry, key);
	out->expected = expected;
	out->given = sheet_text(&g->grade->texts, given);
	if (expected != NULL)
		set_place(g, out, p, key, row);
	if (verdict == GRADE_MISSED)
		out->explanation = given == NULL ? "no answer" :
		    grade_explain(g, &(struct mistake){ p->part, column, row,
		    given, answers->hosts[column - table->columns] });
}

static void
grade_items(struct grading *g, const struct grading_part *p,
    const char *entry, const void *row, const struct given_row *answers)
{
	const struct table *table = sheet_sections[p->part].table;

	for (size_t i = 0; i < ITEMS_MAX && p->items[i] != NULL; i++)
		grade_item(g, p, entry, row, answers, p->items[i]);
	for (size_t i = 0; i < ITEMS_MAX && p->optional[i] != NULL; i++)
		if (answer_to(table, answers, p->optional[i]) != NULL)
			grade_item(g, p, entry, row, answers, p->optional[i]);
}

/* --- lists --- */

/* Rows whose ends can be swapped. */
union swapped_row {
	struct sheet_socket socket;
	struct sheet_stream stream;
};

static bool
swap_ends(enum sheet_part part, const void *row, union swapped_row *swapped)
{
	const struct sheet_socket *socket = row;
	const struct sheet_stream *stream = row;

	switch (part) {
	case SHEET_SOCKETS:
		swapped->socket = *socket;
		swapped->socket.client = socket->server;
		swapped->socket.server = socket->client;
		return true;
	case SHEET_STREAMS:
		swapped->stream = *stream;
		swapped->stream.a = stream->b;
		swapped->stream.b = stream->a;
		return true;
	default:
		return false;
	}
}

/* Is that the entry of the row?  Where the entry is not the item, keys may be
 * left out. */
static bool
tells(const struct grading_part *p, const void *row,
    const struct given_row *answers)
{
	const struct table *table = sheet_sections[p->part].table;

	for (size_t i = 0; i < KEYS_MAX && p->keys[i] != NULL; i++) {
		const char *given = answer_to(table, answers, p->keys[i]);

		if (given == NULL) {
			if (p->exact && p->part != SHEET_LISTENING)
				return false;
			continue;
		}
		if (!is_right(table, p->keys[i], row, answers))
			return false;
	}
	return true;
}

/* The entry that is not used yet and tells of the row; NULL. */
static const struct given_row *
find_entry(const struct grading *g, const struct grading_part *p,
    const void *row, bool *used)
{
	const struct given_rows *entries = &g->given->parts[p->part];

	for (size_t i = 0; i < entries->count; i++)
		if (!used[i] && tells(p, row, &entries->rows[i])) {
			used[i] = true;
			return &entries->rows[i];
		}
	return NULL;
}

/* What tells a row of a list; `b` NULL where that is one end. */
static void
ends_of(enum sheet_part part, const void *row, const struct sheet_end **a,
    const struct sheet_end **b)
{
	const struct sheet_socket *socket = row;
	const struct sheet_stream *stream = row;

	*b = NULL;
	switch (part) {
	case SHEET_DNS:
		*a = &((const struct sheet_dns *)row)->client;
		break;
	case SHEET_LISTENING:
		*a = &((const struct sheet_listening *)row)->server;
		break;
	case SHEET_SOCKETS:
		*a = &socket->client;
		*b = &socket->server;
		break;
	default:
		*a = &stream->a;
		*b = &stream->b;
	}
}

/* "10.20.30.11:40000 - 10.20.30.3:5000", "udp " and the like in front of a
 * stream. */
static const char *
entry_name(struct grading *g, enum sheet_part part, const void *row)
{
	const struct sheet_stream *stream = row;
	const struct sheet_end *a, *b;
	char one[SHEET_END_BYTES], two[SHEET_END_BYTES];

	ends_of(part, row, &a, &b);
	if (b == NULL)
		return sheet_text(&g->grade->texts, sheet_end_text(one, a));
	return sheet_printf(&g->grade->texts, "%s%s%s - %s",
	    part == SHEET_STREAMS ? stream->protocol : "",
	    part == SHEET_STREAMS ? " " : "", sheet_end_text(one, a),
	    sheet_end_text(two, b));
}

/* Of a list whose entries are the items. */
static void
grade_entry(struct grading *g, const struct grading_part *p, const void *row,
    bool *used)
{
	const struct given_row *found = find_entry(g, p, row, used);
	const char *name = entry_name(g, p->part, row), *given = NULL;
	const char *why = "not in the sheet";
	union swapped_row swapped;
	struct grade_row *out;

	if (found != NULL) {
		given = name;
		why = NULL;
	} else if (swap_ends(p->part, row, &swapped) &&
	    find_entry(g, p, &swapped, used) != NULL) {
		given = entry_name(g, p->part, &swapped);
		why = "client and server are swapped: the client is who sends "
		    "the SYN";
	}
	out = add(g, found != NULL ? GRADE_OK : GRADE_MISSED);
	if (out == NULL)
		return;
	out->item = item_name(g, p->part, name, NULL);
	out->expected = name;
	out->given = given;
	out->explanation = why;
	set_place(g, out, p, "", row);
}

static void
grade_row_of_list(struct grading *g, const struct grading_part *p,
    const void *row, bool *used)
{
	const struct given_row *found;
	union swapped_row swapped;

	if (p->exact) {
		grade_entry(g, p, row, used);
		return;
	}
	found = find_entry(g, p, row, used);
	/* Who began a conversation is not asked here. */
	if (found == NULL && p->part == SHEET_STREAMS &&
	    swap_ends(p->part, row, &swapped))
		found = find_entry(g, p, &swapped, used);
	grade_items(g, p, entry_name(g, p->part, row), row, found);
}

/* The keys of an entry that tells of nothing in the captures. */
static const char *
given_name(struct grading *g, const struct grading_part *p,
    const struct given_row *answers)
{
	const struct table *table = sheet_sections[p->part].table;
	const char *name = NULL;

	for (size_t i = 0; i < KEYS_MAX && p->keys[i] != NULL; i++) {
		const char *given = answer_to(table, answers, p->keys[i]);

		given = given == NULL ? "-" : given;
		name = name == NULL ? sheet_text(&g->grade->texts, given) :
		    sheet_printf(&g->grade->texts, "%s %s", name, given);
	}
	return name;
}

/* Is it the port of a client? */
static bool
is_port_of_client(const struct grading *g, const char *given)
{
	const struct sheet_socket *s;
	uint64_t port;

	if (given == NULL || !grade_number(given, &port))
		return false;
	for (size_t i = 0; (s = sheet_row(g->right, SHEET_SOCKETS, i)) != NULL;
	    i++)
		if (s->client.port == port)
			return true;
	return false;
}

/* Was a capture taken at that host? */
static bool
was_watched(const struct grading *g, const struct table_ip *ip)
{
	const struct sheet_capture *c;

	for (size_t i = 0; (c = sheet_row(g->right, SHEET_CAPTURES, i)) !=
	    NULL; i++)
		if (sheet_ip_equal(&c->host, ip))
			return true;
	return false;
}

static const struct table_ip *
server_of(const struct grading *g)
{
	static const struct table_ip none;
	const struct sheet_host *h;

	for (size_t i = 0; (h = sheet_row(g->right, SHEET_HOSTS, i)) != NULL;
	    i++)
		if (strcmp(h->role, "server") == 0)
			return &h->ip;
	return &none;
}

/*
 * Would the captures show it, were the entry right?  A connection is in those
 * of its two hosts; one between others may have been, unseen.
 */
static bool
would_show(const struct grading *g, const struct grading_part *p,
    const struct given_row *answers)
{
	const struct table *table = sheet_sections[p->part].table;
	const struct table_ip *ip;
	const void *row;

	if (sheet_row(g->right, p->part, 0) == NULL)
		return false;
	for (size_t i = 0; (row = sheet_row(g->right, p->part, i)) != NULL;
	    i++)
		if (tells(p, row, answers))
			return true;	/* a second time */
	if ((g->right->cut >> p->part & 1) != 0)
		return false;
	if (!p->exact)
		return true;
	for (size_t i = 0; i < KEYS_MAX && p->keys[i] != NULL; i++) {
		int k = table_find(table, p->keys[i]);

		if (table->columns[k].type != COLUMN_IP)
			continue;
		ip = answers->cells[k] == NULL ? server_of(g) :
		    &answers->hosts[k];
		if (ip->version == 0 || was_watched(g, ip))
			return true;
	}
	return p->part == SHEET_LISTENING && is_port_of_client(g,
	    answer_to(table, answers, "server_port"));
}

static void
grade_extra(struct grading *g, const struct grading_part *p,
    const struct given_row *answers)
{
	const struct table *table = sheet_sections[p->part].table;
	bool seen = would_show(g, p, answers);
	struct grade_row *out = add(g, seen ? GRADE_MISSED : GRADE_NOT_SEEN);

	if (out == NULL)
		return;
	out->given = given_name(g, p, answers);
	out->item = item_name(g, p->part, out->given, NULL);
	if (!seen)
		return;
	out->explanation = p->part == SHEET_LISTENING && is_port_of_client(g,
	    answer_to(table, answers, "server_port")) ? "that is a client's "
	    "port: its system has chosen it for one connection" :
	    "nothing in the captures is so, or it is in the sheet twice";
}

static void
grade_list(struct grading *g, const struct grading_part *p)
{
	const struct given_rows *entries = &g->given->parts[p->part];
	bool used[SHEET_ENTRIES_MAX] = { false };
	const void *row;

	for (size_t i = 0; (row = sheet_row(g->right, p->part, i)) != NULL;
	    i++)
		grade_row_of_list(g, p, row, used);
	for (size_t i = 0; i < entries->count; i++)
		if (!used[i])
			grade_extra(g, p, &entries->rows[i]);
}

/* What hosts the student means; once, for they are compared often. */
static void
find_hosts(struct given *given, const struct grade_hosts *hosts)
{
	for (size_t p = 0; p < SHEET_PARTS; p++) {
		const struct table *table = sheet_sections[p].table;
		struct given_rows *rows = &given->parts[p];

		for (size_t i = 0; i < rows->count; i++)
			for (size_t k = 0; k < table->column_count; k++)
				if (table->columns[k].type == COLUMN_IP &&
				    rows->rows[i].cells[k] != NULL)
					hosts->find(hosts->context,
					    rows->rows[i].cells[k],
					    &rows->rows[i].hosts[k]);
	}
}

int
grade_make(struct grade *grade, const struct sheet *right,
    struct given *given, const struct grade_hosts *hosts,
    struct errbuf *err)
{
	struct grading g = { right, given, grade };

	*grade = (struct grade){ 0 };
	find_hosts(given, hosts);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct grading_part *p = &parts[i];

		if (sheet_is_hidden(right, p->part))
			continue;
		if (sheet_sections[p->part].list)
			grade_list(&g, p);
		else
			grade_items(&g, p, NULL, sheet_row(right, p->part, 0),
			    given->parts[p->part].rows);
	}
	if (!grade->texts.no_memory)
		return 0;
	errbuf_set(err, "out of memory");
	return -1;
}
