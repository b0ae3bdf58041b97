/*
 * What the fuzz targets share: failing, chance, and inputs to open.
 *
 * A target draws its choices (where to split, how a pipe hands out its bytes)
 * from the input, so that an input does the same each time, and a file of the
 * corpus is nothing but what the parser is to read.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "tests/tools/splitmix.h"

/* The entry of each target; libFuzzer's, or that of replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Something is not as it must be: says so and aborts. */
_Noreturn void fuzz_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#define FUZZ_CHECK(condition) \
	((condition) ? (void)0 : \
	    fuzz_fail("%s:%d: not so: %s", __FILE__, __LINE__, #condition))

/* All of the bytes, so that a sanitizer sees each of them read. */
uint64_t fuzz_hash(const uint8_t *data, size_t len);

/* Random numbers that hang on the input alone. */
struct splitmix fuzz_chance(const uint8_t *data, size_t len);

/* One line that begins with the path (where that is not NULL) and a colon, and
 * has no full stop. */
void fuzz_check_line(const struct errbuf *err, const char *path);

/* Bytes under a name that can be opened, once or more. */
struct fuzz_path {
	int fd;
	char path[32];
};

void fuzz_path_file(struct fuzz_path *p, const uint8_t *data, size_t len);

enum { FUZZ_PIPE_MAX = 128 * 1024 };

/*
 * A pipe, opened once, of which reads give pieces of random lengths, the first
 * six bytes apart from the rest; but in a build for fuzzing as much as they ask
 * for.  Reads with room for less than 4096 bytes may lose some behind those
 * six.  At most FUZZ_PIPE_MAX bytes.
 */
void fuzz_path_pipe(struct fuzz_path *p, const uint8_t *data, size_t len,
    struct splitmix *chance);

void fuzz_path_close(struct fuzz_path *p);

#endif
