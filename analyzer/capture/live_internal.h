/*
 * What an opened interface (live.c) and its reader (live_reader.c) share.
 */
#ifndef ANALYZER_CAPTURE_LIVE_INTERNAL_H
#define ANALYZER_CAPTURE_LIVE_INTERNAL_H

#include <pcap/pcap.h>
#include <stdint.h>

#include "analyzer/capture/live.h"

enum {
	/*
	 * The kernel hands a block of packets over when it is full or this old.
	 * Waiting that long costs nobody anything, while libpcap's immediate
	 * mode would cut the buffer into slots for the longest packet (64 KiB
	 * and more where the interface puts segments together): a thousandth of
	 * the packets would fit.
	 */
	LIVE_HANDOVER_MS = 10,
};

struct live {
	pcap_t *pcap;
	struct live_options options;	/* interface: see name */
	char *name;
	uint16_t link_type;		/* LINKTYPE_ number */
	uint8_t ts_digits;		/* 6 or 9 */
	struct live_drops drops;
	struct pcap_stat before;	/* when drops was last added to */
};

#endif
