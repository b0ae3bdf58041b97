#include "analyzer/commands/ipv4_packets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/analyses/packets.h"
#include "analyzer/report/format.h"
#include "base/memory.h"
#include "base/outfile.h"

struct ipv4_writer {
	struct table_writer writer;	/* first */
	struct table_selection columns;
	struct table_writer *csv;
	struct outfile *file;
};

static int
ipv4_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct ipv4_writer *w = (struct ipv4_writer *)(void *)writer;
	const struct packets_row *packet = row;

	if (packet->source_ip.version != 4)
		return 0;
	return w->csv->row(w->csv, row, err);
}

static int
ipv4_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct ipv4_writer *w = (struct ipv4_writer *)(void *)writer;
	struct errbuf ignored;
	int status = 0;

	if (w->csv != NULL)
		status = w->csv->close(w->csv, ok, err);
	if (status == 0)
		status = outfile_close(w->file, ok, err);
	else
		outfile_close(w->file, false, &ignored);
	free(w);
	return status;
}

const char *
ipv4_packets_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

char *
ipv4_packets_path(const char *folder, const char *name, struct errbuf *err)
{
	size_t room = strlen(folder) + strlen(name) + sizeof("/_out.csv");
	char *path = memory_array(room, 1);

	if (path == NULL)
		errbuf_set(err, "%s: out of memory", name);
	else
		snprintf(path, room, "%s/%s_out.csv", folder, name);
	return path;
}

struct table_writer *
ipv4_packets_open(const char *path, struct errbuf *err)
{
	const struct table *table = analysis_packets.tables[0];
	struct ipv4_writer *w = memory_array(1, sizeof(*w));
	struct errbuf ignored;

	if (w == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		return NULL;
	}
	w->writer = (struct table_writer){ ipv4_row, ipv4_close };
	table_select_default(table, NULL, 0, &w->columns);
	w->file = outfile_open(path, err);
	if (w->file == NULL) {
		free(w);
		return NULL;
	}
	if (format_begin(FORMAT_CSV, table, &w->columns,
	    outfile_sink(w->file), err) == 0)
		w->csv = format_writer(FORMAT_CSV, table, &w->columns,
		    outfile_sink(w->file), err);
	if (w->csv != NULL)
		return &w->writer;
	ipv4_close(&w->writer, false, &ignored);
	return NULL;
}
