#include "analyzer/commands/guard.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "analyzer/capture/reader.h"
#include "base/memory.h"

struct file_id {
	dev_t device;
	ino_t inode;
};

struct guard {
	size_t count;
	struct file_id *ids;	/* sorted */
};

static int
compare_ids(const void *a, const void *b)
{
	const struct file_id *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

static bool
find_id(const char *path, struct file_id *id)
{
	struct stat st;

	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return false;
	*id = (struct file_id){ st.st_dev, st.st_ino };
	return true;
}

struct guard *
guard_new(const struct inputs *inputs, struct errbuf *err)
{
	struct guard *g = memory_array(1, sizeof(*g));

	if (g != NULL)
		g->ids = memory_array(inputs->count + 1, sizeof(*g->ids));
	if (g == NULL || g->ids == NULL) {
		errbuf_set(err, "out of memory for %zu inputs", inputs->count);
		guard_free(g);
		return NULL;
	}
	for (size_t i = 0; i < inputs->count; i++)
		g->count += find_id(inputs->list[i].path, &g->ids[g->count]);
	qsort(g->ids, g->count, sizeof(*g->ids), compare_ids);
	return g;
}

/* What cannot be opened for another reason may well be one. */
static bool
is_capture(const char *path)
{
	bool foreign = false;
	struct errbuf ignored;
	struct reader *reader = reader_open(path, &foreign, &ignored);

	reader_close(reader);
	return reader != NULL || !foreign;
}

int
guard_check(const struct guard *g, const char *path, struct errbuf *err)
{
	struct file_id id;

	if (!find_id(path, &id) || bsearch(&id, g->ids, g->count, sizeof(id),
	    compare_ids) == NULL || !is_capture(path))
		return 0;
	errbuf_set(err, "%s: is an input, and would be replaced", path);
	return -1;
}

void
guard_free(struct guard *g)
{
	if (g == NULL)
		return;
	free(g->ids);
	free(g);
}
