#include "traffic/scenario/file_bytes.h"

#include <stdio.h>

#include "base/random.h"

int
file_bytes_write(const struct scenario_file *file, uint64_t seed,
    struct sink *sink, struct errbuf *err)
{
	uint8_t block[FILE_BLOCK_BYTES];
	char purpose[sizeof("file ") + SCENARIO_NAME_MAX];

	snprintf(purpose, sizeof(purpose), "file %s", file->name);
	for (uint64_t done = 0; done < file->size; done += sizeof(block)) {
		uint64_t left = file->size - done;
		size_t n = left < sizeof(block) ? (size_t)left : sizeof(block);
		struct random random;

		random_init(&random, seed, purpose, done / sizeof(block));
		random_fill(&random, block, n);
		if (sink->write(sink, block, n, err) == -1)
			return -1;
	}
	return 0;
}
