/*
 * Stands where libFuzzer would: gives each file named to the fuzz target, once.
 *
 * A file's bytes lie in a block of just their size, so that AddressSanitizer
 * sees a read past the end.  Status 1 where a file cannot be read.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The file's bytes, or NULL; release with free(). */
static uint8_t *
read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long size;

	if (file == NULL)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 &&
	    fseek(file, 0, SEEK_SET) == 0) {
		*len = (size_t)size;
		data = malloc(*len == 0 ? 1 : *len);
	}
	if (data != NULL && fread(data, 1, *len, file) != *len) {
		free(data);
		data = NULL;
	}
	fclose(file);
	return data;
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t len = 0;
		uint8_t *data = read_file(argv[i], &len);

		if (data == NULL) {
			perror(argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput(data, len);
		free(data);
	}
	return 0;
}
