#include "analyzer/capture/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/capture/live.h"
#include "analyzer/capture/ring.h"
#include "base/memory.h"

/* Folders still to be read wait on a stack of our own, so that neither depth
 * nor width costs C stack or file descriptors. */
struct walk {
	struct inputs *inputs;
	size_t root_len;	/* where a path goes on below the root */
	char **pending;
	size_t count, room;
	inputs_complain *complain;
	void *context;
};

void
inputs_init(struct inputs *inputs)
{
	memset(inputs, 0, sizeof(*inputs));
}

void
inputs_reset(struct inputs *inputs)
{
	size_t i;

	for (i = 0; i < inputs->count; i++)
		free(inputs->list[i].path);
	free(inputs->list);
	if (inputs->recorded)
		close(inputs->recording);
	ring_close(inputs->ring);
	live_close(inputs->live);
	inputs_init(inputs);
}

/* Takes the path over, in the case of failure too. */
static struct input *
append(struct inputs *inputs, char *path)
{
	struct input *list = inputs->list;
	size_t room = inputs->room;

	if (path == NULL)
		return NULL;
	if (inputs->count == room) {
		room = room == 0 ? 16 : 2 * room;
		list = memory_resize(list, room, sizeof(*list));
		if (list == NULL) {
			free(path);
			return NULL;
		}
		inputs->list = list;
		inputs->room = room;
	}
	list += inputs->count++;
	*list = (struct input){ .path = path, .name = path };
	return list;
}

/* st: NULL where the file could not be looked at. */
static void
add_size(struct inputs *inputs, struct input *input, const struct stat *st)
{
	if (st == NULL || !S_ISREG(st->st_mode)) {
		inputs->size_unknown = true;
		inputs->size_bytes = 0;
		return;
	}
	input->size_bytes = (uint64_t)st->st_size;
	if (!inputs->size_unknown)
		inputs->size_bytes += input->size_bytes;
}

static void
complain(struct walk *w, const char *folder)
{
	struct errbuf line;

	errbuf_set(&line, "%s: %s", folder, strerror(errno));
	w->complain(w->context, line.text);
	w->inputs->missing++;
}

/* "FOLDER/NAME"; a slash that is there already is not doubled. */
static char *
join(const char *folder, const char *name)
{
	size_t len = strlen(folder), name_len = strlen(name);
	size_t slash = len > 0 && folder[len - 1] == '/' ? 0 : 1;
	char *path = malloc(len + slash + name_len + 1);

	if (path == NULL)
		return NULL;
	memcpy(path, folder, len);
	path[len] = '/';
	memcpy(path + len + slash, name, name_len + 1);
	return path;
}

/* Takes the path over, in the case of failure too. */
static int
push(struct walk *w, char *path)
{
	char **list = w->pending;
	size_t room = w->room;

	if (path == NULL)
		return -1;
	if (w->count == room) {
		room = room == 0 ? 16 : 2 * room;
		list = memory_resize(list, room, sizeof(*list));
		if (list == NULL) {
			free(path);
			return -1;
		}
		w->pending = list;
		w->room = room;
	}
	list[w->count++] = path;
	return 0;
}

static int
add_walked(struct walk *w, char *path, const struct stat *st)
{
	struct input *input = append(w->inputs, path);

	if (input == NULL)
		return -1;
	input->name = path + w->root_len;
	input->walked = true;
	add_size(w->inputs, input, st);
	return 0;
}

static int
visit(struct walk *w, int fd, const char *folder, const char *name)
{
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		/* Gone since it was listed is not our business. */
		return errno == ENOENT ? 0 :
		    add_walked(w, join(folder, name), NULL);
	}
	if (S_ISDIR(st.st_mode))
		return name[0] == '.' ? 0 : push(w, join(folder, name));
	if (S_ISREG(st.st_mode))
		return add_walked(w, join(folder, name), &st);
	return 0;
}

/* Descending: the folder to be read next stands last. */
static int
folder_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

static int
list_folder(struct walk *w, DIR *dir, const char *folder)
{
	const struct dirent *entry;
	size_t first = w->count;

	while (errno = 0, (entry = readdir(dir)) != NULL)
		if (visit(w, dirfd(dir), folder, entry->d_name) < 0)
			return -1;
	if (errno != 0)
		complain(w, folder);
	if (w->count > first)
		qsort(w->pending + first, w->count - first,
		    sizeof(*w->pending), folder_order);
	return 0;
}

/* flags: O_NOFOLLOW, where a link may have taken the folder's place. */
static int
read_folder(struct walk *w, const char *folder, int flags)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int result;

	if (dir == NULL) {
		complain(w, folder);
		if (fd >= 0)
			close(fd);
		return 0;
	}
	result = list_folder(w, dir, folder);
	closedir(dir);
	return result;
}

static int
walk(struct walk *w, const char *root)
{
	int result = read_folder(w, root, 0);

	while (w->count > 0) {
		char *folder = w->pending[--w->count];

		if (result == 0)
			result = read_folder(w, folder, O_NOFOLLOW);
		free(folder);
	}
	free(w->pending);
	return result;
}

static int
name_order(const void *a, const void *b)
{
	const struct input *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static int
add_folder(struct inputs *inputs, const char *path,
    inputs_complain *complain_to, void *context)
{
	size_t first = inputs->count, len = strlen(path);
	struct walk w = {
		.inputs = inputs,
		.root_len = len + (path[len - 1] == '/' ? 0 : 1),
		.complain = complain_to,
		.context = context,
	};
	int result = walk(&w, path);

	if (inputs->count > first)
		qsort(inputs->list + first, inputs->count - first,
		    sizeof(*inputs->list), name_order);
	return result;
}

static int
add_file(struct inputs *inputs, const char *path, const struct stat *st)
{
	struct input *input = append(inputs, strdup(path));

	if (input == NULL)
		return -1;
	add_size(inputs, input, st);
	return 0;
}

int
inputs_add(struct inputs *inputs, const char *path,
    inputs_complain *complain_to, void *context, struct errbuf *err)
{
	struct stat st;
	int result;

	if (strcmp(path, "-") == 0 || stat(path, &st) < 0)
		result = add_file(inputs, path, NULL);
	else if (S_ISDIR(st.st_mode))
		result = add_folder(inputs, path, complain_to, context);
	else
		result = add_file(inputs, path, &st);
	if (result < 0)
		errbuf_set(err, "%s: out of memory", path);
	return result;
}

int
inputs_add_live(struct inputs *inputs, struct live *live, struct errbuf *err)
{
	struct input *input = append(inputs, strdup(live_name(live)));

	if (input == NULL) {
		errbuf_set(err, "%s: out of memory", live_name(live));
		return -1;
	}
	input->live = live;
	inputs->size_unknown = true;
	inputs->size_bytes = 0;
	return 0;
}
