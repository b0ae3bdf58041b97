#include "analyzer/capture/filter.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

enum {
	NULL_LOOPBACK = 0,
	ETHERNET = 1,
	RAW = 101,
	WLAN = 105,
	COOKED = 113,
	COOKED_2 = 276,
};

/* 192.168.0.2:4660 -> 10.0.0.1:53; TCP and UDP have their ports alike. */
#define IPV4(protocol)							\
	0x45, 0, 0, 40, 0, 1, 0, 0, 64, (protocol), 0, 0,		\
	192, 168, 0, 2, 10, 0, 0, 1,					\
	0x12, 0x34, 0, 53, 0, 20, 0, 0, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0
#define MACS	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2

static const uint8_t ethernet_tcp[] = { MACS, 8, 0, IPV4(6) };
static const uint8_t ethernet_udp[] = { MACS, 8, 0, IPV4(17) };
static const uint8_t vlan_udp[] = { MACS, 0x81, 0, 0, 7, 8, 0, IPV4(17) };
static const uint8_t raw_tcp[] = { IPV4(6) };
static const uint8_t cooked_tcp[] = { 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0,
	8, 0, IPV4(6) };
static const uint8_t cooked_2_tcp[] = { 8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6,
	2, 0, 0, 0, 0, 1, 0, 0, IPV4(6) };
/* The family is in the byte order of the capturing host; 2 is IPv4's. */
static const uint8_t null_tcp[] = { 2, 0, 0, 0, IPV4(6) };
/* A data frame and a beacon. */
static const uint8_t wlan_data[] = { 0x08, 0, 0, 0, MACS, 2, 0, 0, 0, 0, 3,
	0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0, IPV4(6) };
static const uint8_t wlan_beacon[] = { 0x80, 0, 0, 0, MACS, 2, 0, 0, 0, 0, 3,
	0, 0 };

#define FRAME(bytes, type) {						\
	.data = (bytes), .cap_len = sizeof(bytes),			\
	.wire_len = sizeof(bytes), .link_type = (type) }

static const struct match {
	const char *expression;
	struct frame frame;
	bool passes;
} matches[] = {
	{ "tcp", FRAME(ethernet_tcp, ETHERNET), true },
	{ "tcp", FRAME(ethernet_udp, ETHERNET), false },
	{ "tcp", FRAME(raw_tcp, RAW), true },
	{ "tcp", FRAME(cooked_tcp, COOKED), true },
	{ "tcp", FRAME(cooked_2_tcp, COOKED_2), true },
	{ "tcp", FRAME(null_tcp, NULL_LOOPBACK), true },
	{ "tcp", FRAME(wlan_data, WLAN), true },
	{ "udp", FRAME(raw_tcp, RAW), false },
	{ "port 53", FRAME(ethernet_udp, ETHERNET), true },
	{ "port 54", FRAME(ethernet_udp, ETHERNET), false },
	{ "port 53", FRAME(vlan_udp, ETHERNET), false },
	{ "vlan 7 and port 53", FRAME(vlan_udp, ETHERNET), true },
	{ "src net 192.168.0.0/16", FRAME(raw_tcp, RAW), true },
	{ "dst net 192.168.0.0/16", FRAME(raw_tcp, RAW), false },
	{ "wlan type data", FRAME(wlan_data, WLAN), true },
	{ "wlan type data", FRAME(wlan_beacon, WLAN), false },
	{ "wlan type mgt subtype beacon", FRAME(wlan_beacon, WLAN), true },
	{ "ip proto 6 or arp", FRAME(ethernet_tcp, ETHERNET), true },
	{ "", FRAME(ethernet_tcp, ETHERNET), true },
	{ "greater 50", FRAME(ethernet_tcp, ETHERNET), true },
	{ "greater 60", FRAME(ethernet_tcp, ETHERNET), false },
};

static struct filter *
new_filter(const char *expression)
{
	struct errbuf err;
	struct filter *filter = filter_new(expression, &err);

	ck_assert_msg(filter != NULL, "%s", err.text);
	return filter;
}

