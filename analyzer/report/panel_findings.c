#include "analyzer/report/panel_findings.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/report/amount.h"
#include "analyzer/report/panel_rows.h"

#define WHOLE	((int128)1000000000000)

static const char *
plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

static void
put_share(char out[AMOUNT_BYTES_MAX], int128 part, int128 of)
{
	amount_text(out, of == 0 ? 0 : part * WHOLE / of, AMOUNT_SHARE);
}

void
panel_find_figures(const struct grid *grid, char *out, size_t size)
{
	uint64_t packets = panel_count(grid, 0, "packets_total");
	char bytes[AMOUNT_BYTES_MAX], span[AMOUNT_BYTES_MAX],
	    start[AMOUNT_BYTES_MAX];
	int128 first = panel_whole(grid, 0, grid_find(grid, "first_time_ns"),
	    INT64_MIN);

	amount_text(bytes, panel_count(grid, 0, "frame_bytes_total"),
	    AMOUNT_BYTES);
	amount_text(span, panel_exact(grid, 0, grid_find(grid, "duration_s")),
	    AMOUNT_PS);
	if (packets == 0 || first == INT64_MIN) {
		snprintf(out, size, "%llu %s, %s of frames.",
		    (unsigned long long)packets, plural(packets, "packet",
		    "packets"), bytes);
		return;
	}
	amount_text(start, first, AMOUNT_TIME);
	snprintf(out, size, "%llu %s, %s of frames in %s from %s on: %llu in, "
	    "%llu out, %llu other.", (unsigned long long)packets,
	    plural(packets, "packet", "packets"), bytes, span, start,
	    (unsigned long long)panel_count(grid, 0, "packets_in"),
	    (unsigned long long)panel_count(grid, 0, "packets_out"),
	    (unsigned long long)panel_count(grid, 0, "packets_other"));
}

void
panel_find_volume(const struct grid *grid, char *out, size_t size)
{
	int bytes = grid_find(grid, "frame_bytes_total");
	int start = grid_find(grid, "bucket_start_ns");
	int128 most = -1, at = 0, none = INT64_MIN;
	char sum[AMOUNT_BYTES_MAX], top[AMOUNT_BYTES_MAX],
	    width[AMOUNT_BYTES_MAX], when[AMOUNT_BYTES_MAX];

	for (size_t row = 0; row < grid_rows(grid); row++) {
		int128 n = panel_whole(grid, row, bytes, 0);
		int128 time = panel_whole(grid, row, start, none);

		if (n > most && time != none) {
			most = n;
			at = time;
		}
	}
	amount_text(sum, panel_sum(grid, "frame_bytes_total"), AMOUNT_BYTES);
	if (most == -1) {
		snprintf(out, size, "%s of frames, none with a time.", sum);
		return;
	}
	amount_text(top, most, AMOUNT_BYTES);
	amount_text(when, at, AMOUNT_TIME);
	amount_span(width, panel_whole(grid, 0, grid_find(grid,
	    "bucket_width_ns"), 0));
	snprintf(out, size, "%s of frames; the busiest %s begin at %s and hold "
	    "%s.", sum, width, when, top);
}

/* The row with the most in the column; there is one. */
static size_t
find_largest(const struct grid *grid, const char *column)
{
	int index = grid_find(grid, column);
	size_t largest = 0;

	for (size_t row = 1; row < grid_rows(grid); row++)
		if (panel_whole(grid, row, index, 0) >
		    panel_whole(grid, largest, index, 0))
			largest = row;
	return largest;
}

void
panel_find_sizes(const struct grid *grid, char *out, size_t size)
{
	size_t row = find_largest(grid, "packets");
	uint64_t most = panel_count(grid, row, "packets");
	int128 packets = panel_sum(grid, "packets"), mean;
	const char *protocol = panel_text(grid, row, "protocol");
	char share[AMOUNT_BYTES_MAX];

	put_share(share, (int128)most, packets);
	mean = packets == 0 ? 0 : (panel_sum(grid, "frame_bytes") +
	    packets / 2) / packets;
	snprintf(out, size, "%llu %s, %llu bytes long on average; the most, "
	    "%llu of %llu (%s), are %s of %llu to %llu bytes.",
	    (unsigned long long)packets,
	    plural((uint64_t)packets, "packet", "packets"),
	    (unsigned long long)mean, (unsigned long long)most,
	    (unsigned long long)packets, share,
	    protocol[0] == '\0' ? "of no known protocol," : protocol,
	    (unsigned long long)panel_count(grid, row, "frame_len_low"),
	    (unsigned long long)panel_count(grid, row, "frame_len_high"));
}

/* Does the row's path go on in the next one? */
static bool
goes_on(const struct grid *grid, size_t row)
{
	const char *path = panel_text(grid, row, "path"), *next;
	size_t len = strlen(path);

	if (row + 1 == grid_rows(grid))
		return false;
	next = panel_text(grid, row + 1, "path");
	return strncmp(path, next, len) == 0 &&
	    (next[len] == ':' || (next[len] == '\0' &&
	    panel_text(grid, row, "application")[0] == '\0'));
}

