#include "analyzer/report/panels.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/report/panel_charts.h"
#include "analyzer/report/panel_findings.h"

const struct panel panels[] = {
	{ .name = "figures", .title = "Summary", .table = "summary",
	    .command = "summary", .columns =
	    "packets_total,packets_in,packets_out,packets_other,"
	    "packets_skipped,packets_filtered,frame_bytes_total,bytes_in,"
	    "bytes_out,duration_s,time_in_mean,time_in_median,time_in_std,"
	    "time_out_mean,time_out_median,time_out_std,packets_tcp,"
	    "packets_udp,packets_icmp,packets_truncated,packets_malformed,"
	    "packets_unsupported,backward_steps,first_time_ns,last_time_ns,"
	    "format,link_types,status" },
	{ .name = "volume", .title = "Volume over time", .table = "timeline",
	    .command = "timeline --interval auto", .columns =
	    "bucket_start_ns,bucket_width_ns,packets_in,packets_out,"
	    "packets_other,frame_bytes_in,frame_bytes_out,frame_bytes_other",
	    .draw = panel_draw_volume },
	{ .name = "sizes", .title = "Packet sizes by protocol",
	    .table = "sizes", .command = "sizes", .columns =
	    "protocol,frame_len_low,frame_len_high,packets,packets_in,"
	    "packets_out,packets_other,frame_bytes",
	    .draw = panel_draw_sizes },
	{ .name = "protocols", .title = "Protocols", .table = "protocols",
	    .command = "protocols", .columns =
	    "path,application,packets,share_packets,frame_bytes,"
	    "share_frame_bytes,mean_frame_len,clear_text,leaks,leak",
	    .draw = panel_draw_protocols },
	{ .name = "flows", .title = "Top conversations", .table = "flows",
	    .command = "flows --top 50 --by ip_bytes", .columns =
	    "flow,protocol,application,a_ip,a_port,b_ip,b_port,duration_s,"
	    "a_packets,b_packets,a_ip_bytes,b_ip_bytes,clear_text,end_reason",
	    .top = 50, .top_by = "ip_bytes", .draw = panel_draw_flows },
	{ .name = "gaps", .title = "Times between packets", .table = "gaps",
	    .command = "gaps", .columns =
	    "direction,gap_low_ns,gap_high_ns,gaps,gaps_up_to,share_up_to",
	    .draw = panel_draw_gaps },
	{ .name = "connections", .title = "TCP connections", .table = "tcp",
	    .command = "tcp --top 50 --by retransmissions", .columns =
	    "connection,client_ip,client_port,server_ip,server_port,handshake,"
	    "irtt_s,rtt_mean_s,rtt_max_s,client_payload_bytes,"
	    "server_payload_bytes,client_retransmissions,"
	    "server_retransmissions,client_out_of_order,server_out_of_order,"
	    "client_zero_windows,server_zero_windows,close",
	    .top = 50, .top_by = "retransmissions",
	    .draw = panel_draw_connections },
	{ .name = "handshakes", .title = "TCP handshakes",
	    .table = "tcp-handshakes",
	    .command = "tcp --handshakes --relative",
	    .columns = "connection,segment,frame,time,src_ip,src_port,dst_ip,"
	    "dst_port,seq,ack,seq_rel,ack_rel,window,options,since_syn_s",
	    .report_only = true },
	{ .name = "anomalies-packets", .title = "Anomalous packets",
	    .table = "anomalies-packets", .command =
	    "anomalies --by packet --anomalous --top 50", .columns =
	    "number,protocol,src_ip,src_port,dst_ip,dst_port,frame_len,"
	    "score,why",
	    .top = 50, .top_by = "score", .costly = true,
	    .draw = panel_draw_packet_scores },
	{ .name = "anomalies-packets-model",
	    .title = "Anomalous packets: how they were found",
	    .table = "anomalies-packets-model",
	    .command = "anomalies --by packet --totals", .columns =
	    "rows,anomalous,rule,threshold,seed,trees,sample,features",
	    .costly = true },
	{ .name = "anomalies-flows", .title = "Anomalous conversations",
	    .table = "anomalies-flows", .command =
	    "anomalies --by flow --anomalous --top 50", .columns =
	    "flow,protocol,a_ip,a_port,b_ip,b_port,a_packets,b_packets,"
	    "score,why",
	    .top = 50, .top_by = "score", .costly = true,
	    .draw = panel_draw_flow_scores },
	{ .name = "anomalies-flows-model",
	    .title = "Anomalous conversations: how they were found",
	    .table = "anomalies-flows-model",
	    .command = "anomalies --by flow --totals", .columns =
	    "rows,anomalous,rule,threshold,seed,trees,sample,features",
	    .costly = true },
	{ .name = NULL },
};

/* What says it of each panel. */
static const struct {
	const char *panel;
	panel_finding_function *find;
} findings[] = {
	{ "figures", panel_find_figures },
	{ "volume", panel_find_volume },
	{ "sizes", panel_find_sizes },
	{ "protocols", panel_find_protocols },
	{ "flows", panel_find_flows },
	{ "gaps", panel_find_gaps },
	{ "connections", panel_find_connections },
	{ "handshakes", panel_find_handshakes },
	{ "anomalies-packets", panel_find_anomalies },
	{ "anomalies-flows", panel_find_anomalies },
	{ "anomalies-packets-model", panel_find_model },
	{ "anomalies-flows-model", panel_find_model },
};

const struct panel *
panel_find(const char *name)
{
	for (const struct panel *p = panels; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

void
panels_settle(struct settings *settings)
{
	settings->interval_auto = true;
	settings->anomalies.flagged_only = true;
}

void
panel_finding(const struct panel *panel, const struct grid *grid, char *out,
    size_t size)
{
	if (grid_rows(grid) == 0) {
		snprintf(out, size, "Nothing to show.");
		return;
	}
	for (size_t i = 0; i < sizeof(findings) / sizeof(findings[0]); i++)
		if (strcmp(findings[i].panel, panel->name) == 0)
			findings[i].find(grid, out, size);
}
