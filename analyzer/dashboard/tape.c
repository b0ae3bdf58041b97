#include "analyzer/dashboard/tape.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/capture/frame.h"
#include "analyzer/capture/ring.h"
#include "base/memory.h"

#define ENDING ".pcapng"

struct tape {
	char *folder;		/* "." without one in the prefix */
	char *base;		/* what names begin with */
	char *prefix;
	bool ours;		/* and so temporary */
	pid_t owner;
	struct ring *ring;	/* of the worker, from the first frame on */
	uint16_t link_type;
};

static int
no_memory(struct errbuf *err)
{
	errbuf_set(err, "out of memory");
	return -1;
}

static int
make_folder(struct tape *t, struct errbuf *err)
{
	const char *parent = getenv("TMPDIR");
	char *folder;

	if (parent == NULL || *parent == '\0')
		parent = "/tmp";
	if (asprintf(&folder, "%s/pcapstat-XXXXXX", parent) < 0)
		return no_memory(err);
	if (mkdtemp(folder) == NULL) {
		errbuf_set(err, "%s: %s", folder, strerror(errno));
		free(folder);
		return -1;
	}
	t->ours = true;
	t->folder = folder;
	t->base = strdup("live");
	if (t->base == NULL || asprintf(&t->prefix, "%s/live", folder) < 0)
		return no_memory(err);
	return 0;
}

static int
split_prefix(struct tape *t, const char *prefix, struct errbuf *err)
{
	const char *slash = strrchr(prefix, '/');

	t->folder = slash == NULL ? strdup(".") :
	    strndup(prefix, (size_t)(slash + 1 - prefix));
	t->base = strdup(slash == NULL ? prefix : slash + 1);
	t->prefix = strdup(prefix);
	return t->folder == NULL || t->base == NULL || t->prefix == NULL ?
	    no_memory(err) : 0;
}

struct tape *
tape_new(const char *prefix, struct errbuf *err)
{
	struct tape *t = memory_array(1, sizeof(*t));

	if (t == NULL) {
		no_memory(err);
		return NULL;
	}
	t->owner = getpid();
	if ((prefix == NULL ? make_folder(t, err) :
	    split_prefix(t, prefix, err)) == 0)
		return t;
	tape_free(t);
	return NULL;
}

/* "BASE-00001.pcapng": its number; 0 for another name. */
static unsigned long long
number_of(const struct tape *t, const char *name)
{
	size_t len = strlen(t->base), digits;

	if (strncmp(name, t->base, len) != 0 || name[len] != '-')
		return 0;
	name += len + 1;
	digits = strspn(name, "0123456789");
	if (digits < 5 || digits > 18 || strcmp(name + digits, ENDING) != 0)
		return 0;
	return strtoull(name, NULL, 10);
}

/* Numbers of the first and the last file; false where there is none. */
static bool
find_files(const struct tape *t, unsigned long long *first,
    unsigned long long *last)
{
	DIR *dir = opendir(t->folder);
	const struct dirent *entry;

	*first = *last = 0;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		unsigned long long n = number_of(t, entry->d_name);

		if (n == 0)
			continue;
		if (*first == 0 || n < *first)
			*first = n;
		if (n > *last)
			*last = n;
	}
	if (dir != NULL)
		closedir(dir);
	return *last != 0;
}

/* Release with free(); NULL: no memory. */
static char *
path_of(const struct tape *t, unsigned long long number)
{
	char *path;

	return asprintf(&path, "%s-%05llu" ENDING, t->prefix, number) < 0 ?
	    NULL : path;
}

static void
remove_files(const struct tape *t)
{
	unsigned long long first, last;

	if (find_files(t, &first, &last))
		for (unsigned long long n = first; n <= last; n++) {
			char *path = path_of(t, n);

			if (path != NULL)
				(void)unlink(path);
			free(path);
		}
	(void)rmdir(t->folder);
}

void
tape_free(struct tape *t)
{
	if (t == NULL)
		return;
	if (t->ours)
		remove_files(t);
	free(t->folder);
	free(t->base);
	free(t->prefix);
	free(t);
}

static int
begin(struct tape *t, const struct frame *frame, struct errbuf *err)
{
	const struct ring_options options = { .prefix = t->prefix,
	    .file_bytes = TAPE_BYTES, .files = TAPE_FILES,
	    .link_type = frame->link_type, .ts_digits = 9 };

	t->link_type = frame->link_type;
	t->ring = ring_open(&options, err);
	return t->ring == NULL ? -1 : 0;
}

int
tape_take(void *tape, const struct reader *reader,
    const struct frame *frames, size_t n, struct errbuf *err)
{
	struct tape *t = tape;
	size_t at = 0;

	(void)reader;
	if (!t->ours || n == 0)
		return 0;
	if (t->ring == NULL && begin(t, &frames[0], err) == -1)
		goto fail;
	while (at < n) {
		size_t end = at;

		while (end < n && frames[end].link_type == t->link_type)
			end++;
		if (ring_add(t->ring, frames + at, end - at, err) == -1)
			goto fail;
		at = end < n ? end + 1 : end;
	}
	return 0;
fail:
	errbuf_prefix(err, "no more packets are kept");
	return -1;
}

void
tape_end(void *tape)
{
	struct tape *t = tape;

	ring_close(t->ring);
	t->ring = NULL;
	/* The server, which would remove it, was ended by force. */
	if (t->ours && getppid() != t->owner)
		remove_files(t);
}

/* The one that is written last may have no packet yet, and others are
 * removed while we look. */
int
tape_inputs(const struct tape *t, struct inputs *inputs, struct errbuf *err)
{
	unsigned long long first, last;
	int status = 0;

	if (!find_files(t, &first, &last))
		return 0;
	for (unsigned long long n = first; status == 0 && n <= last; n++) {
		char *path = path_of(t, n);

		if (path == NULL)
			status = no_memory(err);
		else if (access(path, R_OK) == 0)
			status = inputs_add(inputs, path, NULL, NULL, err);
		free(path);
	}
	return status;
}

uint64_t
tape_changed(const struct tape *t)
{
	unsigned long long first, last;
	uint64_t sum;
	struct stat st;
	char *path;

	if (!find_files(t, &first, &last))
		return 0;
	path = path_of(t, last);
	sum = last << 40;
	if (path != NULL && stat(path, &st) == 0)
		sum += (uint64_t)st.st_size;
	free(path);
	return sum;
}
