#include "analyzer/dashboard/tape.h"

#include <stdlib.h>

#include "base/memory.h"

struct tape {
	unsigned files;
};

struct tape *
tape_new(const char *prefix, uint64_t file_bytes, unsigned files,
    struct errbuf *err)
{
	struct tape *tape = memory_array(1, sizeof(*tape));

	(void)prefix;
	(void)file_bytes;
	if (tape == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	tape->files = files;
	return tape;
}

void
tape_free(struct tape *tape)
{
	free(tape);
}

int
tape_take(void *tape, const struct reader *reader,
    const struct frame *frames, size_t n, struct errbuf *err)
{
	(void)tape;
	(void)reader;
	(void)frames;
	(void)n;
	(void)err;
	return 0;
}

void
tape_end(void *tape)
{
	(void)tape;
}

int
tape_inputs(const struct tape *tape, struct inputs *inputs,
    struct errbuf *err)
{
	(void)tape;
	(void)inputs;
	(void)err;
	return 0;
}

uint64_t
tape_changed(const struct tape *tape)
{
	(void)tape;
	return 0;
}
