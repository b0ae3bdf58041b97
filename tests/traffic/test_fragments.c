/*
 * Fragments, copies, and errors about packets.
 */
#include <check.h>
#include <string.h>

#include "analyzer/tracker/checksum.h"
#include "tests/traffic/random_packets.h"
#include "traffic/synth/packet/icmp_error.h"

enum { ROUNDS = 300, PARTS_MAX = 64 };

static struct random_packets r;

static void
begin(void)
{
	random_packets_begin(&r);
}

static void
end(void)
{
	random_packets_end(&r);
}

static const enum sim_kind kinds[] = { SIM_TCP, SIM_UDP, SIM_ICMP };

/*
 * Fragments.
 */

/* Cuts it into parts of random length, in order; returns how many. */
static size_t
cut(struct sim_packet *p, struct sim_packet *parts[PARTS_MAX])
{
	size_t total = sim_packet_payload_bytes(p), n = 0;

	for (size_t at = 0; at < total; n++) {
		size_t length = 8 * (1 + random_packets_roll(&r, 100));

		ck_assert_uint_lt(n, PARTS_MAX);
		if (length > total - at || n + 1 == PARTS_MAX)
			length = total - at;
		parts[n] = sim_packet_fragment(p, at, length);
		ck_assert_ptr_nonnull(parts[n]);
		parts[n]->dont_fragment = false;
		parts[n]->fragment_id = 0x01020304;
		at += length;
	}
	return n;
}

/* What the frame holds of the datagram, and where. */
static void
join(const struct sim_packet *part, uint8_t *datagram, size_t *end, bool *more)
{
	size_t len, header = part->source.version == 4 ? 20 : 48;
	const uint8_t *bytes = random_packets_bytes(&r, part, &len);
	struct frame frame;
	struct packet d = random_packets_decode(&frame, bytes, len);
	size_t n = d.ip_bytes - header;

	ck_assert(d.flags & PACKET_FRAGMENT);
	ck_assert_uint_eq(d.fragment_id, part->source.version == 4 ?
	    part->id : part->fragment_id);
	ck_assert_uint_eq(d.ip_bytes, sim_packet_ip_bytes(part));
	ck_assert_int_ne(checksum_network(&d), CHECKSUM_BAD);
	ck_assert_uint_eq(d.fragment_at, *end);
	memcpy(datagram + *end, bytes + 14 + header, n);
	*end += n;
	*more = part->source.version == 4 ? bytes[14 + 6] & 0x20 :
	    bytes[14 + 40 + 3] & 1;
}

static void
check_joined(const struct sim_packet *p, struct sim_packet *const *parts,
    size_t n)
{
	static uint8_t datagram[RANDOM_PACKETS_DATA_MAX + 100];
	size_t header = p->source.version == 4 ? 20 : 40, end = 0, len;
	struct errbuf err = { "" };
	const uint8_t *whole;
	bool more;

	for (size_t i = 0; i < n; i++) {
		join(parts[i], datagram, &end, &more);
		ck_assert_int_eq(more, i + 1 < n);
	}
	whole = frame_ip_bytes(r.maker, p, &len, &err);
	ck_assert_ptr_nonnull(whole);
	ck_assert_uint_eq(end, len - header);
	ck_assert_mem_eq(datagram, whole + header, end);
}

START_TEST(fragments_are_parts_of_the_datagram)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct sim_packet *p = random_packets_new(&r, kinds[i % 3]);
		struct sim_packet *parts[PARTS_MAX];
		size_t n;

		p->dont_fragment = false;
		n = cut(p, parts);
		if (n > 1)
			check_joined(p, parts, n);
		for (size_t k = 0; k < n; k++)
			sim_packet_release(parts[k]);
		ck_assert_uint_eq(p->references, 1);
		sim_packet_release(p);
	}
}
END_TEST

/* As a second router does. */
START_TEST(fragments_are_cut_again)
{
	struct sim_packet *p = sim_packet_new(SIM_UDP, NULL, 2992);
	struct sim_packet *big[2], *small[4];

	random_fill(&r.dice, p->data, p->len);
	random_packets_address(&r, &p->source, p->source_mac, 4);
	random_packets_address(&r, &p->destination, p->destination_mac, 4);
	big[0] = sim_packet_fragment(p, 0, 1480);
	big[1] = sim_packet_fragment(p, 1480, 1520);
	for (size_t i = 0; i < 2; i++) {
		small[2 * i] = sim_packet_fragment(big[i], 0, 800);
		small[2 * i + 1] = sim_packet_fragment(big[i], 800,
		    big[i]->length - 800);
		sim_packet_release(big[i]);
	}
	check_joined(p, small, 4);
	for (size_t i = 0; i < 4; i++)
		sim_packet_release(small[i]);
	ck_assert_uint_eq(p->references, 1);
	sim_packet_release(p);
}
END_TEST

