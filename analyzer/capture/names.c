/*
 * Name resolution block:  records of type (16 bits), length (16 bits), value
 * padded to 32 bits; the last one has type 0 (some writers leave it out), and
 * options may follow.  The value of types 1 and 2 is an IPv4 or IPv6 address
 * and one or more names, each ended by a zero byte.
 */
#include "analyzer/capture/names.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/reader_internal.h"
#include "base/memory.h"

enum { RECORD_END = 0, RECORD_IPV4 = 1, RECORD_IPV6 = 2 };

struct name {
	uint8_t version;
	uint8_t address[16];	/* zeros behind an IPv4 address */
	char text[];
};

struct names {
	void *tree;		/* of struct name, by tsearch(3): hostile
				   addresses cannot make it slow */
	size_t count;
	uint64_t refused;
};

struct names *
names_new(struct errbuf *err)
{
	struct names *names = memory_array(1, sizeof(*names));

	if (names == NULL)
		errbuf_set(err, "out of memory");
	return names;
}

void
names_free(struct names *names)
{
	if (names == NULL)
		return;
	tdestroy(names->tree, free);
	free(names);
}

static int
compare(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->version != y->version)
		return x->version < y->version ? -1 : 1;
	return memcmp(x->address, y->address, sizeof(x->address));
}

static void
set_address(struct name *name, int version, const uint8_t *address)
{
	name->version = (uint8_t)version;
	memset(name->address, 0, sizeof(name->address));
	memcpy(name->address, address, version == 4 ? 4 : 16);
}

/* A name on its own, fit to be shown; NULL: no memory. */
static struct name *
make_name(int version, const uint8_t *address, const uint8_t *text,
    size_t len)
{
	struct name *name = memory_array(1, sizeof(*name) + len + 1);

	if (name == NULL)
		return NULL;
	set_address(name, version, address);
	for (size_t i = 0; i < len; i++)
		name->text[i] = text[i] > ' ' && text[i] < 0x7f ?
		    (char)text[i] : '?';
	return name;
}

/* -1: refused. */
static int
keep(struct names *names, struct name *name)
{
	struct name **place = tsearch(name, &names->tree, compare);

	if (place == NULL)
		return -1;
	if (*place != name)
		free(name);	/* the first one stays */
	else
		names->count++;
	return 0;
}

/* The value of a record: address, then names. */
static int
take_record(struct names *names, int version, const uint8_t *value,
    size_t len)
{
	size_t address = version == 4 ? 4 : 16, n;
	const uint8_t *end;
	struct name *name;

	if (len <= address)
		return -1;
	end = memchr(value + address, '\0', len - address);
	n = end == NULL ? 0 : (size_t)(end - (value + address));
	if (n == 0 || n > NAMES_BYTES)
		return -1;
	if (names_find(names, version, value) != NULL)
		return 0;
	if (names->count == NAMES_MAX)
		return -1;
	name = make_name(version, value, value + address, n);
	if (name == NULL || keep(names, name) == 0)
		return name == NULL ? -1 : 0;
	free(name);
	return -1;
}

void
names_observe(void *context, const struct reader_block *b)
{
	struct names *names = context;
	const bool swapped = reader_is_swapped(b->big_endian);
	uint32_t at = 0;

	if (b->type != READER_NAMES)
		return;
	if (b->body == NULL)	/* too long */
		names->refused++;
	while (b->body != NULL && at < b->len) {
		unsigned type = reader_load16(b->body + at, swapped);
		uint32_t len = reader_load16(b->body + at + 2, swapped);
		uint32_t padded = (len + 3) & ~3U;

		at += 4;
		if (type == RECORD_END)
			return;
		if (padded > b->len - at) {
			names->refused++;
			return;
		}
		if (type == RECORD_IPV4 || type == RECORD_IPV6)
			names->refused += take_record(names,
			    type == RECORD_IPV4 ? 4 : 6, b->body + at,
			    len) == -1;
		at += padded;
	}
}

const char *
names_find(const struct names *names, int version, const uint8_t *address)
{
	struct name wanted;
	struct name *const *place;

	set_address(&wanted, version, address);
	place = tfind(&wanted, &names->tree, compare);
	return place == NULL ? NULL : (*place)->text;
}

uint64_t
names_refused(const struct names *names)
{
	return names->refused;
}
