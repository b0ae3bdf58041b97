#include "analyzer/analyses/answers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/answers_internal.h"
#include "base/bytes.h"
#include "base/text.h"

/* RFC 768, and RFC 791 for what remains of 65535 bytes over IPv4. */
static const struct sheet_udp udp_facts = {
	.fields = 4,
	.field_bytes = 2,
	.header_bytes = 8,
	.max_payload_bytes = 65535 - 8,
	.max_payload_ipv4_bytes = 65535 - 20 - 8,
	.min_port = 0,
	.max_port = 65535,
	.protocol_number = 17,
};

static const char *
file_of(struct answers *a, size_t view)
{
	return sheet_text(a->sheet, a->views[view].file);
}

static void
add_captures(struct answers *a)
{
	for (size_t v = 0; v < a->n; v++) {
		const struct answers_notes *notes = &a->views[v];
		struct sheet_capture *c = sheet_add(a->sheet, SHEET_CAPTURES);

		if (c == NULL)
			return;
		c->file = file_of(a, v);
		c->host = a->places[v];
		c->packets = notes->packets;
		c->connections = notes->connection_count;
		if (notes->left_out > 0)
			sheet_note(a->sheet, "%s: %" PRIu64 " conversations "
			    "are too many to be looked at here", notes->file,
			    notes->left_out);
	}
}

static void
add_host(struct answers *a, const char *role, const struct table_ip *ip)
{
	struct sheet_host *h = sheet_add(a->sheet, SHEET_HOSTS);

	if (h == NULL)
		return;
	h->role = role;
	h->ip = *ip;
	h->name = answers_name_of(a, ip);
}

static void
add_hosts(struct answers *a)
{
	if (a->has_server)
		add_host(a, "server", &a->server);
	for (size_t i = 0; i < a->client_count; i++)
		add_host(a, "client", &a->clients[i]);
	for (size_t i = 0; i < a->peer_count; i++)
		add_host(a, "peer", &a->peers[i]);
}

/* Of the first client that has one, as the clients were named. */
static const struct answers_merged *
first_connection(const struct answers *a)
{
	for (size_t i = 0; i < a->merged_count && a->client_count > 0; i++)
		if (sheet_ip_equal(&answers_of(&a->merged[i])->client.ip,
		    &a->clients[0]))
			return &a->merged[i];
	return NULL;
}

static bool
is_of_clients(const struct answers *a, const struct answers_merged *m)
{
	return answers_is_among(&answers_of(m)->client.ip, a->clients,
	    a->client_count);
}

static void
add_handshake(struct answers *a)
{
	const struct answers_merged *m = first_connection(a);
	struct sheet_handshake *h;

	if (m == NULL)
		return;
	h = sheet_add(a->sheet, SHEET_HANDSHAKE);
	if (h == NULL)
		return;
	h->client = answers_of(m)->client;
	h->server = answers_of(m)->server;
	h->syn = answers_of(m)->syn;
	h->synack = answers_of(m)->synack;
	h->ack = answers_of(m)->ack;
	h->file = file_of(a, m->first);
}

static void
add_udp(struct answers *a)
{
	struct sheet_udp *u = sheet_add(a->sheet, SHEET_UDP);

	if (u != NULL)
		*u = udp_facts;
}

/* How well a datagram serves as the example: one between client and peer best,
 * DNS of a client last. */
static unsigned
datagram_fitness(const struct answers *a, const struct answers_datagram *d)
{
	const struct table_ip *peers = a->peer_count > 0 ? a->peers :
	    a->clients;
	size_t peer_count = a->peer_count > 0 ? a->peer_count :
	    a->client_count;
	bool from = answers_is_among(&d->src.ip, a->clients, a->client_count);
	bool to = answers_is_among(&d->dst.ip, a->clients, a->client_count);

	if ((from && answers_is_among(&d->dst.ip, peers, peer_count)) ||
	    (to && answers_is_among(&d->src.ip, peers, peer_count)))
		return 4;
	if (d->src.port == 53 || d->dst.port == 53)
		return 1;
	return from || to ? 3 : 2;
}

static void
fill_datagram(struct answers *a, const struct answers_datagram *d, size_t view)
{
	struct sheet_datagram *row = sheet_add(a->sheet, SHEET_DATAGRAM);

	if (row == NULL)
		return;
	row->src = d->src;
	row->dst = d->dst;
	row->length = d->length;
	row->checksum = sheet_text(a->sheet, d->checksum);
	row->checksum_status = d->checksum_status;
	row->payload_bytes = d->payload_bytes;
	row->preview = sheet_text(a->sheet, d->preview);
	row->file = file_of(a, view);
	row->frame = d->frame;
	row->time_ns = d->time_ns;
}