START_TEST(an_expression_passes_what_it_says)
{
	const struct match *m = &matches[_i];
	struct filter *filter = new_filter(m->expression);

	ck_assert_int_eq(filter_match(filter, &m->frame), m->passes);
	ck_assert_ptr_null(filter_misfit(filter));
	filter_free(filter);
}
END_TEST

START_TEST(one_filter_serves_frames_of_several_link_types)
{
	struct filter *filter = new_filter("tcp");
	size_t i, round;

	for (round = 0; round < 3; round++)
		for (i = 0; i < 7; i++)
			ck_assert_int_eq(filter_match(filter,
			    &matches[i].frame), matches[i].passes);
	ck_assert_ptr_null(filter_misfit(filter));
	filter_free(filter);
}
END_TEST

START_TEST(a_frame_that_was_cut_has_its_length_on_the_wire)
{
	struct frame frame = FRAME(ethernet_tcp, ETHERNET);
	struct filter *longer = new_filter("greater 1000");
	struct filter *port = new_filter("port 53");

	frame.wire_len = 1000;
	ck_assert(filter_match(longer, &frame));
	ck_assert(filter_match(port, &frame));
	frame.cap_len = 34;	/* no ports */
	ck_assert(!filter_match(port, &frame));
	frame.cap_len = 0;
	ck_assert(!filter_match(port, &frame));
	filter_free(longer);
	filter_free(port);
}
END_TEST

START_TEST(a_misfit_passes_nothing_and_is_told)
{
	static const struct frame ethernet = FRAME(ethernet_tcp, ETHERNET);
	static const struct frame raw = FRAME(raw_tcp, RAW);
	static const struct frame wlan = FRAME(wlan_data, WLAN);
	struct filter *filter = new_filter("wlan type data");
	const char *words = "wlan type data: link type 1: ";

	ck_assert(filter_match(filter, &wlan));
	ck_assert_ptr_null(filter_misfit(filter));
	ck_assert(!filter_match(filter, &ethernet));
	ck_assert_ptr_nonnull(filter_misfit(filter));
	ck_assert_int_eq(strncmp(filter_misfit(filter), words, strlen(words)),
	    0);
	/* The first one stays, and what fits still passes. */
	ck_assert(!filter_match(filter, &raw));
	ck_assert_int_eq(strncmp(filter_misfit(filter), words, strlen(words)),
	    0);
	ck_assert(filter_match(filter, &wlan));
	filter_free(filter);
}
END_TEST

START_TEST(misfits_are_told_of_each_input)
{
	static const struct frame ethernet = FRAME(ethernet_tcp, ETHERNET);
	static const struct frame wlan = FRAME(wlan_data, WLAN);
	struct filter *filter = new_filter("wlan type data");

	ck_assert(!filter_match(filter, &ethernet));
	filter_begin(filter);
	ck_assert(filter_match(filter, &wlan));
	ck_assert_ptr_null(filter_misfit(filter));
	/* The program is there already; the misfit is told again. */
	ck_assert(!filter_match(filter, &ethernet));
	ck_assert_ptr_nonnull(filter_misfit(filter));
	filter_free(filter);
}
END_TEST

/* Address families of the capturing host, in its byte order: those of FreeBSD,
 * NetBSD and macOS for IPv6. */
START_TEST(bsd_loopback_is_read_as_its_host_wrote_it)
{
	static const uint8_t families[] = { 24, 28, 30 };
	struct filter *ip6 = new_filter("ip6");
	uint8_t data[44] = { 0 };
	struct frame frame = { .data = data, .cap_len = sizeof(data),
	    .wire_len = sizeof(data), .link_type = 0 };

	data[4] = 0x60;
	data[0] = families[_i];
	ck_assert(filter_match(ip6, &frame));
	data[0] = 0;
	data[3] = families[_i];
	frame.flags = FRAME_BIG_ENDIAN;
	ck_assert(filter_match(ip6, &frame));
	data[3] = 2;
	ck_assert(!filter_match(ip6, &frame));
	filter_free(ip6);
}
END_TEST

