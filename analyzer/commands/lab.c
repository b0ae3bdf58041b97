#include "analyzer/commands/lab.h"

#include <stdlib.h>

#include "analyzer/commands/run.h"
#include "base/memory.h"

/* A diagram of more is none that people read. */
#define SIGHTS_BYTES	((size_t)64 << 20)

static int
take_packet(void *context, size_t view, const void *data, struct errbuf *err)
{
	struct lab *lab = context;
	struct ladder_packet packet;

	if (answers_notes_packet(&lab->notes[view], data, err) == -1)
		return -1;
	if (lab->sights[view].bytes > SIGHTS_BYTES / lab->views.count)
		return 0;
	if (ladder_packet_init(&packet, data, err) == -1)
		return -1;
	if (ladder_view_add(&lab->sights[view], &packet, err) == 0)
		return 0;
	ladder_packet_reset(&packet);
	return -1;
}

static int
take_connection(void *context, size_t view, const void *data,
    struct errbuf *err)
{
	struct lab *lab = context;

	return answers_notes_connection(&lab->notes[view], data, err);
}

static int
take_flow(void *context, size_t view, const void *data, struct errbuf *err)
{
	struct lab *lab = context;

	return answers_notes_flow(&lab->notes[view], data, err);
}

static int
take_datagram(void *context, size_t view, const void *data,
    struct errbuf *err)
{
	struct lab *lab = context;

	return answers_notes_datagram(&lab->notes[view], data, err);
}

static bool
read_views(struct lab *lab, const volatile sig_atomic_t *stop)
{
	const struct views_table tables[] = {
		{ "exchange", take_packet, lab },
		{ "tcp", take_connection, lab },
		{ "flows", take_flow, lab },
		{ "udp", take_datagram, lab },
	};

	return views_run(&lab->views, tables,
	    sizeof(tables) / sizeof(tables[0]), stop) == 0;
}

/* Where a filter or a window has left out packets, these, too, tell at which
 * host each capture was taken. */
static bool
count_all_hosts(struct lab *lab, const volatile sig_atomic_t *stop)
{
	struct place_hosts *hosts;
	struct errbuf err;

	if (!views_are_selected(&lab->views))
		return true;
	hosts = views_count_hosts(&lab->views, stop, &err);
	if (hosts == NULL) {
		run_complain(err.text);
		return false;
	}
	for (size_t v = 0; v < lab->views.count; v++)
		lab->sights[v].hosts = hosts[v];
	free(hosts);
	return true;
}

/* Inputs without a packet show nothing: the others close up.  An input that a
 * walk passes over is among them. */
static void
close_up(struct lab *lab)
{
	for (size_t v = 0; v < lab->views.count; v++) {
		size_t to = lab->used;

		if (lab->notes[v].packets == 0)
			continue;
		lab->used++;
		if (to == v)
			continue;
		answers_notes_reset(&lab->notes[to]);
		lab->notes[to] = lab->notes[v];
		answers_notes_init(&lab->notes[v], NULL);
		lab->sights[to] = lab->sights[v];
		lab->sights[v] = (struct ladder_view){ 0 };
	}
	for (size_t v = 0; v < lab->used; v++) {
		lab->sights[v].name = lab->notes[v].file;
		if (!views_are_selected(&lab->views))
			lab->sights[v].hosts = lab->notes[v].hosts;
		lab->sights_cut |=
		    lab->sights[v].count < lab->notes[v].packets;
	}
}

/* All packets of a view tell by their addresses, those kept by their times. */
static int
find_places(struct lab *lab, struct errbuf *err)
{
	struct ladder_place places[LADDER_VIEWS_MAX] = { 0 };

	if (ladder_places(lab->sights, lab->used, places, err) == -1)
		return -1;
	for (size_t v = 0; v < lab->used; v++)
		if (places[v].has_host)
			lab->places[v] = places[v].host;
	return 0;
}

/* What the captures' name blocks call the hosts in them. */
static int
read_told(struct lab *lab, const volatile sig_atomic_t *stop,
    struct errbuf *err)
{
	size_t room = 1;

	if (host_names_read(&lab->names, &lab->views.inputs, stop, err) == -1)
		return -1;
	for (size_t v = 0; v < lab->used; v++)
		room += lab->notes[v].hosts.count;
	lab->told = memory_array(room, sizeof(*lab->told));
	lab->given = memory_array(lab->names.given_count + 1,
	    sizeof(*lab->given));
	if (lab->told == NULL || lab->given == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < lab->names.given_count; i++)
		lab->given[i] = (struct answers_alias){
		    lab->names.given[i].ip, lab->names.given[i].name };
	for (size_t v = 0; v < lab->used; v++)
		for (size_t i = 0; i < lab->notes[v].hosts.count; i++) {
			const struct table_ip *ip =
			    &lab->notes[v].hosts.list[i].ip;
			const char *name = lab->names.told == NULL ? NULL :
			    names_find(lab->names.told, ip->version,
			    ip->bytes);

			if (name != NULL)
				lab->told[lab->told_count++] =
				    (struct answers_alias){ *ip, name };
		}
	return 0;
}

