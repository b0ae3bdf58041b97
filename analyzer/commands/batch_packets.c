#include "analyzer/commands/batch_packets.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/commands/ipv4_packets.h"
#include "base/memory.h"
#include "base/outfile.h"

char *
batch_packets_path(const char *folder, const struct input *input,
    struct errbuf *err)
{
	return ipv4_packets_path(folder, input->walked ? input->name :
	    ipv4_packets_base_name(input->name), err);
}

/* Where an input's packets would go, and which input it is. */
struct place {
	char *path;
	size_t input;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void
mark_clashes(bool *clashes, struct place *places, size_t n)
{
	qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 1; i < n; i++)
		if (compare_places(&places[i - 1], &places[i]) == 0)
			clashes[places[i - 1].input] =
			    clashes[places[i].input] = true;
}

bool *
batch_packets_clashes(const char *folder, const struct inputs *inputs,
    struct errbuf *err)
{
	size_t n = inputs->count, known = 0;
	struct place *places = memory_array(n, sizeof(*places));
	bool *clashes = memory_array(n, sizeof(*clashes));

	if (places == NULL || clashes == NULL) {
		errbuf_set(err, "out of memory for %zu inputs", n);
		goto fail;
	}
	for (; known < n; known++) {
		places[known] = (struct place){ batch_packets_path(folder,
		    &inputs->list[known], err), known };
		if (places[known].path == NULL)
			goto fail;
	}
	mark_clashes(clashes, places, n);
	goto end;

fail:
	free(clashes);
	clashes = NULL;
end:
	for (size_t i = 0; i < known; i++)
		free(places[i].path);
	free(places);
	return clashes;
}

/* A walked capture's packets go below a folder of the same name. */
static int
make_folder(const char *path, struct errbuf *err)
{
	char *folder = strdup(path);
	int status = -1;

	if (folder == NULL) {
		errbuf_set(err, "%s: out of memory", path);
	} else {
		*strrchr(folder, '/') = '\0';
		status = outfile_mkdirs(folder, err);
	}
	free(folder);
	return status;
}

struct table_writer *
batch_packets_open(const char *folder, const struct input *input,
    bool clashes, const struct guard *guard, struct errbuf *err)
{
	char *path = batch_packets_path(folder, input, err);
	struct table_writer *writer = NULL;

	if (path == NULL)
		return NULL;
	if (clashes)
		errbuf_set(err, "%s: another input would be written there too",
		    path);
	else if (guard_check(guard, path, err) == 0 &&
	    (!input->walked || make_folder(path, err) == 0))
		writer = ipv4_packets_open(path, err);
	free(path);
	return writer;
}