START_TEST(nonsense_is_refused_in_the_words_of_libpcap)
{
	static const char *const nonsense[] = {
		"tcp and and", "port", "port 99999", "(tcp", "\x01",
	};
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 262144);
	struct bpf_program code;
	struct errbuf err;
	char words[1024];
	size_t i;

	for (i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		ck_assert_ptr_null(filter_new(nonsense[i], &err));
		ck_assert_int_lt(pcap_compile(pcap, &code, nonsense[i], 1,
		    PCAP_NETMASK_UNKNOWN), 0);
		snprintf(words, sizeof(words), "%s: %s", nonsense[i],
		    pcap_geterr(pcap));
		if (nonsense[i][0] == '\x01')
			words[0] = '?';	/* an errbuf holds one clean line */
		ck_assert_str_eq(err.text, words);
	}
	pcap_close(pcap);
	filter_free(NULL);
}
END_TEST

/* libpcap's own handle for a link type: it reads an empty savefile. */
static pcap_t *
savefile_of(uint16_t link_type)
{
	struct pcap_file_header header = {
		.magic = 0xa1b2c3d4, .version_major = 2, .version_minor = 4,
		.snaplen = 262144, .linktype = link_type,
	};
	char words[PCAP_ERRBUF_SIZE];
	FILE *file = fmemopen(&header, sizeof(header), "rb");
	pcap_t *pcap;

	ck_assert_ptr_nonnull(file);
	pcap = pcap_fopen_offline(file, words);
	ck_assert_msg(pcap != NULL, "%s", words);
	return pcap;
}

/*
 * Does the frame pass where libpcap maps the link type itself?  -1: the
 * expression does not fit.
 */
static int
libpcap_says(const char *expression, const struct frame *frame)
{
	pcap_t *pcap = savefile_of(frame->link_type);
	struct pcap_pkthdr header = { .caplen = frame->cap_len,
	    .len = frame->wire_len };
	struct bpf_program code;
	int result = -1;

	if (pcap_compile(pcap, &code, expression, 1,
	    PCAP_NETMASK_UNKNOWN) == 0) {
		result = pcap_offline_filter(&code, &header, frame->data) != 0;
		pcap_freecode(&code);
	}
	pcap_close(pcap);
	return result;
}

/* Our table of differing numbers against the one that libpcap keeps. */
START_TEST(each_link_type_means_what_it_means_in_a_savefile)
{
	struct frame frame = FRAME(raw_tcp, (uint16_t)_i);
	struct filter *filter = new_filter("ip and tcp port 53");
	int want = libpcap_says("ip and tcp port 53", &frame);

	ck_assert_int_eq(filter_match(filter, &frame), want == 1);
	ck_assert_int_eq(filter_misfit(filter) != NULL, want == -1);
	filter_free(filter);
}
END_TEST

static Suite *
suite(void)
{
	enum { LAST_LINK_TYPE = 300 };
	Suite *s = suite_create("filter");
	TCase *tc = tcase_create("filter");

	tcase_add_loop_test(tc, an_expression_passes_what_it_says, 0,
	    sizeof(matches) / sizeof(matches[0]));
	tcase_add_test(tc, one_filter_serves_frames_of_several_link_types);
	tcase_add_test(tc, a_frame_that_was_cut_has_its_length_on_the_wire);
	tcase_add_test(tc, a_misfit_passes_nothing_and_is_told);
	tcase_add_test(tc, misfits_are_told_of_each_input);
	tcase_add_loop_test(tc, bsd_loopback_is_read_as_its_host_wrote_it, 0,
	    3);
	tcase_add_test(tc, nonsense_is_refused_in_the_words_of_libpcap);
	tcase_add_loop_test(tc,
	    each_link_type_means_what_it_means_in_a_savefile, 0,
	    LAST_LINK_TYPE + 1);
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
