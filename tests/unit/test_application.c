#include "analyzer/tracker/application.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/hex.h"
#include "tests/unit/stats_random.h"

enum { TCP = 6, UDP = 17, SAID_MAX = 10, SAID_BYTES = 2048 };

/* Payload of one packet, as text or as hex. */
struct said {
	unsigned side;
	const char *text, *hex;
};

struct talk {
	const char *application;	/* the word; NULL: unknown */
	const char *detail;
	uint8_t ip_protocol;
	uint16_t ports[2];
	struct said said[SAID_MAX];
};

#define A(t) { 0, t, NULL }
#define B(t) { 1, t, NULL }
#define AX(h) { 0, NULL, h }
#define BX(h) { 1, NULL, h }

#define RANDOM32 \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SNI_EXAMPLE_ORG "0000 0010 000e 00 000b 6578616d706c652e6f7267"
#define CLIENT_HELLO \
	"16 0301 004e 01 00004a 0303" RANDOM32 "00 0002 1301 01 00 001f" \
	SNI_EXAMPLE_ORG "002b 0007 06 dada 0304 0303"
#define SERVER_HELLO \
	"16 0303 0032 02 00002e 0303" RANDOM32 "00 1301 00 0006" \
	"002b 0002 0304"
#define SERVER_HELLO_12 \
	"16 0303 002a 02 000026 0303" RANDOM32 "00 c02f 00"
#define QUESTION "03777777 076578616d706c65 036f7267 00 001c 0001"
#define QUERY "1234 0100 0001 0000 0000 0000" QUESTION
#define ANSWER "1234 8180 0001 0000 0000 0000" QUESTION
#define IM_ALICE "0a05 416c696365 120b 7365656e20627920726177"
#define EIM \
	"00000026 a20110 000102030405060708090a0b0c0d0e0f" \
	"f20110 4dec655c5135c922ac2d9aacf4a5a364"
#define CIPHER "757467738a090c8bef19a839f506c555"

#define LEAK "the server's first reply is the message in clear text"

