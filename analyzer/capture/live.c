#include "analyzer/capture/live.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/capture/live_internal.h"
#include "base/bytes.h"
#include "base/memory.h"

enum { ALL_BYTES = 262144, NAMED_MAX = 20 };

/* Where the number in a savefile is another than libpcap's on Linux. */
static uint16_t
link_type_of(int dlt)
{
	static const struct { int dlt; uint16_t link_type; } rows[] = {
		{ DLT_ATM_RFC1483, 100 },
		{ DLT_RAW, 101 },
		{ DLT_SLIP_BSDOS, 102 },
		{ DLT_PPP_BSDOS, 103 },
		{ DLT_ATM_CLIP, 106 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].dlt == dlt)
			return rows[i].link_type;
	return (uint16_t)dlt;
}

/* " (there are NAME, NAME)", as far as it can be found out. */
static void
list_interfaces(struct bytes *out)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_if_t *list = NULL;
	size_t n = 0;

	if (pcap_findalldevs(&list, why) != 0)
		return;
	for (const pcap_if_t *i = list; i != NULL && n <= NAMED_MAX;
	    i = i->next, n++) {
		const char *name = n < NAMED_MAX ? i->name : "...";
		const char *before = n == 0 ? "; there are " : ", ";

		if (bytes_append(out, before, strlen(before)) == -1 ||
		    bytes_append(out, name, strlen(name)) == -1)
			break;
	}
	pcap_freealldevs(list);
}

static void
no_such_interface(const char *name, struct errbuf *err)
{
	struct bytes there = { 0 };

	list_interfaces(&there);
	errbuf_set(err, "%s: no such interface%.*s", name, (int)there.len,
	    there.len == 0 ? "" : (const char *)there.data);
	bytes_reset(&there);
}

static void
no_right(const char *name, struct errbuf *err)
{
	char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[n < 0 ? 0 : n] = '\0';
	errbuf_set(err, "%s: capturing needs the capability CAP_NET_RAW: use "
	    "sudo, or grant it once with: sudo setcap cap_net_raw+ep %s", name,
	    n < 0 ? "pcapstat" : program);
}

static void
tell_failure(const struct live *l, int status, struct errbuf *err)
{
	const char *why = pcap_geterr(l->pcap);

	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		no_such_interface(l->name, err);
		break;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		no_right(l->name, err);
		break;
	default:
		errbuf_set(err, "%s: %s", l->name, why[0] != '\0' ? why :
		    pcap_statustostr(status));
	}
}

/* All that must be said before it is activated; -1: libpcap said no. */
static int
configure(struct live *l)
{
	const struct live_options *o = &l->options;
	uint64_t buffer = o->buffer_bytes == 0 ? (uint64_t)LIVE_BUFFER :
	    o->buffer_bytes;
	uint32_t snaplen = o->snaplen == 0 || o->snaplen > ALL_BYTES ?
	    (uint32_t)ALL_BYTES : o->snaplen;

	/* Where there are no nanoseconds, microseconds do. */
	(void)pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO);
	return pcap_set_snaplen(l->pcap, (int)snaplen) != 0 ||
	    pcap_set_promisc(l->pcap, 1) != 0 ||
	    pcap_set_timeout(l->pcap, LIVE_HANDOVER_MS) != 0 ||
	    pcap_set_buffer_size(l->pcap, buffer > INT_MAX ? INT_MAX :
	    (int)buffer) != 0 ? -1 : 0;
}

static int
activate(struct live *l, struct errbuf *err)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int status;

	l->pcap = pcap_create(l->name, why);
	if (l->pcap == NULL || configure(l) == -1) {
		errbuf_set(err, "%s: %s", l->name, why[0] != '\0' ? why :
		    "cannot be captured from");
		return -1;
	}
	/* A warning (no promiscuous mode) is none to break off for. */
	status = pcap_activate(l->pcap);
	if (status < 0) {
		tell_failure(l, status, err);
		return -1;
	}
	if (pcap_setnonblock(l->pcap, 1, why) != 0) {
		errbuf_set(err, "%s: %s", l->name, why);
		return -1;
	}
	l->link_type = link_type_of(pcap_datalink(l->pcap));
	l->ts_digits = pcap_get_tstamp_precision(l->pcap) ==
	    PCAP_TSTAMP_PRECISION_NANO ? 9 : 6;
	return 0;
}

struct live *
live_open(const struct live_options *options, struct errbuf *err)
{
	struct live *l = memory_array(1, sizeof(*l));

	if (l != NULL) {
		l->options = *options;
		l->name = strdup(options->interface);
		l->options.interface = l->name;
	}
	if (l == NULL || l->name == NULL) {
		errbuf_set(err, "%s: out of memory", options->interface);
		free(l);
		return NULL;
	}
	if (activate(l, err) == 0)
		return l;
	live_close(l);
	return NULL;
}

const char *
live_name(const struct live *l)
{
	return l->name;
}

uint16_t
live_link_type(const struct live *l)
{
	return l->link_type;
}

uint8_t
live_ts_digits(const struct live *l)
{
	return l->ts_digits;
}

uint32_t
live_snaplen(const struct live *l)
{
	return (uint32_t)pcap_snapshot(l->pcap);
}

bool
live_drops(struct live *l, struct live_drops *out)
{
	struct pcap_stat now;

	if (pcap_stats(l->pcap, &now) != 0)
		return false;
	/* Its counters have 32 bits and begin again. */
	l->drops.received += (uint32_t)(now.ps_recv - l->before.ps_recv);
	l->drops.kernel += (uint32_t)(now.ps_drop - l->before.ps_drop);
	l->drops.interface +=
	    (uint32_t)(now.ps_ifdrop - l->before.ps_ifdrop);
	l->before = now;
	*out = l->drops;
	return true;
}

void
live_close(struct live *l)
{
	if (l == NULL)
		return;
	if (l->pcap != NULL)
		pcap_close(l->pcap);
	free(l->name);
	free(l);
}