static int
make_sheet(struct lab *lab, struct errbuf *err)
{
	const struct options *o = lab->options;

	lab->question = (struct answers_question){
		.server = o->server,
		.clients = o->clients.texts,
		.client_count = o->clients.count,
		.peers = o->peers.texts,
		.peer_count = o->peers.count,
		.given = lab->given,
		.given_count = lab->names.given_count,
		.told = lab->told,
		.told_count = lab->told_count,
		.places = lab->places,
	};
	if (answers_make(&lab->sheet, lab->notes, lab->used, &lab->question,
	    err) == -1)
		return -1;
	return o->items == NULL ? 0 :
	    sheet_show_only(&lab->sheet, o->items, err);
}

static int
open_notes(struct lab *lab)
{
	size_t n = lab->views.count;

	lab->notes = memory_array(n + 1, sizeof(*lab->notes));
	lab->sights = memory_array(n + 1, sizeof(*lab->sights));
	if (lab->notes == NULL || lab->sights == NULL) {
		run_complain("out of memory");
		return -1;
	}
	for (size_t v = 0; v < n; v++)
		answers_notes_init(&lab->notes[v], views_name(&lab->views, v));
	return 0;
}

/* The views are open.  -1, or the exit status. */
static int
read_and_make(struct lab *lab, const struct command *command,
    const volatile sig_atomic_t *stop)
{
	struct errbuf err;

	if (open_notes(lab) == -1) {
		inputs_reset(&lab->views.inputs);
		return EXIT_PARTIAL;
	}
	if (!read_views(lab, stop) || !count_all_hosts(lab, stop))
		return lab_close(lab, true);
	close_up(lab);
	if (lab->used > ANSWERS_VIEWS_MAX) {
		errbuf_set(&err, "%zu captures: one exchange has at most %d",
		    lab->used, ANSWERS_VIEWS_MAX);
		lab_close(lab, false);
		return run_usage(command, err.text);
	}
	if (lab->views.totals.read == 0)
		return lab_close(lab, true);
	if (find_places(lab, &err) == -1 ||
	    read_told(lab, stop, &err) == -1) {
		run_complain(err.text);
		return lab_close(lab, true);
	}
	if (make_sheet(lab, &err) == 0)
		return -1;
	if (lab->sheet.no_memory) {
		run_complain(err.text);
		return lab_close(lab, true);
	}
	lab_close(lab, false);
	return run_usage(command, err.text);
}

int
lab_read(struct lab *lab, const struct command *command,
    const struct options *options, const volatile sig_atomic_t *stop)
{
	struct sheet nothing = { 0 };
	struct errbuf err;
	int status;

	*lab = (struct lab){ .options = options };
	if (options->items != NULL &&
	    sheet_show_only(&nothing, options->items, &err) == -1) {
		errbuf_prefix(&err, "--items");
		return run_usage(command, err.text);
	}
	if (host_names_init(&lab->names, options, &err) == -1)
		return run_usage(command, err.text);
	status = views_open(&lab->views, command, options);
	if (status == -1)
		status = views_check_count(&lab->views, command,
		    ANSWERS_VIEWS_MAX, stop);
	if (status == -1)
		status = read_and_make(lab, command, stop);
	return status;
}

int
lab_format(const struct command *command, const struct options *options,
    enum format *format)
{
	enum format by_path;

	*format = FORMAT_TEXT;
	if (options->format_given || (options->output != NULL &&
	    format_by_path(options->output, &by_path) == 0))
		*format = options->format;
	if (*format == FORMAT_TEXT || *format == FORMAT_JSON)
		return 0;
	run_usage(command, "the result is text or json");
	return -1;
}

int
lab_close(struct lab *lab, bool lacks)
{
	return views_close(&lab->views, lacks);
}

void
lab_reset(struct lab *lab)
{
	for (size_t v = 0; lab->notes != NULL && v < lab->views.count; v++)
		answers_notes_reset(&lab->notes[v]);
	for (size_t v = 0; lab->sights != NULL && v < lab->views.count; v++)
		ladder_view_reset(&lab->sights[v]);
	free(lab->notes);
	free(lab->sights);
	free(lab->given);
	free(lab->told);
	host_names_reset(&lab->names);
	sheet_reset(&lab->sheet);
}
