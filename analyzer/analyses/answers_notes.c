#include "analyzer/analyses/answers_notes.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/tracker/tcp_segment.h"
#include "base/memory.h"

/* A DNS answer is looked for among this many questions before it. */
enum { QUESTIONS_WAITING = 64, TYPES_KNOWN = 2, SLOTS_TRIED = 16 };

/* Only questions for addresses lead to connections. */
static const char *const types[TYPES_KNOWN] = { "A", "AAAA" };

static int
no_memory(struct errbuf *err)
{
	errbuf_set(err, "out of memory");
	return -1;
}

void
answers_notes_init(struct answers_notes *notes, const char *file)
{
	*notes = (struct answers_notes){ .file = file };
}

void
answers_notes_reset(struct answers_notes *notes)
{
	for (size_t i = 0; notes->datagrams != NULL &&
	    i < ANSWERS_DATAGRAMS_MAX; i++) {
		free(notes->datagrams[i].checksum);
		free(notes->datagrams[i].preview);
	}
	for (size_t i = 0; i < notes->name_count; i++)
		free(notes->names[i].name);
	free(notes->flows);
	free(notes->names);
	free(notes->connections);
	free(notes->datagrams);
	*notes = (struct answers_notes){ .file = notes->file };
}

static const struct sheet_end no_end = { { .version = 0 }, TABLE_NO_U64 };

#define NO_SEGMENT	{ TABLE_NO_U64, TABLE_NO_I64, TABLE_NO_U64, \
			    TABLE_NO_U64 }
#define NO_MOMENT	{ TABLE_NO_I64, TABLE_NO_U64 }

struct answers_connection *
answers_notes_find(struct answers_notes *notes, uint64_t number, bool *failed)
{
	static const struct answers_connection none = {
		.syn = NO_SEGMENT, .synack = NO_SEGMENT, .ack = NO_SEGMENT,
		.rst = NO_MOMENT, .fin = { NO_MOMENT, NO_MOMENT },
	};

	struct answers_connection *grown;

	*failed = false;
	if (number == 0 || number > ANSWERS_CONNECTIONS_MAX)
		return NULL;
	grown = memory_grow(notes->connections, &notes->connection_room,
	    number, sizeof(*grown));
	*failed = grown == NULL;
	if (*failed)
		return NULL;
	notes->connections = grown;
	while (notes->connection_count < number) {
		struct answers_connection *c =
		    &notes->connections[notes->connection_count++];

		*c = none;
		c->client = c->server = no_end;
	}
	return &notes->connections[number - 1];
}

static struct answers_flow *
find_flow(struct answers_notes *notes, uint64_t number, bool *failed)
{
	struct answers_flow *grown;

	*failed = false;
	if (number == 0 || number > ANSWERS_FLOWS_MAX)
		return NULL;
	grown = memory_grow(notes->flows, &notes->flow_room, number,
	    sizeof(*grown));
	*failed = grown == NULL;
	if (*failed)
		return NULL;
	notes->flows = grown;
	while (notes->flow_count < number)
		notes->flows[notes->flow_count++] = (struct answers_flow){
		    .a = no_end, .b = no_end };
	return &notes->flows[number - 1];
}

static void
note_first(struct answers_moment *first, const struct answers_moment *now)
{
	if (first->frame == TABLE_NO_U64)
		*first = *now;
}

/* When it was closed is in no row but in its packets. */
static int
note_segment(struct answers_notes *notes, const struct exchange_row *row,
    struct errbuf *err)
{
	bool failed, from_server = row->sender != NULL &&
	    strcmp(row->sender, "server") == 0;
	const struct answers_moment now = { row->time.ns, row->number };
	struct answers_connection *c = answers_notes_find(notes,
	    row->connection, &failed);

	if (c == NULL)
		return failed ? no_memory(err) : 0;
	if (c->early_count < ANSWERS_EARLY)
		c->early[c->early_count++] = now;
	if ((row->flag_bits & TCP_RST) != 0)
		note_first(&c->rst, &now);
	if ((row->flag_bits & TCP_FIN) != 0)
		note_first(&c->fin[from_server], &now);
	return 0;
}

