/*
 * The captures of a small network, read back by pcapstat's own reader.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/capture/reader.h"
#include "analyzer/decode/decode.h"
#include "analyzer/tracker/checksum.h"
#include "tests/traffic/wires.h"
#include "tests/unit/temporary_folder.h"

#define MS WIRES_MS
#define START INT64_C(1767225600000000000)

enum { FRAMES_MAX = 4096, COMMENT_MAX = 200, BYTES = 400 };

/* What a capture holds. */
struct seen {
	struct frame frame;	/* without data */
	char comment[COMMENT_MAX];
};

static struct wires *w;

static void
begin(void)
{
	temporary_folder_enter();
	w = wires_plan();
	w->setup.folder = ".";
}

static void
end(void)
{
	wires_free(w);
	temporary_folder_leave();
}

static struct scenario_capture *
want(size_t host)
{
	struct scenario_capture *c = &w->hosts[host].capture;

	c->wanted = true;
	return c;
}

static void
finish(void)
{
	struct errbuf err = { "" };

	wires_run(w);
	ck_assert_msg(net_finish(w->net, &err) == 0, "%s", err.text);
	ck_assert_msg(net_keep(w->net, &err) == 0, "%s", err.text);
}

/* The first option, where it is a comment. */
static void
read_comment(struct seen *s, const struct reader_packet *p, bool big_endian)
{
	size_t len;

	if (p->options_len < 4 || p->options[big_endian ? 1 : 0] != 1)
		return;
	len = p->options[big_endian ? 3 : 2];
	ck_assert_uint_lt(len, COMMENT_MAX);
	memcpy(s->comment, p->options + 4, len);
}

/* Checks each frame, too: decoded without fault, its checksums good. */
static void
take(struct reader *r, const struct frame *f, struct seen *out)
{
	struct reader_packet besides;
	struct packet packet;

	*out = (struct seen){ .frame = *f };
	if (reader_packet(r, f, &besides))
		read_comment(out, &besides, f->flags & FRAME_BIG_ENDIAN);
	if (f->cap_len < f->wire_len)
		return;
	decode_frame(f, &packet);
	ck_assert_uint_eq(packet.status, PACKET_OK);
	ck_assert_int_ne(checksum_network(&packet), CHECKSUM_BAD);
	ck_assert_int_ne(checksum_transport(&packet), CHECKSUM_BAD);
}

static size_t
read_capture(const char *path, const char *format, struct seen *out)
{
	struct errbuf err = { "" };
	struct reader *r = reader_open(path, NULL, &err);
	enum reader_status status;
	struct frame frames[16];
	size_t count = 0, n;

	ck_assert_msg(r != NULL, "%s", err.text);
	while ((status = reader_next(r, frames, 16, &n, &err)) == READER_OK)
		for (size_t i = 0; i < n; i++) {
			ck_assert_uint_lt(count, FRAMES_MAX);
			take(r, &frames[i], &out[count++]);
		}
	ck_assert_msg(status == READER_END, "%s", err.text);
	ck_assert_str_eq(reader_format(r), format);
	reader_close(r);
	return count;
}

static struct seen seen[FRAMES_MAX];

START_TEST(each_capture_sees_at_its_own_end)
{
	want(WIRES_A);
	want(WIRES_C);
	w->networks[1].capture.wanted = true;
	w->hosts[WIRES_C].clock_offset_ns = -5;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_C, BYTES);
	finish();
	ck_assert_uint_eq(read_capture("a.pcap", "pcap-nsec", seen), 1);
	ck_assert_int_eq(seen[0].frame.ts_ns, START);
	ck_assert_uint_eq(seen[0].frame.wire_len, BYTES + 42);
	ck_assert_uint_eq(read_capture("rght.pcap", "pcap-nsec", seen), 1);
	ck_assert_int_eq(seen[0].frame.ts_ns, START + MS + 10000);
	ck_assert_uint_eq(read_capture("c.pcap", "pcap-nsec", seen), 1);
	ck_assert_int_eq(seen[0].frame.ts_ns, START + 2 * MS + 10000 - 5);
	ck_assert_uint_eq(temporary_folder_count(), 3);
}
END_TEST

