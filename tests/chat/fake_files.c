#include "tests/chat/fake_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world_file {
	struct fake_world *world;
	struct bytes content;
	size_t at;		/* of one that is read */
	char *path;		/* of one that is made */
};

static struct fake_entry *
find(const struct fake_world *world, const char *path)
{
	for (size_t i = 0; i < world->file_count; i++)
		if (strcmp(world->files[i].path, path) == 0)
			return &world->files[i];
	return NULL;
}

static struct fake_entry *
add(struct fake_world *world, const char *path)
{
	struct fake_entry *entry;

	world->files = fake_grow(world->files, &world->file_room,
	    world->file_count, sizeof(*world->files));
	entry = &world->files[world->file_count++];
	*entry = (struct fake_entry){ .path = fake_copy(path, strlen(path)) };
	return entry;
}

/* No path parts, no controls, never empty, never hidden. */
static void
clean(char *out, size_t room, const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t n = 0;

	for (const char *at = slash == NULL ? name : slash + 1; *at != '\0' &&
	    n + 1 < room; at++)
		if ((unsigned char)*at >= ' ' && *at != 0x7f)
			out[n++] = *at;
	out[n] = '\0';
	if (n == 0)
		snprintf(out, room, "unnamed");
	else if (out[0] == '.')
		out[0] = '_';
}

static void
place(char *out, size_t room, const char *folder, const char *name)
{
	char in[256], file[256];

	clean(file, sizeof(file), name);
	if (*folder == '\0') {
		snprintf(out, room, "%s", file);
		return;
	}
	clean(in, sizeof(in), folder);
	snprintf(out, room, "%s/%s", in, file);
}

struct world_file *
fake_file_make(struct world *w, const char *folder, const char *name,
    struct errbuf *err)
{
	struct fake_world *world = (struct fake_world *)w;
	struct world_file *f = calloc(1, sizeof(*f));
	char path[520];

	(void)err;
	if (f == NULL)
		fake_fail("out of memory");
	place(path, sizeof(path), folder, name);
	f->world = world;
	f->path = fake_copy(path, strlen(path));
	world->making++;
	return f;
}

/* Takes the bytes from the disk's room. */
static int
take_room(struct fake_world *world, const char *path, size_t len,
    struct errbuf *err)
{
	if (len > world->disk_bytes) {
		errbuf_set(err, "%s: No space left on device", path);
		return -1;
	}
	world->disk_bytes -= len;
	return 0;
}

int
fake_file_write(struct world_file *f, const void *data, size_t len,
    struct errbuf *err)
{
	if (f->path == NULL)
		fake_fail("world_file_write: the file was opened for reading");
	if (take_room(f->world, f->path, len, err) != 0)
		return -1;
	if (bytes_append(&f->content, data, len) != 0)
		fake_fail("out of memory");
	return 0;
}

static void
release(struct world_file *f)
{
	if (f->path != NULL)
		f->world->making--;
	else
		f->world->reading--;
	bytes_reset(&f->content);
	free(f->path);
	free(f);
}

int
fake_file_keep(struct world_file *f, char *name, size_t room,
    struct errbuf *err)
{
	char path[560];

	(void)err;
	if (f->path == NULL)
		fake_fail("world_file_keep: the file was opened for reading");
	snprintf(path, sizeof(path), "%s", f->path);
	for (unsigned i = 2; find(f->world, path) != NULL; i++)
		snprintf(path, sizeof(path), "%s (%u)", f->path, i);
	add(f->world, path)->content = f->content;
	bytes_init(&f->content);
	if (name != NULL)
		snprintf(name, room, "%s", path);
	release(f);
	return 0;
}

struct world_file *
fake_file_open(struct world *w, const char *path, uint64_t *size,
    struct errbuf *err)
{
	struct fake_world *world = (struct fake_world *)w;
	const struct fake_entry *entry = find(world, path);
	struct world_file *f;

	if (entry == NULL) {
		errbuf_set(err, "%s: No such file or directory", path);
		return NULL;
	}
	f = calloc(1, sizeof(*f));
	if (f == NULL || bytes_append(&f->content, entry->content.data,
	    entry->content.len) != 0)
		fake_fail("out of memory");
	f->world = world;
	*size = entry->content.len;
	world->reading++;
	return f;
}

ssize_t
fake_file_read(struct world_file *f, void *data, size_t len,
    struct errbuf *err)
{
	size_t n = f->content.len - f->at;

	(void)err;
	if (f->path != NULL)
		fake_fail("world_file_read: the file is being made");
	if (n > len)
		n = len;
	if (n > 0)
		memcpy(data, f->content.data + f->at, n);
	f->at += n;
	return (ssize_t)n;
}

void
fake_file_drop(struct world_file *f)
{
	release(f);
}

int
fake_file_add(struct world *w, const char *folder, const char *name,
    const void *data, size_t len, struct errbuf *err)
{
	struct fake_world *world = (struct fake_world *)w;
	struct fake_entry *entry;
	char path[520];

	place(path, sizeof(path), folder, name);
	if (take_room(world, path, len, err) != 0)
		return -1;
	entry = find(world, path);
	if (entry == NULL)
		entry = add(world, path);
	if (bytes_append(&entry->content, data, len) != 0)
		fake_fail("out of memory");
	return 0;
}

void
fake_add_file(struct fake_world *world, const char *path, const void *data,
    size_t len)
{
	struct fake_entry *entry = find(world, path);

	if (entry == NULL)
		entry = add(world, path);
	bytes_reset(&entry->content);
	if (bytes_append(&entry->content, data, len) != 0)
		fake_fail("out of memory");
}

const uint8_t *
fake_file(struct fake_world *world, const char *path, size_t *len)
{
	struct fake_entry *entry = find(world, path);

	if (entry == NULL)
		return NULL;
	*len = entry->content.len;
	/* Terminated, and not NULL where it is empty. */
	if (bytes_reserve(&entry->content, 1) == NULL)
		fake_fail("out of memory");
	entry->content.data[entry->content.len] = '\0';
	return entry->content.data;
}

size_t
fake_temporary_files(const struct fake_world *world)
{
	return world->making;
}

void
fake_set_disk(struct fake_world *world, uint64_t bytes)
{
	world->disk_bytes = bytes;
}

void
fake_files_free(struct fake_world *world)
{
	if (world->making > 0 || world->reading > 0)
		fake_fail("the side has left %zu files open",
		    world->making + world->reading);
	for (size_t i = 0; i < world->file_count; i++) {
		free(world->files[i].path);
		bytes_reset(&world->files[i].content);
	}
	free(world->files);
}