static const struct talk talks[] = {
	{ "tls", "example.org, TLS 1.3", TCP, { 40000, 443 },
	    { AX(CLIENT_HELLO), BX(SERVER_HELLO) } },
	{ "tls", "example.org, TLS 1.2", TCP, { 40000, 4433 },
	    { AX(CLIENT_HELLO), BX(SERVER_HELLO_12) } },
	{ "tls", "example.org, offers TLS 1.3", TCP, { 443, 40000 },
	    { BX(CLIENT_HELLO) } },
	{ "tls", "TLS 1.3", TCP, { 40000, 443 }, { BX(SERVER_HELLO) } },
	/* A beginning that was not captured. */
	{ "tls", "", TCP, { 40000, 8443 }, { AX("17 0303 0005 0102030405") } },
	{ "ssh", "SSH-2.0-OpenSSH_9.2, SSH-2.0-dropbear", TCP, { 40000, 22 },
	    { A("SSH-2.0-OpenSSH_9.2\r\n"), B("SSH-2.0-dropbear\r\n") } },
	{ "http", "GET www.example.org 200", TCP, { 40000, 80 },
	    { A("GET /a?b HTTP/1.1\r\nHOST:  www.example.org \r\n\r\n"),
	    B("HTTP/1.1 200 OK\r\n\r\nhello") } },
	{ "http", "CONNECT example.org:443 407", TCP, { 40000, 3128 },
	    { A("CONNECT example.org:443 HTTP/1.0\r\n\r\n"),
	    B("HTTP/1.0 407 Who\r\n") } },
	{ "http", "404", TCP, { 40000, 8080 }, { B("HTTP/1.1 404 No\r\n") } },
	{ "http", "PRI", TCP, { 40000, 80 },
	    { A("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") } },
	{ "dns", "AAAA www.example.org", UDP, { 40000, 53 },
	    { AX(QUERY), BX(ANSWER) } },
	{ "dns", "AAAA www.example.org", UDP, { 40000, 9953 }, { AX(QUERY) } },
	{ "dns", "AAAA www.example.org", TCP, { 40000, 53 },
	    { AX("0021" QUERY), BX("0021" ANSWER) } },
	{ "dns", "NS .", UDP, { 40000, 53 },
	    { AX("1234 0100 0001 0000 0000 0000 00 0002 0001") } },
	{ "dns", "TYPE4660 a?b", UDP, { 40000, 53 },
	    { AX("1234 0100 0001 0000 0000 0000 03610a62 00 1234 0001") } },
	{ "quic", "QUIC 1", UDP, { 40000, 443 },
	    { AX("c3 00000001 08 0102030405060708 00 00 4000 0000") } },
	{ "quic", "QUIC 2", UDP, { 40000, 4433 },
	    { AX("d3 6b3343cf 00 00 4000 0000") } },
	{ "quic", "QUIC draft-29", UDP, { 40000, 443 },
	    { AX("c3 ff00001d 01 00 00 0000") } },
	{ "im", "Alice", TCP, { 40000, 9999 }, { AX(IM_ALICE) } },
	{ "im", "Alice, Bob", TCP, { 40000, 1234 },
	    { AX("00000014" IM_ALICE), BX("0a03 426f62 1202 6869") } },
	{ "eim", "", TCP, { 40000, 9999 }, { AX("00000026"),
	    AX(&EIM[8]) } },
	{ "class", "", TCP, { 40000, 10000 },
	    { BX("0004 696e666f 00000003 416e64"),
	    AX("0003 6d7367 00000002 6869") } },
	{ "p2p", "", TCP, { 40000, 5000 }, { A("alice"),
	    B("!{\"alice\": \"127.0.0.11\"}"), A("hello all") } },
	{ "p2p", "between peers", UDP, { 5000, 5000 }, { A(" private: hi") } },
	{ "room", "", TCP, { 40000, 55555 }, { B("NICK"), A("Alice"),
	    B("Alice joined!"), B("Connected to server!") } },
	{ "room", "", TCP, { 40000, 55555 }, { B("NICK") } },
	{ "caps-open", "", TCP, { 40000, 12000 },
	    { A("abcd 1x"), A("1"), B("ABCD 1X"), A("No data"), A("3") } },
	{ "caps-open", "", TCP, { 40000, 7777 },
	    { A("a1c1"), B("A1C"), A("z"), A("1"), B("Z") } },
	{ "caps-secure", LEAK, TCP, { 40000, 12000 },
	    { AX(CIPHER "32"), B("the answer is no"), BX(CIPHER) } },
	{ "caps-secure", "open and secure mode; " LEAK, TCP, { 40000, 12000 },
	    { A("ab"), A("1"), B("AB"), AX(CIPHER), A("2"),
	    B("the answer is no"), BX(CIPHER), A("No data"), A("3") } },
	{ "caps-secure", "", TCP, { 40000, 12000 }, { AX(CIPHER "32") } },
	{ "caps-open", "quit, no message", TCP, { 40000, 12000 },
	    { A("No data"), A("3") } },
	{ "echo", "", TCP, { 40000, 8080 },
	    { A("hello"), B("hello"), A("x"), B("x") } },
	{ "echo", "", TCP, { 40000, 8080 }, { A("A1"), B("A1") } },
	/* Known by port alone, or not at all. */
	{ "smtp", "", TCP, { 40000, 25 }, { B("220 hi\r\n"),
	    A("HELO there\r\n") } },
	{ "https", "", TCP, { 443, 40000 }, { { 0 } } },
	{ "http-alt", "", TCP, { 40000, 8080 }, { A("hello"), B("hullo") } },
	{ NULL, "", TCP, { 40000, 12000 }, { A("abcd"), A("1"), B("ABCE") } },
	{ NULL, "", UDP, { 5000, 5001 }, { A("hi") } },
	{ NULL, "", TCP, { 40000, 5555 }, { A("GETX / HTTP/1.1\r\n\r\n") } },
	{ NULL, "", TCP, { 40000, 5555 }, { A("GET /\r\n"), B("oh\r\n") } },
	{ NULL, "", 132, { 40000, 443 }, { { 0 } } },
};

enum { TALKS = sizeof(talks) / sizeof(talks[0]) };

