#include "analyzer/commands/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"

#define FILE_NAME ".pcapstat-batch"
#define MAGIC "pcapstat batch 1\n"

/*
 * The file: MAGIC, the settings and a newline, then records: a line of numbers
 * (size, time, status, the account, lengths of name and row), the name, the
 * row.  A record that a killed run left unfinished at the end does not count.
 */
enum { NUMBERS = 13, LINE_BYTES = 512 };

struct journal {
	char *path;
	FILE *out;
	struct bytes text;		/* of the earlier run; records point
					   into it */
	struct journal_record *records;	/* sorted by name */
	size_t count, room;
	long valid;
};

static int
read_all(struct journal *j, FILE *in)
{
	size_t n;
	uint8_t *at;

	do {
		at = bytes_reserve(&j->text, 65536);
		if (at == NULL)
			return -1;
		n = fread(at, 1, 65536, in);
		j->text.len += n;
	} while (n > 0);
	return 0;
}

static int
keep_record(struct journal *j, const struct journal_record *record)
{
	if (j->count == j->room) {
		size_t room = j->room == 0 ? 64 : 2 * j->room;
		struct journal_record *grown = memory_resize(j->records, room,
		    sizeof(*grown));

		if (grown == NULL)
			return -1;
		j->records = grown;
		j->room = room;
	}
	j->records[j->count++] = *record;
	return 0;
}

static bool
read_numbers(char **at, char *end, uint64_t numbers[NUMBERS])
{
	char *newline = memchr(*at, '\n', (size_t)(end - *at));
	char *p = *at;

	if (newline == NULL)
		return false;
	for (int i = 0; i < NUMBERS; i++) {
		char *stop;

		numbers[i] = strtoull(p, &stop, 10);
		if (stop == p || stop > newline)
			return false;
		p = stop;
	}
	*at = newline + 1;
	return p == newline;
}

/* One record; false at the end or where it is not whole. */
static bool
read_record(char **at, char *end, struct journal_record *r)
{
	uint64_t n[NUMBERS], name_len, row_len;

	if (!read_numbers(at, end, n))
		return false;
	name_len = n[11];
	row_len = n[12];
	if (name_len > (uint64_t)(end - *at) ||
	    row_len > (uint64_t)(end - *at) - name_len ||
	    name_len == 0 || (*at)[name_len - 1] != '\0' ||
	    n[2] > INPUT_UNREADABLE)
		return false;
	*r = (struct journal_record){ .size_bytes = n[0],
	    .mtime_ns = (int64_t)n[1], .status = (enum input_status)n[2],
	    .account = { { n[3], n[4], n[5], n[6] }, n[7], n[8], n[9],
	    n[10] },
	    .name = *at, .row = *at + name_len, .row_len = (size_t)row_len };
	*at += name_len + row_len;
	return true;
}

static int
compare_names(const void *a, const void *b)
{
	const struct journal_record *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* By name, and of one name in the order in which they were written. */
static int
compare_records(const void *a, const void *b)
{
	const struct journal_record *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : x->name < y->name ? -1 : 1;
}

/* Sorted, and of each name the latest only. */
static void
sort_records(struct journal *j)
{
	size_t kept = 0;

	qsort(j->records, j->count, sizeof(*j->records), compare_records);
	for (size_t i = 0; i < j->count; i++)
		if (i + 1 == j->count || strcmp(j->records[i].name,
		    j->records[i + 1].name) != 0)
			j->records[kept++] = j->records[i];
	j->count = kept;
}

/* The records of an earlier run with the same settings; j->valid is where the
 * next one goes, 0 where the journal has to begin anew. */
static int
read_journal(struct journal *j, const char *settings)
{
	FILE *in = fopen(j->path, "rb");
	char *at, *end;
	size_t len = strlen(settings);
	struct journal_record record;
	int status;

	if (in == NULL)
		return 0;
	status = read_all(j, in);
	fclose(in);
	at = (char *)j->text.data;
	end = at + j->text.len;
	if (status == -1 || j->text.len < sizeof(MAGIC) + len ||
	    memcmp(at, MAGIC, sizeof(MAGIC) - 1) != 0)
		return status;
	at += sizeof(MAGIC) - 1;
	if (memcmp(at, settings, len) != 0 || at[len] != '\n')
		return 0;
	at += len + 1;
	while (status == 0 && read_record(&at, end, &record))
		status = keep_record(j, &record);
	j->valid = at - (char *)j->text.data;
	sort_records(j);
	return status;
}

const struct journal_record *
journal_find(const struct journal *j, const char *name)
{
	struct journal_record key = { .name = name };

	if (j->count == 0)
		return NULL;
	return bsearch(&key, j->records, j->count, sizeof(*j->records),
	    compare_names);
}

int
journal_add(struct journal *j, const struct journal_record *r,
    struct errbuf *err)
{
	const struct account *a = &r->account;
	const struct direction_counts *d = &a->directions;
	size_t name_len = strlen(r->name) + 1;

	fprintf(j->out, "%" PRIu64 " %" PRIu64 " %d %" PRIu64 " %" PRIu64
	    " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	    " %" PRIu64 " %zu %zu\n", r->size_bytes, (uint64_t)r->mtime_ns,
	    (int)r->status, d->in, d->out, d->other, d->skipped, a->filtered,
	    a->truncated, a->malformed, a->unsupported, name_len, r->row_len);
	fwrite(r->name, 1, name_len, j->out);
	fwrite(r->row, 1, r->row_len, j->out);
	if (fflush(j->out) == 0 && !ferror(j->out))
		return 0;
	errbuf_set(err, "%s: %s", j->path, strerror(errno));
	return -1;
}

struct journal *
journal_open(const char *folder, const char *settings, bool resume,
    struct errbuf *err)
{
	struct journal *j = memory_array(1, sizeof(*j));
	size_t path_bytes = strlen(folder) + sizeof("/" FILE_NAME);

	if (j != NULL)
		j->path = memory_array(1, path_bytes);
	if (j == NULL || j->path == NULL)
		goto no_memory;
	snprintf(j->path, path_bytes, "%s/%s", folder, FILE_NAME);
	if (resume && read_journal(j, settings) == -1)
		goto no_memory;
	j->out = fopen(j->path, j->valid > 0 ? "r+b" : "wb");
	if (j->out == NULL || ftruncate(fileno(j->out), j->valid) == -1 ||
	    fseek(j->out, j->valid, SEEK_SET) == -1) {
		errbuf_set(err, "%s: %s", j->path, strerror(errno));
		journal_close(j);
		return NULL;
	}
	if (j->valid == 0)
		fprintf(j->out, "%s%s\n", MAGIC, settings);
	return j;

no_memory:
	errbuf_set(err, "%s: out of memory for the journal", folder);
	journal_close(j);
	return NULL;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->out != NULL)
		fclose(j->out);
	bytes_reset(&j->text);
	free(j->records);
	free(j->path);
	free(j);
}
