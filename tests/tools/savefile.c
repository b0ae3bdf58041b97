#include "tests/tools/savefile.h"

#include <assert.h>

static const uint32_t pcap_magic_us = 0xa1b2c3d4;
static const uint32_t pcap_magic_ns = 0xa1b23c4d;

enum {
	PCAPNG_SECTION_HEADER = 0x0a0d0d0a,
	PCAPNG_BYTE_ORDER = 0x1a2b3c4d,
	PCAPNG_INTERFACE = 1,
	PCAPNG_ENHANCED_PACKET = 6,
	OPTION_IF_TSRESOL = 9,
	CLASSIC_SNAPLEN = 262144,
	NS_PER_S = 1000000000,
};

static void
put16(struct savefile *s, uint16_t value)
{
	int high = value >> 8, low = value & 0xff;

	putc(s->big_endian ? high : low, s->to);
	putc(s->big_endian ? low : high, s->to);
}

static void
put32(struct savefile *s, uint32_t value)
{
	uint16_t high = (uint16_t)(value >> 16), low = (uint16_t)value;

	put16(s, s->big_endian ? high : low);
	put16(s, s->big_endian ? low : high);
}

void
savefile_pcap(struct savefile *s, FILE *to, bool big_endian,
    const struct savefile_interface *interface)
{
	s->to = to;
	s->pcapng = false;
	s->big_endian = big_endian;
	s->interfaces[0] = *interface;
	s->interface_count = 1;

	assert(interface->tsresol == SAVEFILE_MICROSECONDS ||
	    interface->tsresol == SAVEFILE_NANOSECONDS);
	put32(s, interface->tsresol == SAVEFILE_NANOSECONDS ?
	    pcap_magic_ns : pcap_magic_us);
	put16(s, 2);			/* version 2.4 */
	put16(s, 4);
	put32(s, 0);			/* two fields that nobody fills */
	put32(s, 0);
	put32(s, interface->snaplen == 0 ?
	    CLASSIC_SNAPLEN : interface->snaplen);
	put32(s, interface->link_type);
}

void
savefile_pcapng(struct savefile *s, FILE *to, bool big_endian)
{
	s->to = to;
	s->pcapng = true;
	s->big_endian = big_endian;
	s->interface_count = 0;

	put32(s, PCAPNG_SECTION_HEADER);
	put32(s, 28);
	put32(s, PCAPNG_BYTE_ORDER);
	put16(s, 1);			/* version 1.0 */
	put16(s, 0);
	put32(s, UINT32_MAX);		/* section length: not said */
	put32(s, UINT32_MAX);
	put32(s, 28);
}

unsigned
savefile_add_interface(struct savefile *s,
    const struct savefile_interface *interface)
{
	assert(s->pcapng && s->interface_count < SAVEFILE_INTERFACES_MAX);
	put32(s, PCAPNG_INTERFACE);
	put32(s, 32);
	put16(s, interface->link_type);
	put16(s, 0);
	put32(s, interface->snaplen);
	put16(s, OPTION_IF_TSRESOL);
	put16(s, 1);
	putc(interface->tsresol, s->to);
	for (int i = 0; i < 3; i++)
		putc(0, s->to);
	put32(s, 0);			/* end of options */
	put32(s, 32);
	s->interfaces[s->interface_count] = *interface;
	return (unsigned)s->interface_count++;
}

/* Nanoseconds to ticks of 10^-n or 2^-n seconds, rounded down. */
static uint64_t
ticks(uint8_t tsresol, uint64_t ts_ns)
{
	uint64_t s = ts_ns / NS_PER_S, ns = ts_ns % NS_PER_S;
	uint64_t per_s = 1;

	if (tsresol & SAVEFILE_POWER_OF_TWO)
		per_s <<= tsresol & 0x7f;
	else
		for (unsigned i = 0; i < tsresol; i++)
			per_s *= 10;
	/* Both factors are below 2^30. */
	assert(per_s <= UINT64_C(1) << 30);
	return s * per_s + ns * per_s / NS_PER_S;
}

static void
add_record(struct savefile *s, int64_t ts_ns, const uint8_t *data,
    size_t cap_len, size_t wire_len)
{
	int64_t ns_per_tick =
	    s->interfaces[0].tsresol == SAVEFILE_NANOSECONDS ? 1 : 1000;

	put32(s, (uint32_t)(ts_ns / NS_PER_S));
	put32(s, (uint32_t)(ts_ns % NS_PER_S / ns_per_tick));
	put32(s, (uint32_t)cap_len);
	put32(s, (uint32_t)wire_len);
	fwrite(data, 1, cap_len, s->to);
}

static void
add_block(struct savefile *s, unsigned interface, int64_t ts_ns,
    const uint8_t *data, size_t cap_len, size_t wire_len)
{
	uint64_t ts = ticks(s->interfaces[interface].tsresol, (uint64_t)ts_ns);
	size_t padding = -cap_len % 4;
	uint32_t block_len = (uint32_t)(32 + cap_len + padding);

	put32(s, PCAPNG_ENHANCED_PACKET);
	put32(s, block_len);
	put32(s, interface);
	put32(s, (uint32_t)(ts >> 32));
	put32(s, (uint32_t)ts);
	put32(s, (uint32_t)cap_len);
	put32(s, (uint32_t)wire_len);
	fwrite(data, 1, cap_len, s->to);
	while (padding-- > 0)
		putc(0, s->to);
	put32(s, block_len);
}

void
savefile_add_packet(struct savefile *s, unsigned interface, int64_t ts_ns,
    const uint8_t *data, size_t wire_len)
{
	uint32_t snaplen;
	size_t cap_len = wire_len;

	assert(interface < s->interface_count && ts_ns >= 0);
	snaplen = s->interfaces[interface].snaplen;
	if (snaplen != 0 && cap_len > snaplen)
		cap_len = snaplen;
	if (s->pcapng)
		add_block(s, interface, ts_ns, data, cap_len, wire_len);
	else
		add_record(s, ts_ns, data, cap_len, wire_len);
}
