/*
 * Lists of users, as a server sends them.  One that was read, written and read
 * again is the same; and lists that lie one behind the other are told apart
 * however they are split.
 */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/splitting.h"

enum { STREAM_MAX = 2000 };

static void
check_same(const struct user_list *a, const struct user_list *b)
{
	FUZZ_CHECK(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		FUZZ_CHECK(strcmp(a->entries[i].name, b->entries[i].name) == 0);
		FUZZ_CHECK(strcmp(a->entries[i].address,
		    b->entries[i].address) == 0);
	}
}

static void
check_written(const struct user_list *list)
{
	struct user_list second = { 0 };
	struct user_list_scan scan = { 0 };
	struct bytes wire = { 0 };
	struct errbuf err;
	size_t used;

	FUZZ_CHECK(user_list_append(&wire, list->entries, list->count) == 0);
	for (size_t i = 0; i < wire.len; i++)
		FUZZ_CHECK(wire.data[i] >= ' ' && wire.data[i] <= '~');
	FUZZ_CHECK(user_list_next(&scan, wire.data, wire.len, wire.len,
	    &used) == WIRE_WHOLE && used == wire.len);
	if (user_list_parse(&second, wire.data, wire.len, &err) != 0)
		fuzz_fail("%.*s: %s", (int)wire.len, (char *)wire.data,
		    err.text);
	check_same(list, &second);
	user_list_reset(&second);
	bytes_reset(&wire);
}

static enum wire_status
next_list(struct splitting *s, const uint8_t *data, size_t len, size_t *used)
{
	enum wire_status status = user_list_next(&s->scan, data, len,
	    STREAM_MAX, used);

	if (status == WIRE_PARTIAL)
		FUZZ_CHECK(s->scan.seen == len && len < STREAM_MAX);
	if (status != WIRE_WHOLE) {
		*used = 0;
		return status;
	}
	FUZZ_CHECK(*used <= STREAM_MAX);
	splitting_log(s, data, *used);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct user_list list = { 0 };
	struct errbuf err = { "" };

	splitting_check(next_list, data, len);
	if (user_list_parse(&list, data, len, &err) == 0)
		check_written(&list);
	else
		fuzz_check_line(&err, "list of users");
	user_list_reset(&list);
	return 0;
}
