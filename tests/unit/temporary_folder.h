/*
 * A folder of its own for each test, as a checked fixture: the test runs in it
 * and finds it empty.
 */
#ifndef TESTS_UNIT_TEMPORARY_FOLDER_H
#define TESTS_UNIT_TEMPORARY_FOLDER_H

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void
temporary_folder_enter(void)
{
	char folder[] = "/tmp/pcapstat-test-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static inline int
temporary_folder_remove(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
temporary_folder_leave(void)
{
	char folder[256];

	ck_assert_ptr_nonnull(getcwd(folder, sizeof(folder)));
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(nftw(folder, temporary_folder_remove, 8,
	    FTW_DEPTH | FTW_PHYS), 0);
}

/* How many names are in the folder, hidden ones too. */
static inline size_t
temporary_folder_count(void)
{
	DIR *dir = opendir(".");
	size_t count = 0;

	ck_assert_ptr_nonnull(dir);
	for (struct dirent *d; (d = readdir(dir)) != NULL;)
		count += strcmp(d->d_name, ".") != 0 &&
		    strcmp(d->d_name, "..") != 0;
	closedir(dir);
	return count;
}

/* A whole file; release with free(). */
static inline char *
temporary_folder_read(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *data = NULL;
	size_t got, used = 0;

	ck_assert_msg(file != NULL, "%s is not there", path);
	do {
		data = realloc(data, used + 65537);
		ck_assert_ptr_nonnull(data);
		got = fread(data + used, 1, 65536, file);
		used += got;
	} while (got != 0);
	fclose(file);
	data[used] = '\0';
	if (len != NULL)
		*len = used;
	return data;
}

static inline void
temporary_folder_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

#endif
