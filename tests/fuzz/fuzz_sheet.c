/*
 * A student's answer sheet: read, and graded against one that is right.  The
 * input is the JSON.
 */
#include <arpa/inet.h>
#include <string.h>

#include "analyzer/report/grade.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

static struct table_ip
host(uint8_t n)
{
	return (struct table_ip){ { 10, 20, 30, n }, 4 };
}

static void
add_connection(struct sheet *right, uint8_t client, uint64_t port)
{
	struct sheet_socket *socket = sheet_add(right, SHEET_SOCKETS);
	struct sheet_stream *stream = sheet_add(right, SHEET_STREAMS);
	struct sheet_dns *dns = sheet_add(right, SHEET_DNS);
	const struct sheet_end server = { host(3), 5000 };

	if (socket == NULL || stream == NULL || dns == NULL)
		fuzz_fail("out of memory");
	socket->client = stream->a = dns->client =
	    (struct sheet_end){ host(client), port };
	socket->server = stream->b = dns->server = server;
	socket->syn_seq = port;
	socket->file = "chat.pcap";
	stream->protocol = "tcp";
	stream->clear_text = "yes";
	dns->question = client == 11 ? "www.ttm4200.com" : NULL;
	dns->answer = server.ip;
}

static void
add_singles(struct sheet *right)
{
	struct sheet_handshake *h = sheet_add(right, SHEET_HANDSHAKE);
	struct sheet_udp *u = sheet_add(right, SHEET_UDP);
	struct sheet_listening *l = sheet_add(right, SHEET_LISTENING);
	struct sheet_concurrent *c = sheet_add(right, SHEET_CONCURRENT);

	if (h == NULL || u == NULL || l == NULL || c == NULL)
		fuzz_fail("out of memory");
	h->client = (struct sheet_end){ host(11), 40000 };
	h->server = l->server = (struct sheet_end){ host(3), 5000 };
	h->syn = (struct sheet_segment){ 1, 0, UINT32_MAX, TABLE_NO_U64 };
	h->synack = (struct sheet_segment){ 2, 0, 7000, 0 };
	*u = (struct sheet_udp){ 4, 2, 8, 65527, 65507, 0, 65535, 17 };
	c->max_connections = 2;
	c->all_connections = 3;
}

static int
find(const void *context, const char *name, struct table_ip *out)
{
	(void)context;
	*out = (struct table_ip){ .version = 4 };
	if (inet_pton(AF_INET, name, out->bytes) == 1)
		return 0;
	out->version = 0;
	return -1;
}

/* Every byte is of a line that a terminal shows as it is. */
static int
take_text(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	const uint8_t *at = data;

	(void)sink;
	(void)err;
	while (n > 0) {
		size_t len = *at == '\n' ? 1 : utf8_printable(at, n);

		FUZZ_CHECK(len > 0);
		at += len;
		n -= len;
	}
	return 0;
}

static void
check_grade(const struct grade *grade)
{
	struct sink sink = { take_text };
	struct errbuf err;
	size_t sum = 0;

	for (size_t i = 0; i < GRADE_VERDICTS; i++)
		sum += grade->counts[i];
	FUZZ_CHECK(sum == grade->count);
	for (size_t i = 0; i < grade->count; i++) {
		const struct grade_row *row = &grade->rows[i];

		FUZZ_CHECK(row->item != NULL && row->result != NULL);
		if (row->verdict == GRADE_OK)
			FUZZ_CHECK(row->given != NULL && row->expected != NULL);
		if (row->verdict == GRADE_MISSED && row->given == NULL)
			FUZZ_CHECK(row->explanation != NULL);
	}
	FUZZ_CHECK(grade_write_text(grade, &sink, &err) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct grade_hosts hosts = { find, NULL };
	struct sheet right = { 0 };
	struct given given;
	struct grade grade = { 0 };
	struct errbuf err;

	add_singles(&right);
	add_connection(&right, 11, 40000);
	add_connection(&right, 12, 40001);
	if (sheet_parse(&given, "sheet", (const char *)data, len, &err) == -1) {
		fuzz_check_line(&err, "sheet");
	} else {
		FUZZ_CHECK(grade_make(&grade, &right, &given, &hosts, &err) ==
		    0);
		check_grade(&grade);
	}
	grade_reset(&grade);
	given_reset(&given);
	sheet_reset(&right);
	return 0;
}