static size_t
bytes_of(const struct said *s, uint8_t bytes[SAID_BYTES])
{
	size_t n;

	if (s->hex != NULL)
		return hex_bytes(s->hex, bytes, SAID_BYTES);
	n = s->text == NULL ? 0 : strlen(s->text);
	memcpy(bytes, s->text == NULL ? "" : s->text, n);
	return n;
}

/* From a block that ends where the bytes do, for the address sanitizer. */
static void
add(struct flow_application *a, const struct talk *t, unsigned side,
    const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n == 0 ? 1 : n);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, n);
	application_add(a, side, t->ip_protocol, t->ports, copy, n);
	free(copy);
}

static void
play(struct flow_application *a, const struct talk *t, size_t piece)
{
	uint8_t bytes[SAID_BYTES];

	application_init(a);
	for (size_t i = 0; i < SAID_MAX; i++) {
		size_t n = bytes_of(&t->said[i], bytes);

		for (size_t at = 0; at < n; at += piece)
			add(a, t, t->said[i].side, bytes + at,
			    n - at < piece ? n - at : piece);
	}
	application_close(a, t->ip_protocol, t->ports);
	ck_assert_ptr_null(a->live);
	ck_assert_uint_eq(application_memory(a), 0);
}

static void
check_found(const struct talk *t, const struct flow_application *a)
{
	const char *name = application_name(a);

	if (t->application == NULL) {
		ck_assert_msg(name == NULL, "%s, not nothing", name);
		return;
	}
	ck_assert_msg(name != NULL && strcmp(name, t->application) == 0,
	    "%s (%s), not %s (%s)", name, a->detail, t->application,
	    t->detail);
	ck_assert_str_eq(a->detail, t->detail);
	ck_assert(a->by_port == (a->application == APPLICATION_PORT_ONLY));
	ck_assert(a->leak == (strstr(t->detail, LEAK) != NULL));
}

START_TEST(each_is_known_by_what_it_says)
{
	struct flow_application a;

	play(&a, &talks[_i], SAID_BYTES);
	check_found(&talks[_i], &a);
}
END_TEST

/* TCP has no packets, only bytes. */
START_TEST(streams_may_be_cut_up_anywhere)
{
	struct flow_application a;

	if (talks[_i].ip_protocol != TCP)
		return;
	for (size_t piece = 1; piece < 40; piece += 3) {
		play(&a, &talks[_i], piece);
		check_found(&talks[_i], &a);
	}
}
END_TEST

/* Whatever is cut off, nothing else is found than there is, and no byte behind
 * the end is read. */
START_TEST(a_conversation_cut_short_is_no_other_one)
{
	const struct talk *t = &talks[_i];
	uint8_t bytes[SAID_BYTES];
	size_t n = bytes_of(&t->said[0], bytes);

	for (size_t len = 0; len <= n; len++) {
		struct flow_application a;
		const char *name;

		application_init(&a);
		add(&a, t, t->said[0].side, bytes, len);
		application_close(&a, t->ip_protocol, t->ports);
		name = application_name(&a);
		if (a.application == APPLICATION_UNKNOWN || a.by_port ||
		    t->application == NULL)
			continue;
		ck_assert_msg(strncmp(name, t->application, 4) == 0,
		    "%s of %zu bytes: %s", t->application, len, name);
	}
}
END_TEST

/* A bit flipped at each place, lengths above all: nothing is read outside, and
 * the detail stays text. */
