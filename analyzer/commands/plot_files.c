#include "analyzer/commands/plot_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/capture/reader.h"
#include "base/replace.h"

enum { ENDING = 4 };		/* ".png" */

static const char *const endings[PLOT_FILES] = { NULL, ".gp", ".csv" };

static int
no_memory(struct errbuf *err)
{
	errbuf_set(err, "out of memory");
	return -1;
}

static char *
join(const char *folder, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

/* Neither what is no file nor a capture is replaced. */
static int
check_target(const char *path, struct errbuf *err)
{
	bool foreign = false;
	struct errbuf ignored;
	struct reader *reader;
	struct stat st;

	if (stat(path, &st) == -1)
		return 0;
	if (!S_ISREG(st.st_mode)) {
		errbuf_set(err, "%s: not a regular file", path);
		return -1;
	}
	reader = reader_open(path, &foreign, &ignored);
	if (reader == NULL)
		return 0;
	reader_close(reader);
	errbuf_set(err, "%s: is a capture, and would be replaced", path);
	return -1;
}

static int
name_target(struct plot_files *f, enum plot_file which, const char *path,
    struct errbuf *err)
{
	f->targets[which] = replacement_target(path);
	if (f->targets[which] == NULL) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	return check_target(path, err);
}

static int
name_file(struct plot_files *f, enum plot_file which, const char *picture,
    bool kept, struct errbuf *err)
{
	const char *slash = strrchr(picture, '/');
	size_t stem = strlen(picture) - ENDING;
	char *path;
	int n = endings[which] == NULL ? asprintf(&path, "%s", picture) :
	    asprintf(&path, "%.*s%s", (int)stem, picture, endings[which]);
	int status = 0;

	if (n < 0)
		return no_memory(err);
	f->names[which] = strdup(slash == NULL ? path :
	    path + (slash + 1 - picture));
	if (f->names[which] == NULL)
		status = no_memory(err);
	else if (kept)
		status = name_target(f, which, path, err);
	free(path);
	return status;
}

/* The folder of the picture; where that is for the moment only TMPDIR. */
static char *
place_of(const char *picture)
{
	const char *slash, *tmp;

	if (picture == NULL) {
		tmp = getenv("TMPDIR");
		return strdup(tmp == NULL || tmp[0] == '\0' ? "/tmp" : tmp);
	}
	slash = strrchr(picture, '/');
	return slash == NULL ? strdup(".") : slash == picture ? strdup("/") :
	    strndup(picture, (size_t)(slash - picture));
}

static int
make_folder(struct plot_files *f, const char *picture, struct errbuf *err)
{
	char *place = place_of(picture);
	char *folder = place == NULL ? NULL : join(place, ".plot-XXXXXX");
	int status = 0;

	if (folder == NULL) {
		status = no_memory(err);
	} else if (mkdtemp(folder) == NULL) {
		errbuf_set(err, "%s: %s", place, strerror(errno));
		free(folder);
		status = -1;
	} else {
		f->folder = folder;
	}
	free(place);
	return status;
}

int
plot_files_open(struct plot_files *f, const char *picture, struct errbuf *err)
{
	*f = (struct plot_files){ 0 };
	for (int i = 0; i < PLOT_FILES; i++)
		if (name_file(f, (enum plot_file)i, picture == NULL ?
		    "plot.txt" : picture, picture != NULL, err) == -1)
			return -1;
	if (make_folder(f, picture, err) == -1)
		return -1;
	f->table = join(f->folder, "table");
	return f->table == NULL ? no_memory(err) : 0;
}

char *
plot_files_path(const struct plot_files *f, enum plot_file which,
    struct errbuf *err)
{
	char *path = join(f->folder, f->names[which]);

	if (path == NULL)
		no_memory(err);
	return path;
}

/* gnuplot leaves its picture in the system's hands. */
static int
sync_path(const char *path, struct errbuf *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int status = fd == -1 ? -1 : fsync(fd);

	if (status == -1)
		errbuf_set(err, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return status;
}

static int
keep(const struct plot_files *f, enum plot_file which, struct errbuf *err)
{
	char *path = plot_files_path(f, which, err);
	int status = path == NULL ? -1 : sync_path(path, err);

	if (status == 0 && rename(path, f->targets[which]) == -1) {
		errbuf_set(err, "%s: %s", f->targets[which], strerror(errno));
		status = -1;
	}
	free(path);
	return status;
}

int
plot_files_keep(const struct plot_files *f, bool picture, struct errbuf *err)
{
	/* The picture last: where it is, the others are. */
	for (int i = PLOT_FILES - 1; i >= (picture ? 0 : 1); i--)
		if (keep(f, (enum plot_file)i, err) == -1)
			return -1;
	return 0;
}

/* The folder is our own, and flat. */
static void
remove_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}

void
plot_files_close(struct plot_files *f)
{
	if (f->folder != NULL)
		remove_folder(f->folder);
	free(f->folder);
	free(f->table);
	for (int i = 0; i < PLOT_FILES; i++) {
		free(f->targets[i]);
		free(f->names[i]);
	}
}