/* A new entry of the DNS names; NULL: too many, or (*failed) no memory. */
static struct answers_name *
add_name(struct answers_notes *notes, const char *name, size_t len,
    bool *failed)
{
	struct answers_name *grown;
	char *copy;

	*failed = false;
	if (notes->name_count == ANSWERS_NAMES_MAX) {
		notes->left_out++;
		return NULL;
	}
	copy = strndup(name, len);
	grown = memory_grow(notes->names, &notes->name_room,
	    notes->name_count + 1, sizeof(*grown));
	if (grown != NULL)
		notes->names = grown;
	*failed = copy == NULL || grown == NULL;
	if (*failed) {
		free(copy);
		return NULL;
	}
	notes->names[notes->name_count] = (struct answers_name){
		.name = copy, .question_frame = TABLE_NO_U64,
		.answer_frame = TABLE_NO_U64, .time_ns = TABLE_NO_I64 };
	return &notes->names[notes->name_count++];
}

/* What the text of a DNS message says of its question: see dns_describe(). */
struct question {
	const char *type;	/* constant */
	const char *name;
	size_t len;
	const char *rest;	/* behind it, at its answers */
};

/* " TYPE NAME" or " TYPE NAME: ANSWERS"; no word has a space in it. */
static bool
read_question(const char *text, struct question *q)
{
	for (size_t i = 0; i < TYPES_KNOWN; i++) {
		size_t len = strlen(types[i]);

		if (text[0] != ' ' || strncmp(text + 1, types[i], len) != 0 ||
		    text[1 + len] != ' ')
			continue;
		q->type = types[i];
		q->name = text + 1 + len + 1;
		q->len = strcspn(q->name, " ");
		q->rest = q->name + q->len;
		if (*q->rest == ' ' && q->len > 0 &&
		    q->name[q->len - 1] == ':')
			q->len--;
		return q->len > 0;
	}
	return false;
}

static int
note_question(struct answers_notes *notes, const struct exchange_row *row,
    const struct question *q, struct errbuf *err)
{
	bool failed;
	struct answers_name *n = add_name(notes, q->name, q->len, &failed);

	if (n == NULL)
		return failed ? no_memory(err) : 0;
	n->type = q->type;
	n->client = row->src;
	n->question_frame = row->number;
	return 0;
}

/* The last question that this answers; NULL without one. */
static struct answers_name *
find_question(struct answers_notes *notes, const struct exchange_row *row,
    const struct question *q)
{
	size_t i = notes->name_count;

	for (size_t k = 0; k < QUESTIONS_WAITING && i-- > 0; k++) {
		struct answers_name *n = &notes->names[i];

		if (n->answer_frame == TABLE_NO_U64 && n->type == q->type &&
		    sheet_ip_equal(&n->client, &row->dst) &&
		    strncasecmp(n->name, q->name, q->len) == 0 &&
		    n->name[q->len] == '\0')
			return n;
	}
	return NULL;
}

/* The address that a word of the answers is; they have a comma between them. */
static bool
read_address(const char *word, size_t len, struct table_ip *ip)
{
	char text[INET6_ADDRSTRLEN];

	if (len > 0 && word[len - 1] == ',')
		len--;
	if (len >= sizeof(text))
		return false;
	memcpy(text, word, len);
	text[len] = '\0';
	*ip = (struct table_ip){ .version = 4 };
	if (inet_pton(AF_INET, text, ip->bytes) == 1)
		return true;
	*ip = (struct table_ip){ .version = 6 };
	return inet_pton(AF_INET6, text, ip->bytes) == 1;
}

/* The entry for one more address of an answer: that of its question (`at`, once
 * only), else a new one.  NULL: too many, or (*failed) no memory. */
static struct answers_name *
next_entry(struct answers_notes *notes, const struct question *q,
    struct answers_name **at, bool *failed)
{
	struct answers_name *n = *at;

	*failed = false;
	*at = NULL;
	return n != NULL ? n : add_name(notes, q->name, q->len, failed);
}

