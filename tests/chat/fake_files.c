#include "tests/chat/fake_internal.h"

static struct memory_files *
files_of(struct world *w)
{
	return &((struct fake_world *)w)->files;
}

struct world_file *
fake_file_make(struct world *w, const char *folder, const char *name,
    struct errbuf *err)
{
	return memory_files_make(files_of(w), folder, name, err);
}

struct world_file *
fake_file_open(struct world *w, const char *path, uint64_t *size,
    struct errbuf *err)
{
	return memory_files_open(files_of(w), path, size, err);
}

int
fake_file_add(struct world *w, const char *folder, const char *name,
    const void *data, size_t len, struct errbuf *err)
{
	return memory_files_add(files_of(w), folder, name, data, len, err);
}

void
fake_add_file(struct fake_world *world, const char *path, const void *data,
    size_t len)
{
	struct errbuf err;
	struct memory_file *file = memory_files_put(&world->files, path, &err);

	if (file == NULL || bytes_append(&file->content, data, len) != 0)
		fake_fail("out of memory");
}

const uint8_t *
fake_file(struct fake_world *world, const char *path, size_t *len)
{
	struct memory_file *file = memory_files_find(&world->files, path);

	if (file == NULL)
		return NULL;
	*len = file->content.len;
	/* Terminated, and not NULL where it is empty. */
	if (bytes_reserve(&file->content, 1) == NULL)
		fake_fail("out of memory");
	file->content.data[file->content.len] = '\0';
	return file->content.data;
}

size_t
fake_temporary_files(const struct fake_world *world)
{
	return world->files.making;
}

void
fake_set_disk(struct fake_world *world, uint64_t bytes)
{
	world->files.disk_bytes = bytes;
}

void
fake_files_free(struct fake_world *world)
{
	struct memory_files *files = &world->files;

	if (files->making > 0 || files->reading > 0)
		fake_fail("the side has left %zu files open",
		    files->making + files->reading);
	memory_files_reset(files);
}