START_TEST(no_length_leads_outside)
{
	const struct talk *t = &talks[_i];

	for (size_t k = 0; k < SAID_MAX; k++) {
		uint8_t bytes[SAID_BYTES];
		size_t n = bytes_of(&t->said[k], bytes);

		for (size_t bit = 0; bit < 8 * n; bit++) {
			struct flow_application a;

			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			application_init(&a);
			add(&a, t, t->said[k].side, bytes, n);
			add(&a, t, !t->said[k].side, bytes, n);
			application_close(&a, t->ip_protocol, t->ports);
			ck_assert_ptr_nonnull(memchr(a.detail, 0,
			    sizeof(a.detail)));
			for (const char *c = a.detail; *c != '\0'; c++)
				ck_assert((uint8_t)*c >= ' ');
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}
END_TEST

START_TEST(echo_in_reverse_is_known_by_its_packets)
{
	const struct talk t = { "echo", "reversed", TCP, { 40000, 8080 },
	    { A("hello world\n"), B("\ndlrow olleh"), A("ab"), A("cd"),
	    B("dcba") } };
	struct flow_application a;

	play(&a, &t, SAID_BYTES);
	check_found(&t, &a);
}
END_TEST

START_TEST(a_long_server_name_leaves_room_for_the_version)
{
	uint8_t bytes[SAID_BYTES];
	size_t n = hex_bytes("16 0301 0128 01 000124 0303" RANDOM32
	    "00 0002 1301 01 00 00f9 0000 00f5 00f3 00 00f0", bytes,
	    sizeof(bytes));
	const struct talk t = { .ip_protocol = TCP, .ports = { 40000, 443 } };
	struct flow_application a;

	memset(bytes + n, 'a', 0xf0);
	application_init(&a);
	add(&a, &t, 0, bytes, n + 0xf0);
	ck_assert_int_eq(a.application, APPLICATION_TLS);
	ck_assert_ptr_nonnull(strstr(a.detail, "aaa..., offers TLS 1.2"));
	application_close(&a, TCP, t.ports);
}
END_TEST

/* A hello in two records, as some clients send it. */
START_TEST(a_hello_may_be_spread_over_records)
{
	const struct talk t = { "tls", "example.org, offers TLS 1.3", TCP,
	    { 40000, 443 }, { AX("16 0301 0008 01 00004a 0303 0001"
	    "16 0301 0046 02030405060708090a0b0c0d0e0f"
	    "101112131415161718191a1b1c1d1e1f"
	    "00 0002 1301 01 00 001f" SNI_EXAMPLE_ORG
	    "002b 0007 06 dada 0304 0303") } };
	struct flow_application a;

	play(&a, &t, SAID_BYTES);
	check_found(&t, &a);
}
END_TEST

static const struct clearness {
	const char *text, *hex;
	enum application_clear clear;
} clearnesses[] = {
	{ "hello world\r\n", NULL, CLEAR_YES },
	{ "caf\xc3\xa9 \xe5\xb0\x8f", NULL, CLEAR_YES },
	{ NULL, IM_ALICE, CLEAR_MIXED },
	{ NULL, CIPHER, CLEAR_NO },
	{ NULL, "c0af 8080 ffff 00", CLEAR_NO },
	{ "latin \xe9 one", NULL, CLEAR_MIXED },
};

START_TEST(clear_text_is_told_from_cipher_text)
{
	const struct talk t = { .ip_protocol = TCP, .ports = { 40000, 40001 } };
	const struct clearness *c = &clearnesses[_i];
	const struct said said = { 1, c->text, c->hex };
	uint8_t bytes[SAID_BYTES];
	size_t n = bytes_of(&said, bytes);
	struct flow_application a;

	application_init(&a);
	add(&a, &t, 1, bytes, n);
	application_close(&a, TCP, t.ports);
	ck_assert_int_eq(a.sides[1].clear, c->clear);
	ck_assert_uint_eq(a.sides[1].looked, n);
	ck_assert(!a.sides[1].has_entropy);
	ck_assert_int_eq(a.sides[0].clear, CLEAR_UNKNOWN);
}
END_TEST

START_TEST(entropy_takes_256_bytes)
{
	const struct talk t = { .ip_protocol = TCP, .ports = { 40000, 40001 } };
	uint8_t bytes[256];
	struct flow_application a;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	application_init(&a);
	add(&a, &t, 0, bytes, 255);
	add(&a, &t, 1, bytes, 256);
	application_close(&a, TCP, t.ports);
	ck_assert(!a.sides[0].has_entropy && a.sides[1].has_entropy);
	ck_assert_uint_eq(a.sides[1].entropy_microbits, 8000000);
}
END_TEST

/* A flow that says much is looked at no further, and holds nothing then. */
START_TEST(a_look_ends)
{
	const struct talk t = { .ip_protocol = TCP, .ports = { 40000, 40001 } };
	static const uint8_t zeros[5000];
	struct flow_application a;

	application_init(&a);
	ck_assert(application_is_open(&a));
	add(&a, &t, 0, zeros, sizeof(zeros));
	ck_assert(application_is_open(&a));
	ck_assert_uint_le(application_memory(&a),
	    APPLICATION_LOOK_BYTES + 256);
	add(&a, &t, 1, zeros, 1000);
	add(&a, &t, 1, zeros, 1000);
	ck_assert(!application_is_open(&a));
	ck_assert_uint_eq(application_memory(&a), 0);
	ck_assert_uint_eq(a.sides[0].looked, APPLICATION_LOOK_BYTES);
	ck_assert_uint_eq(a.sides[1].looked, APPLICATION_LOOK_BYTES);
	add(&a, &t, 1, zeros, 1000);
	ck_assert_uint_eq(application_memory(&a), 0);
	application_close(&a, TCP, t.ports);
}
END_TEST

/* A million flows of one datagram each must not take a kilobyte each. */
START_TEST(a_lone_datagram_takes_little_room)
{
	const struct talk t = { .ip_protocol = UDP, .ports = { 40000, 40001 } };
	uint8_t bytes[1400];
	uint64_t state = random_seed("datagrams");

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)random_next(&state);
	for (size_t n = 1; n <= sizeof(bytes); n++) {
		struct flow_application a;

		application_init(&a);
		add(&a, &t, 0, bytes, n);
		ck_assert_uint_le(sizeof(a) + application_memory(&a), 520);
		application_close(&a, UDP, t.ports);
	}
}
END_TEST

/* packet_log keeps the first 1024 bytes of each payload. */
START_TEST(what_comes_behind_1024_bytes_of_a_packet_makes_no_difference)
{
	uint64_t state = random_seed("packets");
	unsigned long rounds = random_rounds(300);
	uint8_t bytes[1500];

	while (rounds-- > 0) {
		const struct talk t = {
		    .ip_protocol = random_next(&state) % 2 ? TCP : UDP,
		    .ports = { 40000, (uint16_t)(random_next(&state) % 2 ?
		    8080 : 40001) } };
		struct flow_application whole, cut;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)random_next(&state);
		application_init(&whole);
		application_init(&cut);
		for (int i = 0; i < 4; i++) {
			size_t n = random_next(&state) % 4 == 0 ?
			    1000 + random_next(&state) % 500 :
			    random_next(&state) % 300;
			unsigned side = random_next(&state) % 2;

			add(&whole, &t, side, bytes, n);
			add(&cut, &t, side, bytes, n < 1024 ? n : 1024);
		}
		application_close(&whole, t.ip_protocol, t.ports);
		application_close(&cut, t.ip_protocol, t.ports);
		ck_assert_mem_eq(&whole, &cut, sizeof(cut));
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("application");
	TCase *tc = tcase_create("application");

	tcase_add_loop_test(tc, each_is_known_by_what_it_says, 0, TALKS);
	tcase_add_loop_test(tc, streams_may_be_cut_up_anywhere, 0, TALKS);
	tcase_add_loop_test(tc, a_conversation_cut_short_is_no_other_one, 0,
	    TALKS);
	tcase_add_loop_test(tc, no_length_leads_outside, 0, TALKS);
	tcase_add_test(tc, echo_in_reverse_is_known_by_its_packets);
	tcase_add_test(tc, a_long_server_name_leaves_room_for_the_version);
	tcase_add_test(tc, a_hello_may_be_spread_over_records);
	tcase_add_loop_test(tc, clear_text_is_told_from_cipher_text, 0,
	    sizeof(clearnesses) / sizeof(clearnesses[0]));
	tcase_add_test(tc, entropy_takes_256_bytes);
	tcase_add_test(tc, a_look_ends);
	tcase_add_test(tc, a_lone_datagram_takes_little_room);
	tcase_add_test(tc,
	    what_comes_behind_1024_bytes_of_a_packet_makes_no_difference);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