static int
note_answer(struct answers_notes *notes, const struct exchange_row *row,
    const struct question *q, struct errbuf *err)
{
	struct answers_name *asked = find_question(notes, row, q), *n;
	uint64_t frame = asked == NULL ? TABLE_NO_U64 : asked->question_frame;
	struct table_ip ip;
	bool failed;

	for (const char *at = q->rest; *at == ' ';) {
		size_t len = strcspn(++at, " ");

		if (read_address(at, len, &ip)) {
			n = next_entry(notes, q, &asked, &failed);
			if (n == NULL)
				return failed ? no_memory(err) : 0;
			n->type = q->type;
			n->client = row->dst;
			n->address = ip;
			n->question_frame = frame;
			n->answer_frame = row->number;
			n->time_ns = row->time.ns;
		}
		at += len;
	}
	return 0;
}

static int
note_dns(struct answers_notes *notes, const struct exchange_row *row,
    struct errbuf *err)
{
	static const char query[] = "query", answer[] = "answer";
	struct question q;

	if (strncmp(row->info, query, strlen(query)) == 0 &&
	    read_question(row->info + strlen(query), &q))
		return note_question(notes, row, &q, err);
	if (strncmp(row->info, answer, strlen(answer)) == 0 &&
	    read_question(row->info + strlen(answer), &q))
		return note_answer(notes, row, &q, err);
	return 0;
}

int
answers_notes_packet(struct answers_notes *notes,
    const struct exchange_row *row, struct errbuf *err)
{
	bool is_udp = row->protocol != NULL &&
	    strcmp(row->protocol, "udp") == 0;

	notes->packets++;
	place_hosts_add(&notes->hosts, &row->src, &row->dst);
	if (row->connection != TABLE_NO_U64 &&
	    note_segment(notes, row, err) == -1)
		return -1;
	return is_udp && row->info != NULL ? note_dns(notes, row, err) : 0;
}

static void
set_segment(struct sheet_segment *segment, const struct answers_connection *c,
    uint64_t frame, uint64_t seq, uint64_t ack)
{
	*segment = (struct sheet_segment){ frame, TABLE_NO_I64, seq, ack };
	for (size_t i = 0; frame != TABLE_NO_U64 && i < c->early_count; i++)
		if (c->early[i].frame == frame)
			segment->time_ns = c->early[i].time_ns;
}

int
answers_notes_connection(struct answers_notes *notes,
    const struct tcp_row *row, struct errbuf *err)
{
	const struct tcp_row_side *sides = row->sides;
	bool failed;
	struct answers_connection *c = answers_notes_find(notes,
	    row->connection, &failed);

	if (c == NULL) {
		notes->left_out++;
		return failed ? no_memory(err) : 0;
	}
	c->client = (struct sheet_end){ sides[TCP_ROW_CLIENT].ip,
	    sides[TCP_ROW_CLIENT].port };
	c->server = (struct sheet_end){ sides[TCP_ROW_SERVER].ip,
	    sides[TCP_ROW_SERVER].port };
	set_segment(&c->syn, c, row->syn_frame, row->syn_seq, TABLE_NO_U64);
	set_segment(&c->synack, c, row->synack_frame, row->synack_seq,
	    row->synack_ack);
	set_segment(&c->ack, c, row->ack_frame, row->ack_seq, row->ack_ack);
	c->close = row->close;
	return 0;
}

int
answers_notes_flow(struct answers_notes *notes, const struct flow_row *row,
    struct errbuf *err)
{
	const struct flow_row_side *a = &row->sides[FLOW_A],
	    *b = &row->sides[FLOW_B];
	bool is_tcp = row->connection != TABLE_NO_U64, failed;
	struct answers_flow *f;

	if (!is_tcp && (row->protocol == NULL ||
	    strcmp(row->protocol, "udp") != 0))
		return 0;
	f = find_flow(notes, row->flow, &failed);
	if (f == NULL) {
		notes->left_out++;
		return failed ? no_memory(err) : 0;
	}
	f->protocol = is_tcp ? "tcp" : "udp";
	f->a = (struct sheet_end){ a->ip, a->port };
	f->b = (struct sheet_end){ b->ip, b->port };
	f->has_payload = (a->payload_bytes != TABLE_NO_U64 &&
	    a->payload_bytes > 0) || (b->payload_bytes != TABLE_NO_U64 &&
	    b->payload_bytes > 0);
	f->clear_text = row->application_clear;
	f->a_clear_text = a->clear_text;
	f->b_clear_text = b->clear_text;
	f->application = row->application;
	return 0;
}