/* Captures are numbered hosts first; the TTL is what stands in the frame. */
START_TEST(the_truth_is_told_of_every_frame)
{
	static const struct fake_seen expected[] = {
		{ 0, 1, 1, START, 64 },
		{ 2, 1, 1, START + MS + 10000, 63 },
		{ 1, 1, 1, START + 2 * MS + 10000, 63 },
	};

	want(WIRES_A);
	want(WIRES_C)->format = CAPTURE_PCAPNG;
	w->networks[1].capture.wanted = true;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_C, BYTES);
	finish();
	ck_assert_uint_eq(w->truth->capture_count, 3);
	ck_assert_str_eq(w->truth->captures[0], "a.pcap");
	ck_assert_str_eq(w->truth->captures[1], "c.pcapng");
	ck_assert_str_eq(w->truth->captures[2], "rght.pcap");
	ck_assert_uint_eq(w->truth->seen_count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct fake_seen *s = &w->truth->seen[i];

		ck_assert_uint_eq(s->capture, expected[i].capture);
		ck_assert_uint_eq(s->frame, expected[i].frame);
		ck_assert_uint_eq(s->number, expected[i].number);
		ck_assert_int_eq(s->ts_ns, expected[i].ts_ns);
		ck_assert_uint_eq(s->ttl, expected[i].ttl);
	}
}
END_TEST

START_TEST(a_loss_is_seen_by_who_sent)
{
	static uint64_t first = 1;

	want(WIRES_A)->format = CAPTURE_PCAPNG;
	want(WIRES_B);
	w->networks[0].capture.wanted = true;
	w->hosts[WIRES_A].up.drops = &first;
	w->hosts[WIRES_A].up.drop_count = 1;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_B, BYTES);
	wires_send(w, WIRES_A, WIRES_B, BYTES);
	finish();
	ck_assert_uint_eq(read_capture("a.pcapng", "pcapng", seen), 2);
	ck_assert_str_eq(seen[0].comment, "lost on the way to the switch");
	ck_assert_str_eq(seen[1].comment, "");
	ck_assert_uint_eq(read_capture("b.pcap", "pcap-nsec", seen), 1);
	ck_assert_uint_eq(read_capture("left.pcap", "pcap-nsec", seen), 1);
}
END_TEST

START_TEST(comments_say_what_is_known)
{
	struct sim_packet *p;

	want(WIRES_A)->format = CAPTURE_PCAPNG;
	want(WIRES_A)->big_endian = true;
	want(WIRES_B)->format = CAPTURE_PCAPNG;
	w->hosts[WIRES_A].up.duplicate_ppm = 1000000;
	wires_start(w);
	p = wires_packet(w, SIM_TCP, WIRES_A, WIRES_B, 4, 10);
	p->cause = SIM_CAUSE_TIMEOUT;
	p->label = "scan";
	wires_put(w, WIRES_A, p);
	finish();
	ck_assert_uint_eq(read_capture("a.pcapng", "pcapng", seen), 1);
	ck_assert_uint_eq(seen[0].frame.flags, FRAME_BIG_ENDIAN);
	ck_assert_str_eq(seen[0].comment,
	    "sent again: no acknowledgment came in time; "
	    "the network makes a copy of it; label: scan");
	ck_assert_uint_eq(read_capture("b.pcapng", "pcapng", seen), 2);
	ck_assert_str_eq(seen[1].comment,
	    "sent again: no acknowledgment came in time; "
	    "a copy that the network made; label: scan");
}
END_TEST

/* Formats, byte orders and precisions of the same frames. */
static const struct {
	struct scenario_capture how;
	const char *path, *format;
} forms[] = {
	{ { .format = CAPTURE_PCAP }, "b.pcap", "pcap-nsec" },
	{ { .format = CAPTURE_PCAP, .big_endian = true }, "b.pcap",
	    "pcap-nsec" },
	{ { .format = CAPTURE_PCAP, .microseconds = true }, "b.pcap",
	    "pcap" },
	{ { .format = CAPTURE_PCAP, .microseconds = true,
	    .big_endian = true }, "b.pcap", "pcap" },
	{ { .format = CAPTURE_PCAPNG }, "b.pcapng", "pcapng" },
	{ { .format = CAPTURE_PCAPNG, .big_endian = true }, "b.pcapng",
	    "pcapng" },
	{ { .format = CAPTURE_PCAPNG, .microseconds = true }, "b.pcapng",
	    "pcapng" },
};

