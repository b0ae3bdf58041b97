/*
 * What a terminal shows while an interface is captured from: rates, gaps and
 * the largest flows, in place, once a second.
 *
 * Each picture is drawn by a snapshot of the engine (see engine.h), from the
 * rows of `summary` and `flows`: so that they are those of the report, and the
 * capturing waits for a fork(2) alone.
 */
#ifndef ANALYZER_COMMANDS_LIVE_VIEW_H
#define ANALYZER_COMMANDS_LIVE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "analyzer/capture/inputs.h"
#include "analyzer/capture/live.h"
#include "analyzer/commands/options.h"
#include "analyzer/engine/engine.h"

enum { LIVE_VIEW_FLOWS = 50, LIVE_VIEW_TABLES = 2 };

/* One of two directions. */
struct live_view_way {
	uint64_t packets, frame_bytes;
	int128 median_ps, p90_ps, p99_ps;	/* of gaps; or TABLE_NO_PS */
};

struct live_view_flow {
	struct table_ip ip[2];
	uint64_t port[2];		/* TABLE_NO_U64: none */
	uint64_t ip_bytes, packets;	/* of both sides */
	char protocol[16], application[24];
};

/* What one picture shows. */
struct live_view_scene {
	const char *name;		/* of the interface */
	int64_t elapsed_ns;		/* since the first look */
	uint64_t packets;
	bool drops_known;
	struct live_drops drops;
	struct live_view_way ways[2];	/* in, out */
	struct live_view_flow flows[LIVE_VIEW_FLOWS];	/* largest first */
	size_t flow_count;
	/* The picture before: for rates. */
	int64_t before_ns;		/* 0: this is the first one */
	struct live_view_way before[2];
};

/* Lines of ASCII for a terminal of that size, each ended by '\n'; the caller's
 * `out` grows.  Returns how many, at most height; -1: no memory. */
int live_view_lines(const struct live_view_scene *scene, size_t width,
    size_t height, struct bytes *out);

/* What the pictures tell each other, in memory that all of them share. */
struct live_view_shared;

struct live_view_table {
	struct live_view *view;
	bool is_flows;
	struct engine_output inner;	/* open == NULL: the view's alone */
	struct table_selection columns;	/* where it is the view's alone */
};

struct live_view {
	bool on, is_child;
	bool finds_flows;		/* nobody else does: their account is
					   none of the run's */
	struct live *live;
	struct live_view_shared *shared;
	int64_t start_ns, due_ns;	/* of the steady clock */
	pid_t child;			/* 0: none */
	struct live_view_table tables[LIVE_VIEW_TABLES];
	struct live_view_scene scene;
};

/* Off where the inputs are no interface, or standard error no terminal, or the
 * options do without; where a row a packet goes to the same terminal, too. */
void live_view_init(struct live_view *view, const struct options *options,
    const struct inputs *inputs, const struct question *question);

/* Puts the view's outputs behind the n of a run, or into them where they are
 * of the same table; returns how many there are then (LIVE_VIEW_TABLES more at
 * most).  The view must stay where it is. */
size_t live_view_add(struct live_view *view, struct engine_output *outputs,
    size_t n);

/* The engine's hook. */
bool live_view_snapshot(struct live_view *view);

/* In a child, after engine_run(): draws, and ends the process. */
void live_view_draw(struct live_view *view) __attribute__((noreturn));

/* Takes the picture from the terminal until the next one is due: before rows
 * are written. */
void live_view_clear(struct live_view *view);

/* Takes the picture from the terminal; no more are made.  Before anything is
 * printed, and any number of times. */
void live_view_end(struct live_view *view);

#endif
