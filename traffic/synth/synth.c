#include "traffic/synth/synth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/outfile.h"
#include "traffic/synth/host/host.h"
#include "traffic/synth/net/clock.h"
#include "traffic/synth/net/net.h"
#include "traffic/synth/play.h"
#include "traffic/synth/truth/truth.h"

/* A scenario of an hour at some ten thousand packets a second stays below. */
enum { EVENTS_MAX = 1000000000 };

/* What a run is made of. */
struct run {
	const struct scenario *scenario;
	const struct synth_options *options;
	uint64_t seed;
	int64_t start_ns;
	struct clock *clock;
	struct truth *truth;
	struct net *net;
	struct host **hosts;
	struct play play;
};

static void
on_arrival(void *owner, size_t host, struct sim_packet *packet)
{
	struct run *r = owner;

	host_arrival(r->hosts[host], packet);
}

static int
make_network(struct run *r, struct errbuf *err)
{
	const struct synth_options *o = r->options;
	const struct net_setup setup = {
		.scenario = r->scenario,
		.clock = r->clock,
		.truth = r->truth,
		.seed = r->seed,
		.arrival = on_arrival,
		.owner = r,
		.folder = o->folder,
		.start_ns = r->start_ns,
		.snaplen = o->snaplen,
		.force = o->force,
	};

	r->net = net_new(&setup, err);
	return r->net == NULL ? -1 : 0;
}

static int
make_hosts(struct run *r, struct errbuf *err)
{
	for (size_t i = 0; i < r->scenario->host_count; i++) {
		const struct host_setup setup = {
			.scenario = r->scenario,
			.host = i,
			.clock = r->clock,
			.net = r->net,
			.truth = r->truth,
			.seed = r->seed,
		};

		r->hosts[i] = host_new(&setup, err);
		if (r->hosts[i] == NULL)
			return -1;
	}
	return 0;
}

static int
make_world(struct run *r, struct errbuf *err)
{
	const struct truth_setup truth = {
		.scenario = r->scenario,
		.seed = r->seed,
		.start_ns = r->start_ns,
		.snaplen = r->options->snaplen,
	};

	r->hosts = memory_array(r->scenario->host_count, sizeof(*r->hosts));
	r->clock = clock_new(EVENTS_MAX);
	r->truth = truth_new(&truth);
	if (r->hosts == NULL || r->clock == NULL || r->truth == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	if (make_network(r, err) == -1)
		return -1;
	return make_hosts(r, err);
}

/* The hosts tell the truth how their connections stand when they go. */
static void
free_hosts(struct run *r)
{
	for (size_t i = 0; r->hosts != NULL &&
	    i < r->scenario->host_count; i++)
		host_free(r->hosts[i]);
	free(r->hosts);
	r->hosts = NULL;
}

static int
play(struct run *r, struct synth_result *result, struct errbuf *err)
{
	int status;

	r->play = (struct play){
		.scenario = r->scenario,
		.clock = r->clock,
		.truth = r->truth,
		.hosts = r->hosts,
		.seed = r->seed,
	};
	clock_watch(r->clock, r->options->is_unwanted);
	status = play_begin(&r->play, err);
	if (status == 0)
		status = clock_run(r->clock, r->scenario->limit_ns, err);
	result->cut_off = !r->play.has_stopped;
	play_reset(&r->play);
	free_hosts(r);
	return status;
}

/* The truth of much takes its time. */
struct watched_sink {
	struct sink sink;	/* first */
	struct sink *next;
	bool (*is_unwanted)(void);
};

static int
write_watched(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct watched_sink *w = (struct watched_sink *)sink;

	if (w->is_unwanted != NULL && w->is_unwanted()) {
		errbuf_set(err, "interrupted");
		return -1;
	}
	return w->next->write(w->next, data, n, err);
}

/* The truth is whole before the captures have their names, and has its own
 * behind them. */
static int
write_results(struct run *r, struct synth_result *result,
    struct errbuf *err)
{
	struct watched_sink watched = { .sink.write = write_watched,
	    .is_unwanted = r->options->is_unwanted };
	char path[PATH_MAX];
	struct outfile *file;
	int status;

	if (snprintf(path, sizeof(path), "%s/truth.json", r->options->folder)
	    >= (int)sizeof(path)) {
		errbuf_set(err, "%s: the name is too long",
		    r->options->folder);
		return -1;
	}
	file = outfile_open(path, err);
	if (file == NULL)
		return -1;
	watched.next = outfile_sink(file);
	status = net_finish(r->net, err);
	if (status == 0)
		status = truth_write(r->truth, &watched.sink, err);
	if (status == 0)
		status = net_keep(r->net, err);
	if (status == -1) {
		outfile_close(file, false, err);
		return -1;
	}
	truth_totals(r->truth, &result->totals);
	return outfile_close(file, true, err);
}

/* Only --force replaces a truth that is there; the captures look after
 * themselves. */
static int
check_folder(const struct synth_options *o, struct errbuf *err)
{
	char path[PATH_MAX];
	struct stat st;

	if (outfile_mkdirs(o->folder, err) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s/truth.json", o->folder);
	if (o->force || lstat(path, &st) == -1)
		return 0;
	errbuf_set(err, "%s: the file is there already (-f replaces it)",
	    path);
	return -1;
}

int
synth_play(const struct scenario *scenario,
    const struct synth_options *options, struct synth_result *result,
    struct errbuf *err)
{
	struct run r = {
		.scenario = scenario,
		.options = options,
		.seed = options->seed_set ? options->seed : scenario->seed,
		.start_ns = options->start_set ? options->start_ns :
		    scenario->start_ns,
	};
	bool is_new = access(options->folder, F_OK) == -1;
	int status = check_folder(options, err);

	*result = (struct synth_result){ .cut_off = false };
	if (status == 0)
		status = make_world(&r, err);
	if (status == 0)
		status = play(&r, result, err);
	if (status == 0)
		status = write_results(&r, result, err);
	free_hosts(&r);
	net_free(r.net);
	truth_free(r.truth);
	clock_free(r.clock);
	if (status == -1 && is_new)
		rmdir(options->folder);
	return status;
}
