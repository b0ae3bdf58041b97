#include "analyzer/commands/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"

#define FILE_NAME ".pcapstat-batch"
#define MAGIC "pcapstat batch 1\n"

/*
 * The file: MAGIC, the settings and a newline, then records: a line of numbers
 * (both stamps, status, the account, lengths of key and row), the key, the
 * row.  A record that a killed run left unfinished at the end does not count.
 */
enum { NUMBERS = 15, LINE_BYTES = 512 };

struct journal {
	char *path;
	FILE *out;
	struct bytes text;		/* of the earlier run; records point
					   into it */
	struct journal_record *records;	/* sorted by key */
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
	uint64_t n[NUMBERS], key_len, row_len;

	if (!read_numbers(at, end, n))
		return false;
	key_len = n[13];
	row_len = n[14];
	if (key_len > (uint64_t)(end - *at) ||
	    row_len > (uint64_t)(end - *at) - key_len ||
	    key_len == 0 || (*at)[key_len - 1] != '\0' ||
	    n[4] > INPUT_UNREADABLE)
		return false;
	*r = (struct journal_record){ .capture = { n[0], (int64_t)n[1] },
	    .packets = { n[2], (int64_t)n[3] },
	    .status = (enum input_status)n[4],
	    .account = { { n[5], n[6], n[7], n[8] }, n[9], n[10], n[11],
	    n[12] },
	    .key = *at, .row = *at + key_len, .row_len = (size_t)row_len };
	*at += key_len + row_len;
	return true;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct journal_record *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* By key, and of one key in the order in which they were written. */
static int
compare_records(const void *a, const void *b)
{
	const struct journal_record *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order != 0 ? order : x->key < y->key ? -1 : 1;
}

/* Sorted, and of each key the latest only. */
static void
sort_records(struct journal *j)
{
	size_t kept = 0;

	qsort(j->records, j->count, sizeof(*j->records), compare_records);
	for (size_t i = 0; i < j->count; i++)
		if (i + 1 == j->count || strcmp(j->records[i].key,
		    j->records[i + 1].key) != 0)
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
journal_find(const struct journal *j, const char *key)
{
	struct journal_record wanted = { .key = key };

	if (j->count == 0)
		return NULL;
	return bsearch(&wanted, j->records, j->count, sizeof(*j->records),
	    compare_keys);
}

struct journal_stamp
journal_stamp(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return (struct journal_stamp){ 0 };
	return (struct journal_stamp){ (uint64_t)st.st_size,
	    (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec };
}

bool
journal_same(struct journal_stamp a, struct journal_stamp b)
{
	return a.size_bytes == b.size_bytes && a.mtime_ns == b.mtime_ns;
}

int
journal_add(struct journal *j, const struct journal_record *r,
    struct errbuf *err)
{
	const struct account *a = &r->account;
	const struct direction_counts *d = &a->directions;
	size_t key_len = strlen(r->key) + 1;

	fprintf(j->out, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	    " %d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	    " %" PRIu64 " %" PRIu64 " %" PRIu64 " %zu %zu\n",
	    r->capture.size_bytes, (uint64_t)r->capture.mtime_ns,
	    r->packets.size_bytes, (uint64_t)r->packets.mtime_ns,
	    (int)r->status, d->in, d->out, d->other, d->skipped, a->filtered,
	    a->truncated, a->malformed, a->unsupported, key_len, r->row_len);
	fwrite(r->key, 1, key_len, j->out);
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
