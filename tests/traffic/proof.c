#include "tests/traffic/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/check_main.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/synth.h"

/* Losses, repeats, copies and late packets of both IP versions, fragments, a
 * closed window, reused ports, resets, echoes, a scan. */
static const char scenario_text[] =
    "network lab 10.1.0.0/24 fd00:1::/64\n"
    "    capture microseconds\n"
    "network out 203.0.113.0/24 fd00:2::/64\n"
    "host a 10.1.0.2 fd00:1::2\n"
    "    capture\n"
    "    link loss 5% reorder 5% by 3ms duplicate 3% latency 2ms\n"
    "host b 203.0.113.9 fd00:2::9\n"
    "    capture pcapng snaplen 128\n"
    "    clock -3s\n"
    "    tcp window 8K isn 4294960000\n"
    "    link loss 5%\n"
    "transfer from a to b port 80\n"
    "    bytes 30K\n"
    "    stall after 10K for 3s\n"
    "transfer from a to b port 81 at 1s ipv6\n"
    "    bytes 30K\n"
    "    download\n"
    "transfer from a to b port 82 at 2s\n"
    "    bytes 1K\n"
    "    close reset\n"
    "    connections 4 every 1s\n"
    "    from-port 4000\n"
    "datagrams from a to b port 5000\n"
    "    count 10\n"
    "    size uniform 10 to 4000\n"
    "    every 50ms\n"
    "    answer 20\n"
    "datagrams from b to a port 6000 at 20s\n"	/* flows end in between */
    "    count 3\n"
    "    every 130s\n"
    "    from-port 7000\n"
    "ping from a to b ipv6\n"
    "    count 3\n"
    "    size 2000\n"
    "    every 1s\n"
    "scan from a to b ports 1-20 at 10s\n"
    "    every 10ms\n";


static char folder[] = "/tmp/test_verify.XXXXXX";
static struct bytes lines;	/* that verify has said */

static const char *const files[] = { "a.pcap", "b.pcapng", "lab.pcap",
    "truth.json" };
enum { FILES = sizeof(files) / sizeof(*files) };

void
proof_path(char path[PROOF_PATH_BYTES], const char *file)
{
	snprintf(path, PROOF_PATH_BYTES, "%s/%s", folder, file);
}

static void
clear(void)
{
	char path[PROOF_PATH_BYTES];

	for (size_t i = 0; i < FILES; i++) {
		proof_path(path, files[i]);
		unlink(path);
	}
	bytes_reset(&lines);
}

static void
remove_folder(void)
{
	clear();
	rmdir(folder);
}

static void
make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

void
proof_synthesize_cut(uint64_t seed, uint32_t snaplen)
{
	struct errbuf err = { "" };
	const struct synth_options options = { .folder = folder,
	    .seed_set = true, .seed = seed, .snaplen = snaplen,
	    .force = true };
	struct synth_result result;
	struct scenario *s = scenario_parse("test", scenario_text,
	    sizeof(scenario_text) - 1, &err);

	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert_msg(synth_play(s, &options, &result, &err) == 0, "%s",
	    err.text);
	ck_assert_uint_eq(result.totals.captures, 3);
	scenario_free(s);
}

void
proof_synthesize(uint64_t seed)
{
	proof_synthesize_cut(seed, 0);
}

void
proof_say(void *context, const char *line)
{
	(void)context;
	ck_assert_ptr_null(strchr(line, '\n'));
	bytes_append(&lines, line, strlen(line));
	bytes_append(&lines, "\n", 1);
}

void
proof_forget(void)
{
	lines.len = 0;
}

int
proof_verify(struct verify_result *result, struct errbuf *err)
{
	const struct verify_calls calls = { proof_say, NULL };

	proof_forget();
	err->text[0] = '\0';
	return verify_folder(folder, &calls, result, err);
}

const char *
proof_said(void)
{
	ck_assert_int_eq(bytes_append(&lines, "", 1), 0);
	lines.len--;
	return (const char *)lines.data;
}

json_t *
proof_load_truth(void)
{
	char path[PROOF_PATH_BYTES];
	json_error_t why;
	json_t *root;

	proof_path(path, "truth.json");
	root = json_load_file(path, 0, &why);
	ck_assert_msg(root != NULL, "%s", why.text);
	return root;
}

void
proof_store_truth(json_t *root)
{
	char path[PROOF_PATH_BYTES];

	proof_path(path, "truth.json");
	ck_assert_int_eq(json_dump_file(root, path, JSON_COMPACT |
	    JSON_ENCODE_ANY), 0);
}

void
proof_load_file(const char *file, struct bytes *b)
{
	char path[PROOF_PATH_BYTES];
	FILE *f;
	size_t n;

	proof_path(path, file);
	f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	do {
		uint8_t *room = bytes_reserve(b, 65536);

		ck_assert_ptr_nonnull(room);
		n = fread(room, 1, 65536, f);
		b->len += n;
	} while (n > 0);
	fclose(f);
}

void
proof_store_file(const char *file, const uint8_t *data, size_t n)
{
	char path[PROOF_PATH_BYTES];
	FILE *f;

	proof_path(path, file);
	f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

int
proof_main(const char *name, TCase *tests)
{
	tcase_set_timeout(tests, 60);	/* sanitizers are slow */
	tcase_add_unchecked_fixture(tests, make_folder, remove_folder);
	tcase_add_checked_fixture(tests, NULL, clear);
	return check_main(name, tests);
}