/* FNV-1a; who makes captures that collide gets no example of all their
 * datagrams. */
static size_t
slot_of(const struct sheet_end *src, const struct sheet_end *dst)
{
	const struct sheet_end *ends[] = { src, dst };
	uint32_t hash = 2166136261;

	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < sizeof(ends[i]->ip.bytes); k++)
			hash = (hash ^ ends[i]->ip.bytes[k]) * 16777619;
		hash = (hash ^ (uint32_t)ends[i]->port) * 16777619;
	}
	return hash % ANSWERS_DATAGRAMS_MAX;
}

/* Where the datagram goes; NULL where it is not the first of its kind, or there
 * is no room. */
static struct answers_datagram *
find_slot(struct answers_notes *notes, const struct sheet_end *src,
    const struct sheet_end *dst)
{
	size_t at = slot_of(src, dst);

	for (unsigned i = 0; i < SLOTS_TRIED; i++) {
		struct answers_datagram *d = &notes->datagrams[
		    (at + i) % ANSWERS_DATAGRAMS_MAX];

		if (d->src.ip.version == 0)
			return d;
		if (sheet_end_equal(&d->src, src) &&
		    sheet_end_equal(&d->dst, dst))
			return NULL;
	}
	return NULL;
}

static bool
copy_text(char **to, const char *text)
{
	*to = text == NULL ? NULL : strdup(text);
	return text == NULL || *to != NULL;
}

int
answers_notes_datagram(struct answers_notes *notes, const struct udp_row *row,
    struct errbuf *err)
{
	struct sheet_end src = { row->src_ip, row->src_port },
	    dst = { row->dst_ip, row->dst_port };
	struct answers_datagram *d;

	if (row->length == TABLE_NO_U64 || src.ip.version == 0)
		return 0;
	if (notes->datagrams == NULL)
		notes->datagrams = memory_array(ANSWERS_DATAGRAMS_MAX,
		    sizeof(*notes->datagrams));
	if (notes->datagrams == NULL)
		return no_memory(err);
	d = find_slot(notes, &src, &dst);
	if (d == NULL)
		return 0;
	*d = (struct answers_datagram){ .src = src, .dst = dst,
	    .frame = row->number, .length = row->length,
	    .payload_bytes = row->payload_len, .time_ns = row->time_ns,
	    .checksum_status = row->checksum_status };
	return copy_text(&d->checksum, row->checksum) &&
	    copy_text(&d->preview, row->payload_preview) ? 0 : no_memory(err);
}

bool
answers_is_before(const struct answers_moment *a,
    const struct answers_moment *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns :
	    a->frame < b->frame;
}

struct answers_moment
answers_first(const struct answers_connection *c)
{
	static const struct answers_moment none = NO_MOMENT;

	return c->early_count == 0 ? none : c->early[0];
}

struct answers_moment
answers_opened(const struct answers_connection *c)
{
	if (c->ack.time_ns == TABLE_NO_I64)
		return answers_first(c);
	return (struct answers_moment){ c->ack.time_ns, c->ack.frame };
}

struct answers_moment
answers_closed(const struct answers_connection *c)
{
	const struct answers_moment *first = &c->fin[0], *last = &c->fin[1];

	if (answers_is_before(last, first)) {
		first = &c->fin[1];
		last = &c->fin[0];
	}
	/* One that is not there is before all others. */
	if (first->time_ns == TABLE_NO_I64)
		return c->rst;
	return c->rst.time_ns != TABLE_NO_I64 &&
	    answers_is_before(&c->rst, last) ? c->rst : *last;
}

bool
answers_was_open(const struct answers_connection *c)
{
	return c->ack.frame != TABLE_NO_U64 || (c->syn.frame == TABLE_NO_U64 &&
	    c->synack.frame == TABLE_NO_U64 && c->client.ip.version != 0);
}
