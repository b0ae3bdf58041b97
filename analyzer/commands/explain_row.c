/*
 * The input is read twice: for the row, so that its value comes first and the
 * frames of its handshake are known, and for the packets.
 */
#include "analyzer/commands/explain_row.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "analyzer/analyses/flows.h"
#include "analyzer/commands/evidence.h"
#include "analyzer/commands/table_output.h"
#include "analyzer/commands/views.h"
#include "analyzer/report/rows.h"
#include "base/parse.h"

/* A packet that stands behind the number. */
struct evidence_row {
	const char *file;
	uint64_t frame;
	struct table_time time;
	struct table_ip src, dst;
	uint64_t src_port, dst_port;
	const char *flags;
	uint64_t seq, ack, payload_len;
	const char *what, *reason;
	int128 value;
};

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct evidence_row, field), unit, meaning }
#define SEQUENCE(name, field, meaning) \
	{ name, COLUMN_U64, offsetof(struct evidence_row, field), "", \
	    meaning, NULL, 10 }

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("frame", COLUMN_U64, frame, "", "number of the record in its capture, from 1"),
	COLUMN("time", COLUMN_TIME, time, "s", "time since 1970-01-01 UTC"),
	COLUMN("src_ip", COLUMN_IP, src, "", "source address"),
	COLUMN("src_port", COLUMN_U64, src_port, "", "source port"),
	COLUMN("dst_ip", COLUMN_IP, dst, "", "destination address"),
	COLUMN("dst_port", COLUMN_U64, dst_port, "", "destination port"),
	COLUMN("flags", COLUMN_TEXT, flags, "", "TCP flags"),
	SEQUENCE("seq", seq, "TCP sequence number as sent"),
	SEQUENCE("ack", ack, "TCP acknowledgement number as sent"),
	COLUMN("payload_len", COLUMN_U64, payload_len, "bytes", "transport payload"),
	COLUMN("what", COLUMN_STRING, what, "", "what the segment was found to be, and options"),
	COLUMN("reason", COLUMN_TEXT, reason, "", "why: a word of the table in pcapstat-tcp(1)"),
	COLUMN("value", COLUMN_DECIMAL, value, "", "what the packet adds to the number: a count, bytes, or seconds"),
};

static const struct table evidence_table = {
	"evidence", "a packet behind the number", columns,
	sizeof(columns) / sizeof(columns[0]),
	"frame,time,src_ip,flags,seq,payload_len,value,reason,what",
};

enum { VALUE_BYTES = 512 };

struct explaining {
	const struct options *options;
	struct question question;	/* the table that has the row */
	const char *column_name;
	int column;
	uint64_t number;		/* of the row */
	uint64_t rows;			/* with that number: parts of a flow */
	char value[VALUE_BYTES];	/* of the first of them */
	struct evidence evidence;
	struct table_writer *writer;
	uint64_t packets;		/* written */
};

/* The cell as in CSV, cut where it is longer than anyone reads. */
static void
keep_value(struct explaining *x, const void *row)
{
	const struct column *c =
	    &question_table(x->question)->columns[x->column];
	const void *cell = cell_at(row, c->offset);
	struct text_clock clock;
	char *end;

	if (column_is_text(c->type)) {
		const char *text = cell_string(cell);

		snprintf(x->value, sizeof(x->value), "%s",
		    text == NULL ? "" : text);
		return;
	}
	text_clock_init(&clock);
	end = cell_put(x->value, c->type, cell, &clock);
	*end = '\0';
}

static int
take_connection(void *context, size_t view, const void *row,
    struct errbuf *err)
{
	struct explaining *x = context;
	const struct tcp_row *r = row;

	(void)view;
	(void)err;
	if (r->connection != x->number || x->rows++ > 0)
		return 0;
	keep_value(x, row);
	x->evidence.client = r->sides[TCP_ROW_CLIENT].ip;
	x->evidence.client_port = r->sides[TCP_ROW_CLIENT].port;
	x->evidence.syn_frame = r->syn_frame;
	x->evidence.synack_frame = r->synack_frame;
	x->evidence.ack_frame = r->ack_frame;
	x->evidence.syn_seq = r->syn_seq;
	x->evidence.synack_seq = r->synack_seq;
	x->evidence.ack_seq = r->ack_seq;
	return 0;
}

static int
take_flow(void *context, size_t view, const void *row, struct errbuf *err)
{
	struct explaining *x = context;
	const struct flow_row *r = row;

	(void)view;
	(void)err;
	if (r->flow == x->number && x->rows++ == 0)
		keep_value(x, row);
	return 0;
}

static void
fill(struct evidence_row *out, const struct explaining *x,
    const struct exchange_row *row, int128 value, char *what, size_t room)
{
	const int128 one = (int128)1000000000000;
	const char *verdict = row->verdict == NULL ? "" : row->verdict;
	const char *options = row->options == NULL ? "" : row->options;

	snprintf(what, room, "%s%s%s", verdict,
	    verdict[0] != '\0' && options[0] != '\0' ? "; " : "", options);
	*out = (struct evidence_row){
		.file = row->file, .frame = row->number, .time = row->time,
		.src = row->src, .dst = row->dst,
		.src_port = row->src_port, .dst_port = row->dst_port,
		.flags = row->flags, .seq = row->seq, .ack = row->ack,
		.payload_len = row->payload_len,
		.what = what[0] == '\0' ? NULL : what, .reason = row->reason,
		.value = value == TABLE_NO_PS ||
		    evidence_is_time(&x->evidence) ? value : value * one,
	};
}