START_TEST(every_form_holds_the_same)
{
	const struct scenario_capture *how = &forms[_i].how;
	int64_t unit = how->microseconds ? 1000 : 1;
	size_t n;

	w->hosts[WIRES_B].capture = *how;
	want(WIRES_B)->snaplen = 128;
	w->hosts[WIRES_A].up.bandwidth_bps = 7000000;
	wires_start(w);
	for (size_t i = 0; i < 50; i++)
		wires_send(w, WIRES_A, WIRES_B, i * 10);
	finish();
	n = read_capture(forms[_i].path, forms[_i].format, seen);
	ck_assert_uint_eq(n, 50);
	for (size_t i = 0; i < n; i++) {
		const struct frame *f = &seen[i].frame;
		uint32_t len = (uint32_t)(i * 10 + 42);

		len = len < 60 ? 60 : len;
		ck_assert_uint_eq(f->wire_len, len);
		ck_assert_uint_eq(f->cap_len, len < 128 ? len : 128);
		ck_assert_uint_eq(f->ts_digits, how->microseconds ? 6 : 9);
		ck_assert_int_eq(f->flags == FRAME_BIG_ENDIAN,
		    how->big_endian);
		ck_assert_int_eq(f->ts_ns, (START + w->arrivals[i].at_ns) /
		    unit * unit);
		ck_assert_int_eq(w->truth->seen[i].ts_ns, f->ts_ns);
	}
}
END_TEST

START_TEST(the_command_line_cuts_further_but_never_adds)
{
	want(WIRES_A)->snaplen = 100;
	want(WIRES_B)->snaplen = 70;
	w->setup.snaplen = 80;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_B, BYTES);
	finish();
	read_capture("a.pcap", "pcap-nsec", seen);
	ck_assert_uint_eq(seen[0].frame.cap_len, 80);
	read_capture("b.pcap", "pcap-nsec", seen);
	ck_assert_uint_eq(seen[0].frame.cap_len, 70);
}
END_TEST

static void
run_badly(void)
{
	for (size_t i = 0; i < WIRES_HOSTS; i++) {
		struct scenario_link *up = &w->hosts[i].up;

		want(i)->format = i == WIRES_B ? CAPTURE_PCAPNG : CAPTURE_PCAP;
		up->bandwidth_bps = 5000000;
		up->jitter_ns = MS;
		up->loss_ppm = up->duplicate_ppm = up->reorder_ppm = 200000;
		up->reorder_ns = 10 * MS;
	}
	w->networks[0].capture.wanted = true;
	w->setup.force = true;
	wires_start(w);
	for (size_t i = 0; i < 900; i++)
		wires_send(w, i % 3, (i + 1 + i / 3 % 2) % 3, i);
	finish();
}

static void
check_in_order(const char *path, const char *format)
{
	size_t n = read_capture(path, format, seen);

	ck_assert_uint_gt(n, 100);
	for (size_t i = 1; i < n; i++)
		ck_assert_int_ge(seen[i].frame.ts_ns,
		    seen[i - 1].frame.ts_ns);
}

START_TEST(frames_are_in_the_order_of_time)
{
	run_badly();
	check_in_order("a.pcap", "pcap-nsec");
	check_in_order("b.pcapng", "pcapng");
	check_in_order("c.pcap", "pcap-nsec");
	check_in_order("left.pcap", "pcap-nsec");
}
END_TEST

START_TEST(the_same_run_gives_the_same_bytes)
{
	static const char *const names[] = { "a.pcap", "b.pcapng", "c.pcap",
	    "left.pcap" };
	char *first[4], *second;
	size_t first_len[4], len;

	run_badly();
	for (size_t i = 0; i < 4; i++)
		first[i] = temporary_folder_read(names[i], &first_len[i]);
	wires_free(w);
	w = wires_plan();
	w->setup.folder = ".";
	run_badly();
	for (size_t i = 0; i < 4; i++) {
		second = temporary_folder_read(names[i], &len);
		ck_assert_uint_eq(len, first_len[i]);
		ck_assert_mem_eq(first[i], second, len);
		free(first[i]);
		free(second);
	}
}
END_TEST

