#include "base/network.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/parse.h"
#include "base/table.h"
#include "base/text.h"

/* An IPv6 address, a slash and three digits fit. */
enum { PART_BYTES = 64 };

/* The bits of byte i that belong to a prefix of so many bits. */
static uint8_t
prefix_mask(unsigned bits, unsigned i)
{
	if (bits >= 8 * i + 8)
		return 0xff;
	return (uint8_t)(bits <= 8 * i ? 0 : 0xff00 >> (bits - 8 * i));
}

/* Clears the host bits; were any set? */
static bool
clear_host_bits(struct network *network)
{
	bool were_set = false;

	for (unsigned i = 0; i < sizeof(network->prefix); i++) {
		uint8_t kept = network->prefix[i] &
		    prefix_mask(network->bits, i);

		were_set = were_set || kept != network->prefix[i];
		network->prefix[i] = kept;
	}
	return were_set;
}

static void
say_host_bits(const char *part, const struct network *network,
    struct errbuf *err)
{
	struct table_ip ip = { .version = network->version };
	char text[TEXT_IP_BYTES + 1];

	memcpy(ip.bytes, network->prefix, sizeof(ip.bytes));
	*text_ip(text, &ip) = '\0';
	errbuf_set(err, "%s: host bits are set; did you mean %s/%u", part,
	    text, network->bits);
}

static bool
read_address(const char *text, struct network *out)
{
	if (inet_pton(AF_INET, text, out->prefix) == 1)
		out->version = 4;
	else if (inet_pton(AF_INET6, text, out->prefix) == 1)
		out->version = 6;
	else
		return false;
	return true;
}

static int
read_network(const char *part, struct network *out, struct errbuf *err)
{
	char address[PART_BYTES];
	size_t address_len = strcspn(part, "/");
	uint64_t bits, most;

	memcpy(address, part, address_len);
	address[address_len] = '\0';
	if (!read_address(address, out)) {
		errbuf_set(err, "%s: \"%s\" is not an IP address", part,
		    address);
		return -1;
	}
	bits = most = out->version == 4 ? 32 : 128;
	if (part[address_len] == '/' &&
	    parse_u64(part + address_len + 1, 0, most, &bits, err) != 0) {
		errbuf_prefix(err, part);
		return -1;
	}
	out->bits = (uint8_t)bits;
	if (clear_host_bits(out)) {
		say_host_bits(part, out, err);
		return -1;
	}
	return 0;
}

static int
add_network(struct networks *networks, const char *part, struct errbuf *err)
{
	struct network network = { 0 };

	if (networks->count == NETWORKS_MAX) {
		errbuf_set(err, "%s: more than %d networks", part,
		    NETWORKS_MAX);
		return -1;
	}
	if (read_network(part, &network, err) != 0)
		return -1;
	networks->list[networks->count++] = network;
	networks->has_ipv4 = networks->has_ipv4 || network.version == 4;
	networks->has_ipv6 = networks->has_ipv6 || network.version == 6;
	return 0;
}

int
networks_parse(const char *text, struct networks *out, struct errbuf *err)
{
	memset(out, 0, sizeof(*out));
	for (;;) {
		char part[PART_BYTES];
		size_t len = strcspn(text, ",");

		if (len == 0) {
			errbuf_set(err, "a network is empty");
			return -1;
		}
		if (len >= sizeof(part)) {
			errbuf_set(err, "%.*s is not a network", (int)len,
			    text);
			return -1;
		}
		memcpy(part, text, len);
		part[len] = '\0';
		if (add_network(out, part, err) != 0)
			return -1;
		text += len;
		if (*text == '\0')
			return 0;
		text++;
	}
}

bool
network_contains(const struct network *network, int version,
    const uint8_t *address)
{
	unsigned whole = network->bits / 8;

	if (network->version != version ||
	    memcmp(address, network->prefix, whole) != 0)
		return false;
	return network->bits % 8 == 0 ||
	    ((address[whole] ^ network->prefix[whole]) &
	    prefix_mask(network->bits, whole)) == 0;
}

bool
networks_contain(const struct networks *networks, int version,
    const uint8_t *address)
{
	for (size_t i = 0; i < networks->count; i++)
		if (network_contains(&networks->list[i], version, address))
			return true;
	return false;
}