/* The best one of a view; of those that serve alike, the first. */
static const struct answers_datagram *
best_of_view(const struct answers *a, size_t view, unsigned *fitness)
{
	const struct answers_datagram *list = a->views[view].datagrams;
	const struct answers_datagram *best = NULL;

	*fitness = 0;
	for (size_t i = 0; list != NULL && i < ANSWERS_DATAGRAMS_MAX; i++) {
		unsigned fits = list[i].src.ip.version == 0 ? 0 :
		    datagram_fitness(a, &list[i]);

		if (fits > *fitness || (best != NULL && fits == *fitness &&
		    list[i].frame < best->frame)) {
			best = &list[i];
			*fitness = fits;
		}
	}
	return best;
}

static void
add_datagram(struct answers *a)
{
	const struct answers_datagram *best = NULL;
	unsigned best_fitness = 0;
	size_t view = 0;

	for (size_t v = 0; v < a->n; v++) {
		unsigned fitness;
		const struct answers_datagram *d = best_of_view(a, v,
		    &fitness);

		if (fitness > best_fitness) {
			best = d;
			best_fitness = fitness;
			view = v;
		}
	}
	if (best != NULL)
		fill_datagram(a, best, view);
}

/* The last answer before the SYN that gave the server's address to the client,
 * as one view shows it; NULL without one. */
static const struct answers_name *
find_answer(const struct answers *a, const struct answers_merged *m,
    size_t view)
{
	const struct answers_connection *c = m->seen[view];
	const struct answers_name *found = NULL;
	int64_t first_ns = c == NULL ? TABLE_NO_I64 : answers_first(c).time_ns;

	for (size_t i = 0; first_ns != TABLE_NO_I64 &&
	    i < a->views[view].name_count; i++) {
		const struct answers_name *n = &a->views[view].names[i];

		if (sheet_ip_equal(&n->client, &c->client.ip) &&
		    sheet_ip_equal(&n->address, &c->server.ip) &&
		    n->time_ns != TABLE_NO_I64 && n->time_ns <= first_ns &&
		    (found == NULL || n->time_ns >= found->time_ns))
			found = n;
	}
	return found;
}

static void
add_dns_of(struct answers *a, const struct answers_merged *m)
{
	struct sheet_dns *row = sheet_add(a->sheet, SHEET_DNS);

	if (row == NULL)
		return;
	row->client = answers_of(m)->client;
	row->server = answers_of(m)->server;
	for (size_t v = 0; v < a->n; v++) {
		const struct answers_name *n = find_answer(a, m, v);

		if (n == NULL)
			continue;
		row->question = sheet_text(a->sheet, n->name);
		row->type = n->type;
		row->answer = n->address;
		row->file = file_of(a, v);
		row->question_frame = n->question_frame;
		row->answer_frame = n->answer_frame;
		row->before = ((int128)answers_first(m->seen[v]).time_ns -
		    n->time_ns) * 1000;
		return;
	}
}

static void
add_socket(struct answers *a, const struct answers_merged *m)
{
	const struct answers_connection *c = answers_of(m);
	struct sheet_socket *row = sheet_add(a->sheet, SHEET_SOCKETS);

	if (row == NULL)
		return;
	row->client = c->client;
	row->server = c->server;
	row->syn_seq = c->syn.seq;
	row->synack_seq = c->synack.seq;
	row->close = c->close;
	row->file = file_of(a, m->first);
	row->syn_frame = c->syn.frame;
	row->opened_ns = answers_was_open(c) ? answers_opened(c).time_ns :
	    TABLE_NO_I64;
	row->closed_ns = answers_closed(c).time_ns;
}

static void
add_connections(struct answers *a)
{
	for (size_t i = 0; i < a->merged_count; i++)
		if (is_of_clients(a, &a->merged[i])) {
			add_dns_of(a, &a->merged[i]);
			add_socket(a, &a->merged[i]);
		}
}

/* Ports from which a SYN-ACK came, each once, smallest first. */
static int
by_port(const void *left, const void *right)
{
	const struct sheet_listening *a = left, *b = right;

	return (a->server.port > b->server.port) -
	    (a->server.port < b->server.port);
}

static void
count_port(struct answers *a, const struct answers_connection *c)
{
	struct sheet_rows *rows = &a->sheet->parts[SHEET_LISTENING];
	struct sheet_listening *list = (void *)rows->data, *row;

	for (size_t i = 0; i < rows->count; i++)
		if (list[i].server.port == c->server.port) {
			list[i].connections++;
			return;
		}
	row = sheet_add(a->sheet, SHEET_LISTENING);
	if (row == NULL)
		return;
	row->server = c->server;
	row->connections = 1;
}