/* The beginning of a pcapng, byte by byte. */
START_TEST(pcapng_names_its_maker_and_the_interface)
{
	const char maker[] = "labgen";
	char *data;
	size_t len;

	want(WIRES_A)->format = CAPTURE_PCAPNG;
	wires_start(w);
	finish();
	data = temporary_folder_read("a.pcapng", &len);
	ck_assert_ptr_nonnull(memmem(data, len, maker, sizeof(maker) - 1));
	ck_assert_ptr_nonnull(memmem(data, len, "\2\0\4\0eth0", 8));
	ck_assert_ptr_nonnull(memmem(data, len, "\3\0\1\0a\0\0\0", 8));
	ck_assert_ptr_nonnull(memmem(data, len, "\11\0\1\0\11\0\0\0", 8));
	free(data);
}
END_TEST

/*
 * Files.
 */

START_TEST(a_file_that_is_there_stays)
{
	struct errbuf err = { "" };
	char *data;

	temporary_folder_write("b.pcap", "mine");
	want(WIRES_A);
	want(WIRES_B);
	ck_assert_ptr_null(net_new(&w->setup, &err));
	ck_assert_str_eq(err.text,
	    "./b.pcap: the file is there already (-f replaces it)");
	ck_assert_uint_eq(temporary_folder_count(), 1);
	data = temporary_folder_read("b.pcap", NULL);
	ck_assert_str_eq(data, "mine");
	free(data);
	w->setup.force = true;
	wires_start(w);
	finish();
	ck_assert_uint_eq(read_capture("b.pcap", "pcap-nsec", seen), 0);
}
END_TEST

START_TEST(two_captures_need_two_names)
{
	static char name[] = "a";
	struct errbuf err = { "" };

	want(WIRES_A);
	w->networks[1].capture.wanted = true;
	w->networks[1].name = name;
	ck_assert_ptr_null(net_new(&w->setup, &err));
	ck_assert_str_eq(err.text, "./a.pcap: two captures have this name");
	ck_assert_uint_eq(temporary_folder_count(), 0);
}
END_TEST

START_TEST(what_is_not_kept_is_not_there)
{
	struct errbuf err = { "" };

	want(WIRES_A);
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_B, BYTES);
	wires_run(w);
	ck_assert_int_eq(net_finish(w->net, &err), 0);
	ck_assert_int_eq(access("a.pcap", F_OK), -1);
	net_free(w->net);
	w->net = NULL;
	ck_assert_uint_eq(temporary_folder_count(), 0);
}
END_TEST

/* A folder in the place of the second name, made while it was written. */
START_TEST(all_have_their_names_or_none)
{
	struct errbuf err = { "" };

	want(WIRES_A);
	want(WIRES_B);
	wires_start(w);
	ck_assert_int_eq(mkdir("b.pcap", 0777), 0);
	wires_run(w);
	ck_assert_int_eq(net_finish(w->net, &err), 0);
	ck_assert_int_eq(net_keep(w->net, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "b.pcap"));
	net_free(w->net);
	w->net = NULL;
	ck_assert_uint_eq(temporary_folder_count(), 1);
}
END_TEST

START_TEST(a_time_before_1970_ends_the_run)
{
	struct errbuf err = { "" };

	want(WIRES_B);
	w->setup.start_ns = 0;
	w->hosts[WIRES_B].clock_offset_ns = -3 * MS;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_B, BYTES);
	ck_assert_int_eq(clock_run(w->clock, INT64_MAX, &err), -1);
	ck_assert_str_eq(err.text,
	    "./b.pcap: a time before 1970 or after 2262");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("captures");
	TCase *tc = tcase_create("captures");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, each_capture_sees_at_its_own_end);
	tcase_add_test(tc, the_truth_is_told_of_every_frame);
	tcase_add_test(tc, a_loss_is_seen_by_who_sent);
	tcase_add_test(tc, comments_say_what_is_known);
	tcase_add_loop_test(tc, every_form_holds_the_same, 0,
	    (int)(sizeof(forms) / sizeof(forms[0])));
	tcase_add_test(tc, the_command_line_cuts_further_but_never_adds);
	tcase_add_test(tc, frames_are_in_the_order_of_time);
	tcase_add_test(tc, the_same_run_gives_the_same_bytes);
	tcase_add_test(tc, pcapng_names_its_maker_and_the_interface);
	tcase_add_test(tc, a_file_that_is_there_stays);
	tcase_add_test(tc, two_captures_need_two_names);
	tcase_add_test(tc, what_is_not_kept_is_not_there);
	tcase_add_test(tc, all_have_their_names_or_none);
	tcase_add_test(tc, a_time_before_1970_ends_the_run);
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
