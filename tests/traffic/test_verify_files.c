/*
 * labgen verify: captures as they are made have no difference, and what is done
 * to a file is found.
 */
#include "traffic/verify/verify.h"

#include <string.h>
#include <unistd.h>

#include "tests/traffic/proof.h"

START_TEST(nothing_differs_as_they_are_made)
{
	struct verify_result r;
	uint64_t guesses = 0;
	struct errbuf err;

	for (uint64_t seed = 1; seed <= 8; seed++) {
		proof_synthesize(seed);
		ck_assert_msg(proof_verify(&r, &err) == 0, "%s", err.text);
		ck_assert_msg(r.differences == 0, "seed %u: %.999s",
		    (unsigned)seed, proof_said());
		ck_assert_uint_eq(r.captures, 3);
		ck_assert_uint_eq(r.missing, 0);
		ck_assert_uint_gt(r.frames, 300);
		ck_assert_uint_gt(r.numbers, 10 * r.frames);
		guesses += r.guesses;
	}
	/* A scenario without them would prove little. */
	ck_assert_uint_gt(guesses, 20);
}
END_TEST

START_TEST(nothing_differs_whatever_the_snaplen_hides)
{
	static const uint32_t snaplens[] = { 14, 29, 30, 31, 37, 38, 41, 42,
	    54, 61, 62, 65, 66, 78, 121, 122, 134 };
	struct verify_result r;
	struct errbuf err;

	proof_synthesize_cut(1, snaplens[_i]);
	ck_assert_msg(proof_verify(&r, &err) == 0, "%s", err.text);
	ck_assert_msg(r.differences == 0, "%u bytes: %.999s", snaplens[_i],
	    proof_said());
	ck_assert_uint_gt(r.numbers, 3 * r.frames);
}
END_TEST

enum { PCAP_HEADER = 24, RECORD_HEADER = 16 };

/* Length of the record that begins there, with its header; host's order, which
 * the capture has unless it is asked for another. */
static size_t
record_bytes(const struct bytes *b, size_t from)
{
	const uint8_t *p = b->data + from + 8;

	return RECORD_HEADER + (p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16);
}

START_TEST(a_frame_that_was_dropped_is_found)
{
	struct bytes b = { 0 };
	struct verify_result r;
	struct errbuf err;
	size_t n;

	proof_synthesize(1);
	proof_load_file("a.pcap", &b);
	n = record_bytes(&b, PCAP_HEADER);
	memmove(b.data + PCAP_HEADER, b.data + PCAP_HEADER + n,
	    b.len - PCAP_HEADER - n);
	proof_store_file("a.pcap", b.data, b.len - n);
	bytes_reset(&b);
	ck_assert_int_eq(proof_verify(&r, &err), 0);
	ck_assert_uint_gt(r.differences, 100);
	/* Not all of them are told, but how many there are more. */
	ck_assert_msg(strstr(proof_said(), "more differences") != NULL, "%.999s",
	    proof_said());
}
END_TEST

START_TEST(a_byte_that_was_changed_is_found)
{
	/* The first frame of a.pcap is an ARP question; behind two of these and
	 * their answers IP comes, so the last frame is changed: its time, its
	 * length on the wire. */
	static const size_t offsets[] = { 4, 12 };
	struct bytes b = { 0 };
	struct verify_result r;
	struct errbuf err;
	size_t from = PCAP_HEADER, last = from;

	proof_synthesize(1);
	proof_load_file("a.pcap", &b);
	for (; from < b.len; from += record_bytes(&b, from))
		last = from;
	b.data[last + offsets[_i]] ^= 1;
	proof_store_file("a.pcap", b.data, b.len);
	bytes_reset(&b);
	ck_assert_int_eq(proof_verify(&r, &err), 0);
	ck_assert_uint_gt(r.differences, 0);
}
END_TEST

START_TEST(a_capture_that_is_cut_is_told)
{
	struct bytes b = { 0 };
	struct verify_result r;
	struct errbuf err;

	proof_synthesize(1);
	proof_load_file("a.pcap", &b);
	proof_store_file("a.pcap", b.data, b.len - 5);
	bytes_reset(&b);
	ck_assert_int_eq(proof_verify(&r, &err), 0);
	ck_assert_uint_eq(r.missing, 1);
	ck_assert_uint_eq(r.captures, 3);
	ck_assert_uint_gt(r.differences, 0);
	ck_assert_msg(strstr(proof_said(), "a.pcap") != NULL, "%.999s", proof_said());
}
END_TEST

START_TEST(a_capture_that_is_missing_is_told)
{
	struct verify_result r;
	struct errbuf err;
	char path[128];

	proof_synthesize(1);
	proof_path(path, "b.pcapng");
	unlink(path);
	ck_assert_int_eq(proof_verify(&r, &err), 0);
	ck_assert_uint_eq(r.missing, 1);
	ck_assert_uint_eq(r.captures, 2);
	ck_assert_uint_eq(r.differences, 0);
	ck_assert_msg(strstr(proof_said(), "b.pcapng") != NULL, "%.999s",
	    proof_said());
}
END_TEST

START_TEST(a_folder_without_truth_is_told)
{
	struct verify_result r;
	struct errbuf err;

	ck_assert_int_eq(proof_verify(&r, &err), -1);
	ck_assert_msg(strstr(err.text, "No such file") != NULL, "%s",
	    err.text);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("verify");

	tcase_add_test(tc, nothing_differs_as_they_are_made);
	tcase_add_loop_test(tc, nothing_differs_whatever_the_snaplen_hides,
	    0, 17);
	tcase_add_test(tc, a_frame_that_was_dropped_is_found);
	tcase_add_loop_test(tc, a_byte_that_was_changed_is_found, 0, 2);
	tcase_add_test(tc, a_capture_that_is_cut_is_told);
	tcase_add_test(tc, a_capture_that_is_missing_is_told);
	tcase_add_test(tc, a_folder_without_truth_is_told);
	return proof_main("verify files", tc);
}
