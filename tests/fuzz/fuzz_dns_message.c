/*
 * Messages of DNS.  One that was read, written and read again is the same, but
 * for what is not read of it.
 */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traffic/synth/packet/dns_message.h"

static void
check_same(const struct dns_message *a, const struct dns_message *b)
{
	FUZZ_CHECK(a->id == b->id && a->type == b->type);
	FUZZ_CHECK(a->is_answer == b->is_answer && a->rcode == b->rcode);
	FUZZ_CHECK(a->truncated == b->truncated);
	FUZZ_CHECK(a->authoritative == b->authoritative);
	FUZZ_CHECK(a->recursion_desired == b->recursion_desired);
	FUZZ_CHECK(a->recursion_available == b->recursion_available);
	FUZZ_CHECK(dns_name_is(a->name, b->name));
	FUZZ_CHECK(a->answer_count == b->answer_count);
	for (size_t i = 0; i < a->answer_count; i++) {
		const struct dns_record *x = &a->answers[i];
		const struct dns_record *y = &b->answers[i];

		FUZZ_CHECK(dns_name_is(x->name, y->name));
		FUZZ_CHECK(x->type == y->type && x->ttl_s == y->ttl_s);
		FUZZ_CHECK(x->len == y->len);
		FUZZ_CHECK(x->len == 0 || memcmp(x->data, y->data, x->len) ==
		    0);
	}
}

/* Cut to a room it still is a message, with as many answers as fit. */
static void
check_cut(const struct dns_message *m)
{
	struct dns_message cut;
	struct bytes wire = { 0 };
	struct errbuf err;

	FUZZ_CHECK(dns_message_write(m, DNS_UDP_MAX, &wire, &err) == 0);
	FUZZ_CHECK(wire.len <= DNS_UDP_MAX);
	FUZZ_CHECK(dns_message_read(&cut, wire.data, wire.len) == 0);
	FUZZ_CHECK(cut.answer_count == m->answer_count || cut.truncated);
	bytes_reset(&wire);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dns_message first, second;
	struct bytes wire = { 0 };
	struct errbuf err;

	if (dns_message_read(&first, data, len) != 0)
		return 0;
	FUZZ_CHECK(dns_message_write(&first, 0, &wire, &err) == 0);
	FUZZ_CHECK(dns_message_read(&second, wire.data, wire.len) == 0);
	check_same(&first, &second);
	check_cut(&first);
	bytes_reset(&wire);
	return 0;
}
