/*
 * decode_batch() and decode_frame() see the same in anything: known frames with
 * bytes changed, cut anywhere, and with lengths that are not theirs.
 */
#include "tests/unit/decode_frames.h"
#include "tests/unit/stats_random.h"

/* Fields whose values decide the way: versions, lengths, types, flags. */
static const uint8_t telling[] = {
	0x00, 0x01, 0x04, 0x05, 0x06, 0x08, 0x11, 0x14, 0x20, 0x2c, 0x2f, 0x33,
	0x40, 0x45, 0x46, 0x4f, 0x50, 0x60, 0x7f, 0x80, 0x81, 0xaa, 0xdd, 0xff,
};

static void
mutate(uint8_t *data, size_t len, uint64_t *seed)
{
	size_t changes = random_below(seed, 6);

	while (changes-- > 0) {
		size_t at = random_below(seed, len);

		if (random_below(seed, 2) == 0)
			data[at] = (uint8_t)random_next(seed);
		else
			data[at] = telling[random_below(seed, sizeof(telling))];
	}
}

/* The two ends of a frame: mostly whole, else cut, padded or lying. */
static void
choose_lengths(size_t len, uint64_t *seed, size_t *cap, size_t *wire)
{
	*cap = random_below(seed, 3) == 0 ? random_below(seed, len + 1) : len;
	switch (random_below(seed, 4)) {
	case 0:
		*wire = *cap;
		break;
	case 1:
		*wire = random_below(seed, 2 * len);
		break;
	default:
		*wire = len;
		break;
	}
}

START_TEST(changed_frames_decode_alike_both_ways)
{
	uint64_t seed = random_seed("changed_frames_decode_alike_both_ways");
	unsigned long rounds = random_rounds(100000);

	while (rounds-- > 0) {
		const struct known_frame *k =
		    &known_frames[random_below(&seed, KNOWN_FRAMES)];
		uint8_t data[SHOT_BYTES_MAX];
		size_t len = shot_hex(k->hex, data);
		size_t cap, wire;
		struct shot s;

		mutate(data, len, &seed);
		choose_lengths(len, &seed, &cap, &wire);
		/* Compares, and checks what holds for all packets. */
		shot_take(&s, k->link_type, data, cap, wire);
		shot_free(&s);
	}
}
END_TEST

/* The short way's own ground, where changes hit its conditions often. */
START_TEST(changed_plain_frames_decode_alike_both_ways)
{
	static const char *const plain[] = {
		ETH("0800") IP4_UDP "00000000000000000000",
		ETH("0800") IP4_TCP,
		ETH("0800") IP4("0034", "06") "1388 0050 01020304 05060708"
		    "8010 2000 0000 0000 0101080a 00000001 00000002",
	};
	uint64_t seed = random_seed("changed_plain_frames");
	unsigned long rounds = random_rounds(100000);

	while (rounds-- > 0) {
		uint8_t data[SHOT_BYTES_MAX];
		size_t len = shot_hex(plain[random_below(&seed, 3)], data);
		size_t cap, wire;
		struct shot s;

		/* From the EtherType on. */
		mutate(data + 12, len - 12, &seed);
		choose_lengths(len, &seed, &cap, &wire);
		shot_take(&s, 1, data, cap, wire);
		shot_free(&s);
	}
}
END_TEST

START_TEST(random_bytes_decode_alike_on_every_link_type)
{
	uint64_t seed = random_seed("random_bytes_decode_alike");
	unsigned long rounds = random_rounds(300);
	unsigned link_type;

	while (rounds-- > 0) {
		for (link_type = 0; link_type < 300; link_type++) {
			uint8_t data[96];
			size_t i, n = random_below(&seed, sizeof(data) + 1);
			struct shot s;

			for (i = 0; i < n; i++)
				data[i] = (uint8_t)random_next(&seed);
			shot_take(&s, link_type, data, n, n);
			shot_free(&s);
		}
	}
}
END_TEST

START_TEST(a_batch_gives_each_frame_its_own_packet)
{
	struct frame frames[KNOWN_FRAMES];
	struct packet batch[KNOWN_FRAMES + 1], alone;
	uint8_t data[KNOWN_FRAMES][SHOT_BYTES_MAX];
	size_t i;

	for (i = 0; i < KNOWN_FRAMES; i++) {
		uint32_t len = (uint32_t)shot_hex(known_frames[i].hex, data[i]);

		frames[i] = (struct frame){
			.data = data[i], .cap_len = len, .wire_len = len,
			.link_type = (uint16_t)known_frames[i].link_type,
		};
	}
	memset(batch, 0x5a, sizeof(batch));
	decode_batch(frames, KNOWN_FRAMES, batch);
	for (i = 0; i < KNOWN_FRAMES; i++) {
		decode_frame(&frames[i], &alone);
		shot_check_same(&alone, &batch[i]);
	}
	ck_assert_uint_eq(batch[KNOWN_FRAMES].status, 0x5a);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("decode_batch");
	TCase *tc = tcase_create("batch");

	tcase_add_test(tc, changed_frames_decode_alike_both_ways);
	tcase_add_test(tc, changed_plain_frames_decode_alike_both_ways);
	tcase_add_test(tc, random_bytes_decode_alike_on_every_link_type);
	tcase_add_test(tc, a_batch_gives_each_frame_its_own_packet);
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