START_TEST(a_part_past_the_end_is_an_error)
{
	struct sim_packet *p = sim_packet_new(SIM_UDP, NULL, 100), *part;
	struct errbuf err = { "" };
	size_t len;

	random_packets_address(&r, &p->source, p->source_mac, 4);
	random_packets_address(&r, &p->destination, p->destination_mac, 4);
	part = sim_packet_fragment(p, 64, 48);
	ck_assert_ptr_null(frame_bytes(r.maker, part, &len, &err));
	ck_assert_str_eq(err.text, "a fragment past the end of its packet");
	sim_packet_release(part);
	sim_packet_release(p);
}
END_TEST

/*
 * Packets, and errors about them.
 */

START_TEST(a_copy_is_its_own)
{
	struct sim_packet *p = random_packets_new(&r, SIM_TCP), *copy;

	p->number = 7;
	copy = sim_packet_copy(p);
	ck_assert_uint_eq(copy->number, 7);
	ck_assert_uint_eq(copy->references, 1);
	ck_assert_uint_eq(copy->len, p->len);
	ck_assert_mem_eq(copy->data, p->data, p->len);
	ck_assert_ptr_eq(copy->segment.payload, copy->data);
	sim_packet_release(sim_packet_hold(copy));
	sim_packet_release(p);
	ck_assert_ptr_eq(copy->segment.payload, copy->data);
	sim_packet_release(copy);
	sim_packet_release(NULL);
}
END_TEST

static struct sim_packet *
error_about(const struct sim_packet *about, enum icmp_error what,
    uint32_t mtu)
{
	struct scenario_address from = { about->source.version, { 9 } };
	struct sim_packet *out;
	struct errbuf err = { "" };

	ck_assert_int_eq(icmp_error_new(r.maker, what, about, &from, mtu, &out,
	    &err), 0);
	return out;
}

START_TEST(an_error_quotes_what_it_is_about)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct sim_packet *p = random_packets_new(&r, kinds[i % 3]);
		struct sim_packet *error;
		size_t room = p->source.version == 4 ? 548 : 1232, len;
		const uint8_t *ip;
		struct errbuf err;

		p->destination_mac[0] &= 0xfe;
		p->connection = 5;
		error = error_about(p, ICMP_TOO_BIG, 1234);
		ck_assert_ptr_nonnull(error);
		ck_assert_uint_eq(error->type,
		    p->source.version == 4 ? 3 : 2);
		ck_assert_uint_eq(error->code,
		    p->source.version == 4 ? 4 : 0);
		ck_assert_uint_eq(error->rest, 1234);
		ck_assert_uint_eq(error->connection, 5);
		ck_assert_mem_eq(&error->destination, &p->source,
		    sizeof(p->source));
		ip = frame_ip_bytes(r.maker, p, &len, &err);
		ck_assert_uint_eq(error->len, len < room ? len : room);
		ck_assert_mem_eq(error->data, ip, error->len);
		ck_assert(icmp_is_error(error));
		/* None about an error. */
		ck_assert_ptr_null(error_about(error, ICMP_NO_PORT, 0));
		sim_packet_release(error);
		sim_packet_release(p);
	}
}
END_TEST

START_TEST(about_some_packets_there_is_no_error)
{
	struct sim_packet *arp = sim_packet_new(SIM_ARP, NULL, 0);
	struct sim_packet *p = random_packets_new(&r, SIM_UDP);
	struct sim_packet *part;

	p->destination_mac[0] |= 1;
	ck_assert_ptr_null(error_about(p, ICMP_NO_ROUTE, 0));
	ck_assert_ptr_null(error_about(arp, ICMP_NO_ROUTE, 0));
	p->destination_mac[0] &= 0xfe;
	part = sim_packet_fragment(p, 8, 8);
	ck_assert_ptr_null(error_about(part, ICMP_NO_ROUTE, 0));
	sim_packet_release(part);
	sim_packet_release(arp);
	sim_packet_release(p);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("fragments");
	TCase *tc = tcase_create("fragments");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, fragments_are_parts_of_the_datagram);
	tcase_add_test(tc, fragments_are_cut_again);
	tcase_add_test(tc, a_part_past_the_end_is_an_error);
	tcase_add_test(tc, a_copy_is_its_own);
	tcase_add_test(tc, an_error_quotes_what_it_is_about);
	tcase_add_test(tc, about_some_packets_there_is_no_error);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
