/*
 * libpcap_loop FILE: the plainest way to a summary, as a baseline for the
 * benchmark.  libpcap's reader, IPv4 on Ethernet, and for each direction
 * packets, IP bytes, and the sums that mean and standard deviation of the gaps
 * come from; no median.
 */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

struct sums {
	uint64_t packets, bytes;
	int64_t last_ns;
	__int128 gap_sum, gap_square_sum;
};

static void
add(struct sums *s, uint32_t ip_bytes, int64_t ts_ns)
{
	if (s->packets++ > 0) {
		int64_t gap = ts_ns - s->last_ns;

		s->gap_sum += gap;
		s->gap_square_sum += (__int128)gap * gap;
	}
	s->bytes += ip_bytes;
	s->last_ns = ts_ns;
}

static void
print(const char *name, const struct sums *s)
{
	uint64_t gaps = s->packets > 1 ? s->packets - 1 : 1;
	long double mean = (long double)s->gap_sum / gaps;

	printf("%s: %" PRIu64 " packets, %" PRIu64 " IP bytes, mean gap %.3Lf "
	    "ns, variance %.3Lf ns^2\n", name, s->packets, s->bytes, mean,
	    (long double)s->gap_square_sum / gaps - mean * mean);
}

int
main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	struct sums sums[2] = { { 0 }, { 0 } };
	struct pcap_pkthdr *header;
	const uint8_t *at;
	pcap_t *pcap;
	int got;

	if (argc != 2) {
		fprintf(stderr, "usage: libpcap_loop FILE\n");
		return 2;
	}
	pcap = pcap_open_offline_with_tstamp_precision(argv[1],
	    PCAP_TSTAMP_PRECISION_NANO, error);
	if (pcap == NULL) {
		fprintf(stderr, "libpcap_loop: %s\n", error);
		return 1;
	}
	while ((got = pcap_next_ex(pcap, &header, &at)) == 1) {
		if (header->caplen < 34 || at[12] != 8 || at[13] != 0)
			continue;
		add(&sums[at[26] == 192 && at[27] == 168],
		    (uint32_t)at[16] << 8 | at[17],
		    (int64_t)header->ts.tv_sec * 1000000000 +
		    header->ts.tv_usec);
	}
	if (got == PCAP_ERROR)
		fprintf(stderr, "libpcap_loop: %s\n", pcap_geterr(pcap));
	pcap_close(pcap);
	print("in", &sums[0]);
	print("out", &sums[1]);
	return got == PCAP_ERROR;
}
