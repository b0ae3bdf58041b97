#include "analyzer/analyses/path_tree.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/stats_random.h"

static struct path_tree *
new_tree(void)
{
	struct errbuf err;
	struct path_tree *tree = path_tree_new(&err);

	ck_assert_ptr_nonnull(tree);
	return tree;
}

static void
add(struct path_tree *tree, const uint8_t *layers, uint8_t count,
    uint32_t wire_len)
{
	const struct frame frame = { .wire_len = wire_len };
	struct packet p = { .frame = &frame, .layer_count = count };
	struct errbuf err;

	memcpy(p.layers, layers, PACKET_LAYERS_MAX);
	ck_assert_int_eq(path_tree_add(tree, &p, &err), 0);
}

/* "PATH PACKETS BYTES" a line, in the order of a walk. */
static void
write_walk(const struct path_tree *tree, size_t node, char *out)
{
	const struct path_node *n = path_tree_node(tree, node);
	char text[PATH_TREE_TEXT_BYTES];

	if (node != PATH_TREE_ROOT) {
		path_tree_text(tree, node, text);
		sprintf(out + strlen(out), "%s %" PRIu64 " %" PRIu64 "\n",
		    text, n->packets, n->frame_bytes);
	}
	for (size_t c = n->first_child; c != 0;
	    c = path_tree_node(tree, c)->next_sibling)
		write_walk(tree, c, out);
}

START_TEST(counts_are_inclusive_and_most_packets_come_first)
{
	static const uint8_t arp[16] = { LAYER_ETHERNET, LAYER_ARP };
	static const uint8_t tcp[16] = { LAYER_ETHERNET, LAYER_IPV4,
	    LAYER_TCP };
	static const uint8_t udp[16] = { LAYER_ETHERNET, LAYER_IPV4,
	    LAYER_UDP };
	struct path_tree *tree = new_tree();
	char walk[512] = "";

	add(tree, tcp, 3, 100);
	add(tree, arp, 2, 60);
	add(tree, udp, 3, 70);
	add(tree, udp, 3, 71);
	add(tree, udp, 2, 34);	/* a later fragment */
	add(tree, udp, 0, 9);
	path_tree_sum(tree);
	write_walk(tree, PATH_TREE_ROOT, walk);
	ck_assert_str_eq(walk, "eth 5 335\neth:ip 4 275\neth:ip:udp 2 141\n"
	    "eth:ip:tcp 1 100\neth:arp 1 60\nunknown 1 9\n");
	ck_assert_uint_eq(path_tree_merged(tree), 0);
	path_tree_free(tree);
}
END_TEST

/* What is behind a path's end is from an earlier packet. */
START_TEST(layers_behind_the_count_make_no_difference)
{
	uint64_t state = random_seed("path_tree");
	struct path_tree *tree = new_tree();
	uint64_t counts[PACKET_LAYERS_MAX + 1] = { 0 };
	uint8_t layers[PACKET_LAYERS_MAX];

	for (int i = 0; i < 10000; i++) {
		uint8_t count = (uint8_t)(1 + random_next(&state) %
		    PACKET_LAYERS_MAX);

		for (size_t k = 0; k < PACKET_LAYERS_MAX; k++)
			layers[k] = k < count ? LAYER_VLAN :
			    (uint8_t)random_next(&state);
		add(tree, layers, count, 1);
		for (size_t k = 1; k <= count; k++)
			counts[k]++;
	}
	path_tree_sum(tree);
	for (size_t k = 1; k <= PACKET_LAYERS_MAX; k++) {
		ck_assert_uint_eq(path_tree_node(tree, k)->packets, counts[k]);
		ck_assert_uint_eq(path_tree_node(tree, k)->frame_bytes,
		    counts[k]);
		ck_assert_uint_eq(path_tree_node(tree, k)->first_child,
		    k == PACKET_LAYERS_MAX ? 0 : k + 1);
	}
	path_tree_free(tree);
}
END_TEST

START_TEST(more_paths_than_there_is_room_for_are_counted_all_the_same)
{
	uint64_t state = random_seed("path_tree room");
	struct path_tree *tree = new_tree();
	uint8_t layers[PACKET_LAYERS_MAX];

	enum { PACKETS = 20000 };

	for (int i = 0; i < PACKETS; i++) {
		for (size_t k = 0; k < PACKET_LAYERS_MAX; k++)
			layers[k] = (uint8_t)(1 + random_next(&state) %
			    (LAYERS - 1));
		add(tree, layers, PACKET_LAYERS_MAX, 1);
	}
	ck_assert_uint_gt(path_tree_merged(tree), PACKETS / 2);
	path_tree_sum(tree);
	ck_assert_uint_eq(path_tree_node(tree, PATH_TREE_ROOT)->packets,
	    PACKETS);
	path_tree_free(tree);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("path_tree");
	TCase *tc = tcase_create("path_tree");

	tcase_add_test(tc, counts_are_inclusive_and_most_packets_come_first);
	tcase_add_test(tc, layers_behind_the_count_make_no_difference);
	tcase_add_test(tc,
	    more_paths_than_there_is_room_for_are_counted_all_the_same);
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
