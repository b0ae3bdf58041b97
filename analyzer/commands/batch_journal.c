#include "analyzer/commands/batch_journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

/* The options on which values depend, as one line. */
static int
describe_settings(const struct options *o, struct bytes *line)
{
	char numbers[128];
	const char *parts[] = { PACKAGE_VERSION, " local ", o->local_text,
	    " columns ", o->columns == NULL ? "" : o->columns, numbers,
	    o->filter == NULL ? "" : o->filter };

	snprintf(numbers, sizeof(numbers), " from %lld to %lld packets %d "
	    "filter ", (long long)o->from_ns, (long long)o->to_ns, o->packets);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (bytes_append(line, parts[i], strlen(parts[i])) == -1)
			return -1;
	/* A filter may hold a newline; the settings are one line. */
	for (size_t i = 0; i < line->len; i++)
		if (line->data[i] == '\n')
			line->data[i] = ' ';
	return bytes_append(line, "", 1);
}

struct journal *
batch_journal_open(const struct options *o, struct errbuf *err)
{
	struct bytes line = { 0 };
	struct journal *journal = NULL;

	if (describe_settings(o, &line) == 0)
		journal = journal_open(o->folder, (char *)line.data,
		    o->resume, err);
	else
		errbuf_set(err, "out of memory");
	bytes_reset(&line);
	return journal;
}

char *
batch_journal_key(const struct input *input)
{
	char *real = realpath(input->path, NULL), *key;
	const char *path = real == NULL ? input->path : real;
	size_t room = strlen(path) + strlen(input->name) + sizeof("//");

	/* No real path has a double slash. */
	key = memory_array(room, 1);
	if (key != NULL)
		snprintf(key, room, "%s//%s", path, input->name);
	free(real);
	return key;
}