void
panel_find_protocols(const struct grid *grid, char *out, size_t size)
{
	size_t ends = 0, clear = 0, top = 0;
	uint64_t most = 0;
	const char *application;
	char share[AMOUNT_BYTES_MAX];

	for (size_t row = 0; row < grid_rows(grid); row++) {
		uint64_t n = panel_count(grid, row, "packets");

		clear += strcmp(panel_text(grid, row, "clear_text"), "yes") ==
		    0;
		if (goes_on(grid, row))
			continue;
		ends++;
		if (n > most) {
			most = n;
			top = row;
		}
	}
	application = panel_text(grid, top, "application");
	amount_text(share, panel_exact(grid, top, grid_find(grid,
	    "share_packets")), AMOUNT_SHARE);
	snprintf(out, size, "%zu %s; the most packets (%llu, %s) are "
	    "%s%s%s; %zu %s in clear text.", ends, plural(ends, "kind",
	    "kinds"), (unsigned long long)most, share,
	    panel_text(grid, top, "path"), application[0] == '\0' ? "" : " ",
	    application, clear, plural(clear, "is", "are"));
}

void
panel_find_flows(const struct grid *grid, char *out, size_t size)
{
	uint64_t rows = grid_rows(grid) + grid_left_out(grid);
	int128 a = (int128)panel_count(grid, 0, "a_ip_bytes");
	int128 sum = a + (int128)panel_count(grid, 0, "b_ip_bytes");
	char bytes[AMOUNT_BYTES_MAX], share[AMOUNT_BYTES_MAX];

	amount_text(bytes, sum, AMOUNT_BYTES);
	put_share(share, a, sum);
	snprintf(out, size, "%llu %s shown; the largest, %s%s%s between %s and "
	    "%s, has %s of IP, %s of it sent by the former.",
	    (unsigned long long)rows, plural(rows, "conversation",
	    "conversations"), panel_text(grid, 0, "protocol"),
	    panel_text(grid, 0, "application")[0] == '\0' ? "" : " ",
	    panel_text(grid, 0, "application"), panel_text(grid, 0, "a_ip"),
	    panel_text(grid, 0, "b_ip"), bytes, share);
}

/* Quantiles that ranges give are not those of the summary, which are exact and
 * stand beside this; what ranges know exactly is how many there are. */
void
panel_find_gaps(const struct grid *grid, char *out, size_t size)
{
	static const char *const directions[] = { "in", "out", "all" };
	unsigned long long gaps[3] = { 0 };
	int key = grid_find(grid, "direction");

	for (size_t row = 0; key >= 0 && row < grid_rows(grid); row++)
		for (int i = 0; i < 3; i++)
			if (strcmp(grid_text(grid, row, (size_t)key),
			    directions[i]) == 0)
				gaps[i] += panel_count(grid, row, "gaps");
	snprintf(out, size, "%llu %s between packets in, %llu out, %llu "
	    "in all; exact quantiles are in the summary (time_in_median, "
	    "time_in_p90, ...).", gaps[0], plural(gaps[0], "gap", "gaps"),
	    gaps[1], gaps[2]);
}

void
panel_find_connections(const struct grid *grid, char *out, size_t size)
{
	size_t whole = 0, rows = grid_rows(grid), slowest = 0;
	int rtt = grid_find(grid, "rtt_mean_s");
	unsigned long long again = (unsigned long long)
	    (panel_sum(grid, "client_retransmissions") +
	    panel_sum(grid, "server_retransmissions"));
	char time[AMOUNT_BYTES_MAX];

	for (size_t row = 0; row < rows; row++) {
		whole += strcmp(panel_text(grid, row, "handshake"),
		    "complete") == 0;
		if (panel_exact(grid, row, rtt) > panel_exact(grid, slowest,
		    rtt))
			slowest = row;
	}
	amount_text(time, panel_exact(grid, slowest, rtt), AMOUNT_PS);
	snprintf(out, size, "%zu %s shown, %zu with a complete handshake; %llu "
	    "%s sent again%s%s.", rows, plural(rows, "connection",
	    "connections"), whole, again, plural(again, "segment was",
	    "segments were"), panel_exact(grid, slowest, rtt) == 0 ? "" :
	    "; the largest mean round-trip time is ",
	    panel_exact(grid, slowest, rtt) == 0 ? "" : time);
}

void
panel_find_handshakes(const struct grid *grid, char *out, size_t size)
{
	size_t rows = grid_rows(grid), begun = 0;
	uint64_t segments = rows + grid_left_out(grid);
	char of[32] = "them";

	for (size_t row = 0; row < rows; row++)
		begun += strcmp(panel_text(grid, row, "segment"), "SYN") == 0;
	if (segments > rows)
		snprintf(of, sizeof(of), "the first %zu", rows);
	snprintf(out, size, "%llu %s of handshakes, %zu of %s a SYN.",
	    (unsigned long long)segments, plural(segments, "segment",
	    "segments"), begun, of);
}

void
panel_find_anomalies(const struct grid *grid, char *out, size_t size)
{
	size_t rows = grid_rows(grid);
	char score[AMOUNT_BYTES_MAX], threshold[AMOUNT_BYTES_MAX];

	amount_text(score, panel_exact(grid, 0, grid_find(grid, "score")),
	    AMOUNT_SCORE);
	amount_text(threshold, panel_exact(grid, 0, grid_find(grid,
	    "threshold")), AMOUNT_SCORE);
	snprintf(out, size, "%zu shown that score above the threshold of %s; "
	    "the first scores %s: %s.", rows, threshold, score,
	    panel_text(grid, 0, "why"));
}

void
panel_find_model(const struct grid *grid, char *out, size_t size)
{
	uint64_t anomalous = panel_count(grid, 0, "anomalous");

	snprintf(out, size, "%llu of %llu %s above the threshold of %s (rule: "
	    "%s).",
	    (unsigned long long)anomalous,
	    (unsigned long long)panel_count(grid, 0, "rows"),
	    plural(anomalous, "is", "are"),
	    panel_text(grid, 0, "threshold"), panel_text(grid, 0, "rule"));
}
