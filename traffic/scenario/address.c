#include "traffic/scenario/address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

const char *
address_text(char room[ADDRESS_TEXT_BYTES],
    const struct scenario_address *address)
{
	if (inet_ntop(address->version == 4 ? AF_INET : AF_INET6,
	    address->bytes, room, ADDRESS_TEXT_BYTES) == NULL)
		room[0] = '\0';
	return room;
}

bool
scenario_address_equal(const struct scenario_address *a,
    const struct scenario_address *b)
{
	return a->version == b->version && memcmp(a->bytes, b->bytes,
	    a->version == 4 ? 4 : 16) == 0;
}

size_t
scenario_host_with(const struct scenario *scenario,
    const struct scenario_address *address)
{
	for (size_t i = 0; i < scenario->host_count; i++)
		if (scenario_address_equal(address, &scenario->hosts[i].
		    address[family_of(address->version)]))
			return i;
	return SCENARIO_NONE;
}

static bool
parse_address(const char *text, struct scenario_address *out)
{
	*out = (struct scenario_address){ 0 };
	if (inet_pton(AF_INET, text, out->bytes) == 1)
		out->version = 4;
	else if (inet_pton(AF_INET6, text, out->bytes) == 1)
		out->version = 6;
	return out->version != 0;
}

int
address_read(struct parser *p, struct scenario_address out[2],
    struct place places[2])
{
	struct scenario_address one;
	struct word word;
	int family;

	if (parser_word(p, "an address", &word) == -1)
		return -1;
	if (!parse_address(word.text, &one))
		return parser_fault(p, word.at, "`%s` is not an IP address",
		    word.text);
	family = family_of(one.version);
	if (out[family].version != 0)
		return parser_fault(p, word.at,
		    "a second IPv%d address: one of each family is all",
		    one.version);
	out[family] = one;
	places[family] = parser_place(p, word.at);
	return 0;
}

/* Why no network of hosts has this prefix; NULL: one may. */
static const char *
prefix_fault(const struct network *n)
{
	uint8_t first = n->prefix[0];

	if (n->version == 4) {
		if (n->bits < 8 || n->bits > 30)
			return "a prefix of 8 to 30 bits is wanted";
		if (first == 0 || first == 127 || first >= 224)
			return "not a prefix of ordinary addresses";
		return NULL;
	}
	if (n->bits < 16 || n->bits > 126)
		return "a prefix of 16 to 126 bits is wanted";
	if (first == 0 || first == 0xff ||
	    (first == 0xfe && (n->prefix[1] & 0xc0) == 0x80))
		return "not a prefix of ordinary addresses";
	return NULL;
}

int
prefix_read(struct parser *p, struct network *out, struct place *place)
{
	struct networks list;
	struct errbuf why;
	struct word word;
	const char *fault;

	if (parser_word(p, "a prefix", &word) == -1)
		return -1;
	if (strchr(word.text, ',') != NULL)
		return parser_fault(p, word.at, "one prefix at a time");
	if (networks_parse(word.text, &list, &why) == -1)
		return parser_fault(p, word.at, "%s", why.text);
	fault = prefix_fault(&list.list[0]);
	if (fault != NULL)
		return parser_fault(p, word.at, "%s: %s", word.text, fault);
	*out = list.list[0];
	*place = parser_place(p, word.at);
	return 0;
}

static bool
parse_mac(const char *text, uint8_t mac[6])
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";

	if (strlen(text) != 17)
		return false;
	for (size_t i = 0; i < 17; i++) {
		const char *at = strchr(digits, text[i]);

		if (i % 3 == 2) {
			if (text[i] != ':')
				return false;
			continue;
		}
		if (at == NULL)
			return false;
		mac[i / 3] = (uint8_t)(mac[i / 3] << 4 | (at - digits) % 16);
	}
	return true;
}

int
mac_read(struct parser *p, uint8_t mac[6], struct place *place)
{
	static const uint8_t none[6];
	struct word word;

	memset(mac, 0, 6);
	if (parser_word(p, "a MAC", &word) == -1)
		return -1;
	if (!parse_mac(word.text, mac))
		return parser_fault(p, word.at, "`%s` is not a MAC like "
		    "02:00:00:00:00:01", word.text);
	if ((mac[0] & 1) != 0 || memcmp(mac, none, 6) == 0)
		return parser_fault(p, word.at, "%s is no MAC of one host",
		    word.text);
	*place = parser_place(p, word.at);
	return 0;
}

bool
address_is_usable(const struct network *prefix,
    const struct scenario_address *address)
{
	unsigned bits = prefix->version == 4 ? 32 : 128;
	bool all_zeros = true, all_ones = true;

	for (unsigned i = prefix->bits; i < bits; i++) {
		bool one = (address->bytes[i / 8] >> (7 - i % 8) & 1) != 0;

		all_zeros = all_zeros && !one;
		all_ones = all_ones && one;
	}
	return !all_zeros && (!all_ones || prefix->version == 6);
}

struct scenario_address
address_of(const struct network *prefix, uint32_t n)
{
	struct scenario_address out = { .version = prefix->version };
	unsigned last = prefix->version == 4 ? 3 : 15;

	memcpy(out.bytes, prefix->prefix, sizeof(out.bytes));
	for (unsigned i = 0; i < 4; i++)
		out.bytes[last - i] |= (uint8_t)(n >> 8 * i);
	if (!network_contains(prefix, prefix->version, out.bytes) ||
	    !address_is_usable(prefix, &out))
		out.version = 0;
	return out;
}