static void
add_listening(struct answers *a)
{
	struct sheet_rows *rows = &a->sheet->parts[SHEET_LISTENING];

	for (size_t i = 0; i < a->merged_count; i++)
		if (answers_of(&a->merged[i])->synack.frame != TABLE_NO_U64 ||
		    answers_was_open(answers_of(&a->merged[i])))
			count_port(a, answers_of(&a->merged[i]));
	if (rows->count > 1)
		qsort(rows->data, rows->count, sizeof(struct sheet_listening),
		    by_port);
}

/* A word for a shell: as it is, or in single quotes. */
static int
append_word(struct bytes *line, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:+@%=-";
	int status = bytes_append(line, " ", 1);

	if (word[0] != '\0' && strspn(word, plain) == strlen(word))
		return status | bytes_append(line, word, strlen(word));
	status |= bytes_append(line, "'", 1);
	for (; *word != '\0'; word++)
		status |= *word == '\'' ? bytes_append(line, "'\\''", 4) :
		    bytes_append(line, word, 1);
	return status | bytes_append(line, "'", 1);
}

/* A file whose name begins as an option does, seen from its folder. */
static int
append_file(struct answers *a, struct bytes *line, const char *file)
{
	bool looks_so = file[0] == '-' && file[1] != '\0';
	const char *word = looks_so ? sheet_printf(a->sheet, "./%s", file) :
	    file;

	return word == NULL ? -1 : append_word(line, word);
}

static int
append_name(struct answers *a, struct bytes *line,
    const struct sheet_host *host)
{
	char ip[TEXT_IP_BYTES + 1];
	const char *word;

	if (host->name == NULL)
		return 0;
	*text_ip(ip, &host->ip) = '\0';
	word = sheet_printf(a->sheet, "%s=%s", ip, host->name);
	return word == NULL ? -1 : bytes_append(line, " --name", 7) |
	    append_word(line, word);
}

/* The hosts are called as in the sheet. */
static int
make_command(struct answers *a, struct bytes *line)
{
	static const char command[] = "pcapstat ladder --all";
	const struct sheet_host *host;
	int status = bytes_append(line, command, strlen(command));

	for (size_t i = 0; (host = sheet_row(a->sheet, SHEET_HOSTS, i)) !=
	    NULL; i++)
		status |= append_name(a, line, host);
	for (size_t v = 0; v < a->n; v++)
		status |= append_file(a, line, a->views[v].file);
	return status | bytes_append(line, "", 1);
}

static void
add_diagram(struct answers *a)
{
	struct sheet_diagram *row = sheet_add(a->sheet, SHEET_DIAGRAM);
	struct bytes line = { 0 };

	if (row == NULL)
		return;
	row->packets = 0;
	for (size_t v = 0; v < a->n; v++)
		row->packets += a->views[v].packets;
	if (make_command(a, &line) == 0)
		row->command = sheet_text(a->sheet, (const char *)line.data);
	else
		a->sheet->no_memory = true;
	bytes_reset(&line);
}

static void
note_doubts(struct answers *a)
{
	if (!a->has_server)
		sheet_note(a->sheet, "no connection was accepted in these "
		    "captures: what is asked of TCP is not in them");
	else if (a->client_count == 0)
		sheet_note(a->sheet, "nobody connects to the server in these "
		    "captures");
	else if (first_connection(a) == NULL)
		sheet_note(a->sheet, "no connection of the first client to "
		    "the server is in these captures");
}

static void
fill(struct answers *a)
{
	add_captures(a);
	add_hosts(a);
	note_doubts(a);
	add_handshake(a);
	add_udp(a);
	add_datagram(a);
	add_connections(a);
	add_listening(a);
	answers_concurrent(a);
	answers_streams(a);
	add_diagram(a);
	sheet_complete(a->sheet);
}

int
answers_make(struct sheet *sheet, const struct answers_notes *views, size_t n,
    const struct answers_question *question, struct errbuf *err)
{
	struct answers a = { .sheet = sheet, .views = views, .n = n,
	    .question = question };
	int status;

	*sheet = (struct sheet){ 0 };
	answers_places(&a);
	status = answers_server(&a, err);
	if (status == 0)
		status = answers_merge(&a, err);
	if (status == 0)
		status = answers_people(&a, err);
	if (status == 0)
		fill(&a);
	if (status == 0 && sheet->no_memory) {
		errbuf_set(err, "out of memory");
		status = -1;
	}
	free(a.clients);
	free(a.peers);
	free(a.merged);
	return status;
}