static int
take_packet(void *context, size_t view, const void *data, struct errbuf *err)
{
	struct explaining *x = context;
	const struct exchange_row *row = data;
	char what[EXCHANGE_VERDICT_BYTES + EXCHANGE_OPTIONS_BYTES];
	struct evidence_row out;
	int128 value;

	(void)view;
	if ((x->evidence.is_tcp ? row->connection : row->flow) != x->number ||
	    !evidence_has(&x->evidence, row, &value))
		return 0;
	fill(&out, x, row, value, what, sizeof(what));
	x->packets++;
	return x->writer->row(x->writer, &out, err);
}

/* What can be read once only has no second time. */
static int
check_inputs(const struct views *v, struct errbuf *err)
{
	for (size_t i = 0; i < v->inputs.count; i++) {
		const char *path = v->inputs.list[i].path;
		struct stat st;

		if (strcmp(path, "-") != 0 && (stat(path, &st) == -1 ||
		    S_ISREG(st.st_mode)))
			continue;
		errbuf_set(err, "%s can be read once only; what is explained "
		    "is read twice", path);
		return -1;
	}
	if (v->count <= 1)
		return 0;
	errbuf_set(err, "one INPUT is wanted, or --join: rows are numbered in "
	    "each capture");
	return -1;
}

/* For people; in other formats there are rows only. */
static void
print_head(const struct explaining *x)
{
	const struct table *t = question_table(x->question);
	const struct column *c = &t->columns[x->column];

	if (x->options->format != FORMAT_TEXT || x->options->output != NULL)
		return;
	printf("%s.%s: %s\n%s\n\n%s %llu: %s%s%s\n\n", t->name, c->name,
	    c->meaning, evidence_text(&x->evidence),
	    x->evidence.is_tcp ? "connection" : "flow",
	    (unsigned long long)x->number,
	    x->value[0] == '\0' ? "undefined" : x->value,
	    c->unit[0] == '\0' ? "" : " ", c->unit);
	if (x->rows > 1)
		printf("The first of %llu parts; the packets are those of "
		    "all.\n\n", (unsigned long long)x->rows);
	fflush(stdout);
}

static int
write_packets(struct explaining *x, struct views *v,
    const volatile sig_atomic_t *stop)
{
	const struct views_table packets = { "exchange", take_packet, x };
	struct table_output output;
	struct errbuf err;
	bool usage;
	int status;

	if (table_output_open(&output, x->options, &evidence_table, NULL,
	    &usage, &err) == -1) {
		run_complain(err.text);
		return -1;
	}
	print_head(x);
	x->writer = table_output_rows(&output, &err);
	if (x->writer == NULL) {
		run_complain(err.text);
		table_output_close(&output, false, &err);
		return -1;
	}
	status = views_run(v, &packets, 1, stop);
	if (x->writer->close(x->writer, status == 0, &err) == -1 && status == 0) {
		run_complain(err.text);
		status = -1;
	}
	if (table_output_close(&output, status == 0, &err) == -1) {
		run_complain(err.text);
		status = -1;
	}
	return status;
}

static int
run_twice(struct explaining *x, struct views *v,
    const volatile sig_atomic_t *stop)
{
	const struct views_table row = { question_table(x->question)->name,
	    x->evidence.is_tcp ? take_connection : take_flow, x };
	int status = views_run(v, &row, 1, stop);

	if (status == 0 && x->rows == 0) {
		run_tell("there is no row %llu in table %s",
		    (unsigned long long)x->number, row.name);
		status = -1;
	} else if (status == 0) {
		status = write_packets(x, v, stop);
	}
	return status;
}

/* TABLE ROW COLUMN. */
static int
read_words(struct explaining *x, const struct options *o, struct errbuf *err)
{
	const char *table = o->inputs[0];
	const struct table *t;

	if ((strcmp(table, "tcp") != 0 && strcmp(table, "flows") != 0) ||
	    question_find(table, &x->question) == -1) {
		errbuf_set(err, "%s: rows of tcp and flows can be explained",
		    table);
		return -1;
	}
	if (parse_u64(o->inputs[1], 1, UINT64_MAX - 1, &x->number, err) == -1)
		return -1;
	t = question_table(x->question);
	x->column = table_find(t, o->inputs[2]);
	if (x->column == -1) {
		errbuf_set(err, "no column \"%s\" in table %s; the nearest is "
		    "\"%s\"", o->inputs[2], table,
		    table_nearest(t, o->inputs[2]));
		return -1;
	}
	evidence_init(&x->evidence, table, o->inputs[2]);
	return 0;
}

int
explain_row(const struct command *command, const struct options *options,
    const volatile sig_atomic_t *stop)
{
	struct options rest = *options;
	struct explaining x = { .options = &rest };
	struct views views;
	struct errbuf err;
	int status;

	if (read_words(&x, options, &err) == -1)
		return run_usage(command, err.text);
	rest.inputs += 3;
	rest.input_count -= 3;
	status = views_open(&views, command, &rest);
	if (status != -1)
		return status;
	if (check_inputs(&views, &err) == -1 ||
	    run_check_output(&rest, &views.inputs, &err) == -1) {
		inputs_reset(&views.inputs);
		return run_usage(command, err.text);
	}
	status = run_twice(&x, &views, stop);
	return views_close(&views, status == -1);
}
