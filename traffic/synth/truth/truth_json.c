#include "traffic/synth/truth/truth_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "traffic/synth/truth/truth_known.h"

/* Of what is read here; a change that old readers would misread raises it. */
enum { TRUTH_VERSION = 1 };

/* A member that is a list, each item of it on its own line. */
void
truth_json_list(struct json_out *out, const char *key)
{
	json_out_line(out);
	json_out_key(out, key);
	json_out_open(out, '[');
}

void
truth_json_item(struct json_out *out)
{
	json_out_line(out);
	json_out_open(out, '{');
}

const char *
truth_json_host(const struct truth *t, size_t host)
{
	return host == SCENARIO_NONE ? "router" :
	    t->setup.scenario->hosts[host].name;
}

void
truth_json_address(struct json_out *out, const struct scenario_address *address)
{
	struct table_ip ip = { .version = address->version };
	char text[TEXT_IP_BYTES];

	if (address->version == 0) {
		json_out_null(out);
		return;
	}
	memcpy(ip.bytes, address->bytes, sizeof(ip.bytes));
	json_out_string(out, text, (size_t)(text_ip(text, &ip) - text));
}

static void
put_addresses(struct json_out *out, const char *key,
    const struct scenario_address list[2])
{
	json_out_key(out, key);
	json_out_open(out, '[');
	for (int i = 0; i < 2; i++)
		if (list[i].version != 0)
			truth_json_address(out, &list[i]);
	json_out_close(out, ']');
}

static void
put_prefix(struct json_out *out, const struct network *network)
{
	struct table_ip ip = { .version = network->version };
	char text[TEXT_IP_BYTES + 1 + TEXT_U64_BYTES], *end;

	memcpy(ip.bytes, network->prefix, sizeof(ip.bytes));
	end = text_ip(text, &ip);
	*end++ = '/';
	end = text_u64(end, network->bits);
	json_out_string(out, text, (size_t)(end - text));
}

static void
put_prefixes(struct json_out *out, const char *key,
    const struct scenario_network *network)
{
	json_out_key(out, key);
	json_out_open(out, '[');
	for (int i = 0; i < 2; i++)
		if (network->has_prefix[i])
			put_prefix(out, &network->prefix[i]);
	json_out_close(out, ']');
}

static void
put_networks(const struct truth *t, struct json_out *out)
{
	const struct scenario *s = t->setup.scenario;

	truth_json_list(out, "networks");
	for (size_t i = 0; i < s->network_count; i++) {
		truth_json_item(out);
		json_out_key_text(out, "network", s->networks[i].name);
		put_prefixes(out, "prefixes", &s->networks[i]);
		put_addresses(out, "router", s->networks[i].router);
		json_out_close(out, '}');
	}
	json_out_close(out, ']');
}

static void
put_mac(struct json_out *out, const uint8_t mac[6])
{
	static const char digits[] = "0123456789abcdef";
	char text[18];

	for (int i = 0; i < 6; i++) {
		text[3 * i] = digits[mac[i] >> 4];
		text[3 * i + 1] = digits[mac[i] & 15];
		text[3 * i + 2] = ':';
	}
	json_out_string(out, text, 17);
}

static void
put_hosts(const struct truth *t, struct json_out *out)
{
	const struct scenario *s = t->setup.scenario;

	truth_json_list(out, "hosts");
	for (size_t i = 0; i < s->host_count; i++) {
		const struct scenario_host *h = &s->hosts[i];

		truth_json_item(out);
		json_out_key_text(out, "host", h->name);
		json_out_key_text(out, "network",
		    s->networks[h->network].name);
		put_addresses(out, "addresses", h->address);
		json_out_key(out, "mac");
		put_mac(out, h->mac);
		json_out_key_text(out, "dns_name", h->dns_name);
		json_out_key_i64(out, "clock_offset_ns", h->clock_offset_ns);
		json_out_close(out, '}');
	}
	json_out_close(out, ']');
}

static const char *
format_name(const struct scenario_capture *how)
{
	if (how->format == CAPTURE_PCAPNG)
		return "pcapng";
	return how->microseconds ? "pcap" : "pcap-nsec";
}

static int
put_capture(const struct truth *t, size_t number, const uint64_t *repeats,
    struct json_out *out)
{
	const struct truth_capture *c = &t->captures.list[number];
	const struct scenario *s = t->setup.scenario;

	truth_json_item(out);
	json_out_key_u64(out, "capture", number);
	json_out_key_text(out, "file", c->file);
	json_out_key_text(out, "host", c->host == SCENARIO_NONE ? NULL :
	    s->hosts[c->host].name);
	json_out_key_text(out, "network", s->networks[c->network].name);
	put_prefixes(out, "local", &s->networks[c->network]);
	json_out_key_text(out, "format", format_name(&c->how));
	json_out_key_bool(out, "microseconds", c->how.microseconds);
	json_out_key_u64(out, "snaplen", c->snaplen);
	json_out_key_i64(out, "clock_offset_ns", c->host == SCENARIO_NONE ?
	    0 : s->hosts[c->host].clock_offset_ns);
	json_out_key_u64(out, "frames", c->frames);
	json_out_key(out, "known");
	if (truth_known_write(t, number, repeats, out) == -1)
		return -1;
	json_out_close(out, '}');
	return 0;
}

static int
put_captures(const struct truth *t, const uint64_t *repeats,
    struct json_out *out)
{
	truth_json_list(out, "captures");
	for (size_t i = 0; i < t->captures.count; i++)
		if (put_capture(t, i, repeats, out) == -1)
			return -1;
	json_out_close(out, ']');
	return 0;
}


static void
put_heading(const struct truth *t, struct json_out *out)
{
	const struct scenario *s = t->setup.scenario;
	const struct table_time start = { t->setup.start_ns, 9 };
	char text[TEXT_UTC_BYTES], seed[TEXT_U64_BYTES];

	json_out_key_u64(out, "truth_version", TRUTH_VERSION);
	json_out_line(out);
	json_out_key_text(out, "scenario", s->name);
	json_out_line(out);
	json_out_key_text(out, "title", s->title);
	json_out_line(out);
	/* As text: it may be past what readers of JSON take as an integer. */
	json_out_key(out, "seed");
	json_out_string(out, seed, (size_t)(text_u64(seed, t->setup.seed) -
	    seed));
	json_out_line(out);
	json_out_key(out, "start");
	json_out_string(out, text, (size_t)(text_utc(text, start) - text));
	json_out_line(out);
	json_out_key_i64(out, "start_ns", t->setup.start_ns);
}

static int
put_all(const struct truth *t, const uint64_t *repeats, struct json_out *out)
{
	json_out_open(out, '{');
	put_heading(t, out);
	put_networks(t, out);
	put_hosts(t, out);
	if (put_captures(t, repeats, out) == -1)
		return -1;
	truth_json_connections(t, out);
	truth_json_packets(t, repeats, out);
	truth_json_messages(t, out);
	if (truth_json_labels(t, out) == -1)
		return -1;
	json_out_close(out, '}');
	return 0;
}

int
truth_write(struct truth *t, struct sink *sink, struct errbuf *err)
{
	uint64_t *repeats = t->no_memory ? NULL : truth_repeats(t);
	struct json_out out;

	json_out_init(&out, sink);
	if (repeats == NULL || put_all(t, repeats, &out) == -1)
		json_out_fail(&out, "out of memory");
	free(repeats);
	return json_out_end(&out, err);
}
