/* What tests/tools/savefile.c writes, read back with libpcap. */
#include "tests/tools/savefile.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum { PACKETS = 40, SNAPLEN = 24 };

static const struct {
	bool pcapng, big_endian;
	uint8_t tsresol;
	uint32_t snaplen;
} cases[] = {
	{ false, false, SAVEFILE_MICROSECONDS, 0 },
	{ false, true, SAVEFILE_MICROSECONDS, SNAPLEN },
	{ false, false, SAVEFILE_NANOSECONDS, SNAPLEN },
	{ false, true, SAVEFILE_NANOSECONDS, 0 },
	{ true, false, SAVEFILE_MICROSECONDS, 0 },
	{ true, true, SAVEFILE_NANOSECONDS, SNAPLEN },
	{ true, false, 3, 0 },
	{ true, true, SAVEFILE_POWER_OF_TWO + 10, 0 },
	{ true, false, SAVEFILE_POWER_OF_TWO + 30, SNAPLEN },
};
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

/* Longer and longer packets (the empty one too), odd gaps. */
static const uint8_t bytes[PACKETS] = "savefiles hold bytes, lengths and times";

static int64_t
time_of(int packet)
{
	return 1700000000 * INT64_C(1000000000) +
	    packet * INT64_C(123456789) * packet;
}

static size_t
write_case(int i, char **file)
{
	struct savefile_interface ethernet = {
		1, cases[i].tsresol, cases[i].snaplen
	};
	size_t len = 0;
	FILE *to = open_memstream(file, &len);
	struct savefile s;

	ck_assert_ptr_nonnull(to);
	if (cases[i].pcapng) {
		savefile_pcapng(&s, to, cases[i].big_endian);
		ck_assert_uint_eq(savefile_add_interface(&s, &ethernet), 0);
	} else {
		savefile_pcap(&s, to, cases[i].big_endian, &ethernet);
	}
	for (int k = 0; k < PACKETS; k++)
		savefile_add_packet(&s, 0, time_of(k), bytes, (size_t)k);
	ck_assert_int_eq(ferror(to), 0);
	ck_assert_int_eq(fclose(to), 0);
	return len;
}

/* The stamp in ns after it was cut to the tick. */
static int64_t
cut_to_tick(int64_t ts_ns, uint8_t tsresol)
{
	const __int128 ns_per_s = 1000000000;
	__int128 per_s = 1;

	if (tsresol & SAVEFILE_POWER_OF_TWO)
		per_s <<= tsresol - SAVEFILE_POWER_OF_TWO;
	else
		while (tsresol-- > 0)
			per_s *= 10;
	return (int64_t)(ts_ns * per_s / ns_per_s * ns_per_s / per_s);
}

static void
check_packet(int i, int k, const struct pcap_pkthdr *h, const uint8_t *data)
{
	size_t kept = cases[i].snaplen != 0 && k > SNAPLEN ? SNAPLEN :
	    (size_t)k;

	ck_assert_uint_eq(h->len, (unsigned)k);
	ck_assert_uint_eq(h->caplen, kept);
	ck_assert_mem_eq(data, bytes, kept);
	ck_assert_int_eq(h->ts.tv_sec * INT64_C(1000000000) + h->ts.tv_usec,
	    cut_to_tick(time_of(k), cases[i].tsresol));
}

START_TEST(libpcap_reads_what_was_written)
{
	char error[PCAP_ERRBUF_SIZE], *file = NULL;
	size_t len = write_case(_i, &file);
	FILE *from = fmemopen(file, len, "rb");
	struct pcap_pkthdr *h;
	const uint8_t *data;
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(from,
	    PCAP_TSTAMP_PRECISION_NANO, error);

	ck_assert_msg(pcap != NULL, "%s", error);
	ck_assert_int_eq(pcap_datalink(pcap), DLT_EN10MB);
	ck_assert_int_eq(pcap_is_swapped(pcap), cases[_i].big_endian !=
	    (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__));
	for (int k = 0; k < PACKETS; k++) {
		ck_assert_int_eq(pcap_next_ex(pcap, &h, &data), 1);
		check_packet(_i, k, h, data);
	}
	ck_assert_int_eq(pcap_next_ex(pcap, &h, &data), PCAP_ERROR_BREAK);
	pcap_close(pcap);
	free(file);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("savefile");
	TCase *tc = tcase_create("savefile");

	tcase_add_loop_test(tc, libpcap_reads_what_was_written, 0, CASES);
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
