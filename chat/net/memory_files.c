#include "chat/net/memory_files.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "chat/net/file_name.h"

/* Folder, separator, name, " (18446744073709551615)". */
enum { PATH_BYTES = 2 * FILE_NAME_BYTES + 32 };

struct world_file {
	struct memory_files *files;
	struct bytes content;	/* of one that is made */
	char *path;		/* likewise; NULL: it is read */
	size_t number;		/* in the list, of one that is read */
	size_t at;
};

void
memory_files_init(struct memory_files *files)
{
	*files = (struct memory_files){
		.file_max = UINT64_MAX, .disk_bytes = UINT64_MAX,
	};
}

void
memory_files_reset(struct memory_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->list[i].path);
		bytes_reset(&files->list[i].content);
	}
	free(files->list);
	memory_files_init(files);
}

struct memory_file *
memory_files_find(struct memory_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->list[i].path, path) == 0)
			return &files->list[i];
	return NULL;
}

static struct memory_file *
add(struct memory_files *files, const char *path, struct errbuf *err)
{
	struct memory_file *list = memory_grow(files->list, &files->room,
	    files->count + 1, sizeof(*list));
	char *copy = strdup(path);

	if (list != NULL)
		files->list = list;
	if (list == NULL || copy == NULL) {
		free(copy);
		errbuf_set(err, "%s: out of memory", path);
		return NULL;
	}
	list[files->count] = (struct memory_file){ .path = copy };
	return &list[files->count++];
}

struct memory_file *
memory_files_put(struct memory_files *files, const char *path,
    struct errbuf *err)
{
	struct memory_file *file = memory_files_find(files, path);

	if (file == NULL)
		return add(files, path, err);
	bytes_reset(&file->content);
	return file;
}

static void
place(char out[PATH_BYTES], const char *folder, const char *name)
{
	char in[FILE_NAME_BYTES], file[FILE_NAME_BYTES];

	file_name_clean(file_name_last(name), file);
	if (*folder == '\0') {
		snprintf(out, PATH_BYTES, "%s", file);
		return;
	}
	file_name_clean(folder, in);
	snprintf(out, PATH_BYTES, "%s/%s", in, file);
}

static struct world_file *
open_file(struct memory_files *files, const char *path, struct errbuf *err)
{
	struct world_file *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		return NULL;
	}
	f->files = files;
	return f;
}

struct world_file *
memory_files_make(struct memory_files *files, const char *folder,
    const char *name, struct errbuf *err)
{
	char path[PATH_BYTES];
	struct world_file *f;

	place(path, folder, name);
	f = open_file(files, path, err);
	if (f == NULL)
		return NULL;
	f->path = strdup(path);
	if (f->path == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		free(f);
		return NULL;
	}
	files->making++;
	return f;
}

static int
append(struct memory_files *files, struct bytes *content, const char *path,
    const void *data, size_t len, struct errbuf *err)
{
	if (len > files->file_max - content->len) {
		errbuf_set(err, "%s: File too large", path);
		return -1;
	}
	if (len > files->disk_bytes) {
		errbuf_set(err, "%s: No space left on device", path);
		return -1;
	}
	if (bytes_append(content, data, len) != 0) {
		errbuf_set(err, "%s: out of memory", path);
		return -1;
	}
	files->disk_bytes -= len;
	return 0;
}

int
memory_files_write(struct world_file *f, const void *data, size_t len,
    struct errbuf *err)
{
	assert(f->path != NULL);
	return append(f->files, &f->content, f->path, data, len, err);
}

void
memory_files_drop(struct world_file *f)
{
	if (f->path != NULL)
		f->files->making--;
	else
		f->files->reading--;
	bytes_reset(&f->content);
	free(f->path);
	free(f);
}

/* No file ever goes, so the numbers up to the last one that was given stay
 * taken: each keep goes on behind it. */
static void
free_name(struct world_file *f, char path[PATH_BYTES])
{
	struct memory_file *first = memory_files_find(f->files, f->path);

	snprintf(path, PATH_BYTES, "%s", f->path);
	if (first == NULL)
		return;
	do
		snprintf(path, PATH_BYTES, "%s (%u)", f->path,
		    2 + first->copies++);
	while (memory_files_find(f->files, path) != NULL);
}

int
memory_files_keep(struct world_file *f, char *name, size_t room,
    struct errbuf *err)
{
	char path[PATH_BYTES];
	struct memory_file *kept;

	assert(f->path != NULL);
	free_name(f, path);
	kept = add(f->files, path, err);
	if (kept != NULL) {
		kept->content = f->content;
		bytes_init(&f->content);
		if (name != NULL)
			snprintf(name, room, "%s", path);
	}
	memory_files_drop(f);
	return kept == NULL ? -1 : 0;
}

struct world_file *
memory_files_open(struct memory_files *files, const char *path,
    uint64_t *size, struct errbuf *err)
{
	const struct memory_file *file;
	struct world_file *f;

	/* Where the program runs. */
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	file = memory_files_find(files, path);

	if (file == NULL) {
		errbuf_set(err, "%s: No such file or directory", path);
		return NULL;
	}
	f = open_file(files, path, err);
	if (f == NULL)
		return NULL;
	f->number = (size_t)(file - files->list);
	*size = file->content.len;
	files->reading++;
	return f;
}

ssize_t
memory_files_read(struct world_file *f, void *data, size_t len,
    struct errbuf *err)
{
	const struct bytes *content = &f->files->list[f->number].content;
	size_t left = content->len - f->at;

	(void)err;
	assert(f->path == NULL);
	if (len > left)
		len = left;
	if (len > 0)
		memcpy(data, content->data + f->at, len);
	f->at += len;
	return (ssize_t)len;
}

int
memory_files_add(struct memory_files *files, const char *folder,
    const char *name, const void *data, size_t len, struct errbuf *err)
{
	char path[PATH_BYTES];
	struct memory_file *file;

	place(path, folder, name);
	file = memory_files_find(files, path);
	if (file == NULL)
		file = add(files, path, err);
	if (file == NULL)
		return -1;
	return append(files, &file->content, path, data, len, err);
}
