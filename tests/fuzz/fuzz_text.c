/*
 * What people type: times, sizes, networks, lists of columns.  The first byte
 * says which, the rest is the text.  What was understood, written down and read
 * again, is the same.
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "base/network.h"
#include "base/parse.h"
#include "base/table.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

enum { LEN_MAX = 300 };

static void
fuzz_number(const char *text)
{
	char again[TEXT_U64_BYTES + 1];
	struct errbuf err = { "" };
	uint64_t value, second;

	if (parse_u64(text, 0, UINT64_MAX, &value, &err) != 0) {
		fuzz_check_line(&err, NULL);
		return;
	}
	*text_u64(again, value) = '\0';
	FUZZ_CHECK(strcmp(again, text + strspn(text, "0")) == 0 ||
	    (value == 0 && strspn(text, "0") == strlen(text)));
	FUZZ_CHECK(parse_size(text, &second, &err) == 0 && second == value);
}

static void
fuzz_size(const char *text)
{
	char again[TEXT_U64_BYTES + 1];
	struct errbuf err = { "" };
	uint64_t value, second;

	if (parse_size(text, &value, &err) != 0) {
		fuzz_check_line(&err, NULL);
		return;
	}
	*text_u64(again, value) = '\0';
	FUZZ_CHECK(parse_size(again, &second, &err) == 0 && second == value);
}

static void
fuzz_time(const char *text)
{
	char again[TEXT_TIME_BYTES + 1];
	struct errbuf err = { "" };
	int64_t ns, second;

	if (parse_time(text, &ns, &err) != 0) {
		fuzz_check_line(&err, NULL);
		return;
	}
	if (ns == TABLE_NO_I64)
		return;
	*text_time(again, (struct table_time){ ns, 9 }) = '\0';
	if (parse_time(again, &second, &err) != 0)
		fuzz_fail("%s, from %s: %s", again, text, err.text);
	FUZZ_CHECK(second == ns);
}

static void
check_network(const struct networks *all, const struct network *n)
{
	char text[TEXT_IP_BYTES + 5], *at;
	struct table_ip ip = { .version = n->version };
	struct errbuf err = { "" };
	struct networks again;

	memcpy(ip.bytes, n->prefix, sizeof(ip.bytes));
	FUZZ_CHECK(networks_contain(all, n->version, n->prefix));
	at = text_ip(text, &ip);
	*at++ = '/';
	*text_u64(at, n->bits) = '\0';
	if (networks_parse(text, &again, &err) != 0)
		fuzz_fail("%s: %s", text, err.text);
	FUZZ_CHECK(again.count == 1 && again.list[0].version == n->version &&
	    again.list[0].bits == n->bits &&
	    memcmp(again.list[0].prefix, n->prefix, n->version == 4 ? 4 : 16) ==
	    0);
}

static void
fuzz_networks(const char *text)
{
	struct errbuf err = { "" };
	struct networks all;
	bool ipv4 = false, ipv6 = false;

	if (networks_parse(text, &all, &err) != 0) {
		fuzz_check_line(&err, NULL);
		return;
	}
	FUZZ_CHECK(all.count > 0 && all.count <= NETWORKS_MAX);
	for (size_t i = 0; i < all.count; i++) {
		check_network(&all, &all.list[i]);
		ipv4 = ipv4 || all.list[i].version == 4;
		ipv6 = ipv6 || all.list[i].version == 6;
	}
	FUZZ_CHECK(all.has_ipv4 == ipv4 && all.has_ipv6 == ipv6);
}

/* Names are exact, so the columns found spell the text that named them. */
static void
fuzz_columns(const char *text)
{
	const struct table *table = analysis_summary.tables[0];
	struct table_selection selection;
	struct errbuf err = { "" };
	bool seen[TABLE_COLUMNS_MAX] = { false };

	if (table_select(table, text, &selection, &err) != 0) {
		fuzz_check_line(&err, NULL);
		return;
	}
	FUZZ_CHECK(selection.count > 0);
	for (size_t i = 0; i < selection.count; i++) {
		size_t index = selection.index[i];
		size_t len;

		FUZZ_CHECK(index < table->column_count && !seen[index]);
		seen[index] = true;
		len = strlen(table->columns[index].name);
		FUZZ_CHECK(strncmp(text, table->columns[index].name, len) == 0);
		text += len;
		FUZZ_CHECK(*text == (i + 1 < selection.count ? ',' : '\0'));
		text++;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void (*const kinds[])(const char *) = {
		fuzz_number, fuzz_size, fuzz_time, fuzz_networks, fuzz_columns,
	};
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);
	char *text;

	/* The nearest name to a long one takes long to find. */
	if (len == 0 || len > LEN_MAX)
		return 0;
	text = strndup((const char *)data + 1, len - 1);
	if (text == NULL)
		fuzz_fail("out of memory");
	kinds[data[0] % count](text);
	free(text);
	return 0;
}
