#include "analyzer/commands/plot_kinds.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/distance.h"

enum { NEAR = 2 };		/* slips of a hand */

#define GAPS \
	.table = "gaps", .command = "gaps", \
	.needs = "direction,gap_low_ns,gap_high_ns,gaps,gaps_up_to," \
	    "share_up_to"
#define SEGMENTS \
	.table = "tcp-segments", .command = "tcp --segments --relative"
#define PACKETS \
	.table = "packets", .command = "packets", \
	.needs = "packet_len,time", .also = "Source_IP,direction,iat_s"
#define SUMMARY \
	.table = "summary", .command = "summary", .captures = true, \
	.needs = "file,packets_in,packets_out,bytes_in,bytes_out," \
	    "time_in_mean,time_in_median,time_in_std," \
	    "time_out_mean,time_out_median,time_out_std"
#define PERCENTILES \
	"time_in_min,time_in_max,time_out_min,time_out_max," \
	"time_in_p90,time_in_p99,time_out_p90,time_out_p99,status"

const struct plot_kind plot_kinds[] = {
	{ "gaps", "gaps.gp", GAPS, .counts = true },
	{ "cdf", "cdf.gp", GAPS },
	{ "throughput", "throughput.gp", .table = "timeline",
	    .command = "timeline --interval auto",
	    .needs = "bucket_start_ns,frame_bytes_in,frame_bytes_out",
	    .also = "frame_bytes_other,bucket_width_ns" },
	{ "sizes", "sizes.gp", .table = "sizes", .command = "sizes",
	    .needs = "protocol,frame_len_low,frame_len_high,packets",
	    .counts = true },
	{ "sequence", "sequence.gp", SEGMENTS, .connection = true,
	    .needs = "time,connection,sender,flags,payload_len,"
	    "seq_rel,ack_rel,verdict" },
	{ "window", "window.gp", SEGMENTS, .connection = true,
	    .needs = "time,connection,sender,flags,window,payload_len,"
	    "seq_rel,ack_rel,options" },
	{ "rtt", "rtt.gp", SEGMENTS, .connections = true,
	    .needs = "time,connection,sender,rtt_s" },
	{ "packets", "packets.gp", PACKETS },
	{ "packet-sizes", "packet-sizes.gp", PACKETS },
	{ "packet-gaps", "packet-gaps.gp", PACKETS },
	{ "captures", "captures.gp", SUMMARY, .also = PERCENTILES,
	    .counts = true },
	{ "captures-packets", "captures-packets.gp", SUMMARY,
	    .also = "status", .counts = true },
	{ "captures-bytes", "captures-bytes.gp", SUMMARY, .also = "status",
	    .counts = true },
	{ "captures-gaps", "captures-gaps.gp", SUMMARY, .also = PERCENTILES },
	{ NULL },
};

/* What is meant cannot be guessed: a capture's name, as where KIND is left
 * out. */
static void
list_kinds(const char *name, struct errbuf *err)
{
	char list[256] = "";
	size_t used = 0;

	for (const struct plot_kind *k = plot_kinds; k->name != NULL &&
	    used < sizeof(list); k++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
		    "%s%s", used == 0 ? "" : ", ", k->name);
	errbuf_set(err, "%s: no KIND of plot; there are %s", name, list);
}

const struct plot_kind *
plot_kind_find(const char *name, struct errbuf *err)
{
	const struct plot_kind *nearest = NULL;
	unsigned least = UINT_MAX;

	for (const struct plot_kind *k = plot_kinds; k->name != NULL; k++) {
		unsigned distance = edit_distance(name, k->name);

		if (distance == 0)
			return k;
		if (distance < least) {
			least = distance;
			nearest = k;
		}
	}
	if (least <= NEAR && least < strlen(name))
		errbuf_set(err, "%s: no KIND of plot; the nearest is %s",
		    name, nearest->name);
	else
		list_kinds(name, err);
	return NULL;
}
