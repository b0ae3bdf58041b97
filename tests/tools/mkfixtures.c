/*
 * Writes the captures of fixtures.h, each as NAME.pcap, into the folder named.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/fixtures.h"

static int
write_one(const char *folder, const char *name)
{
	char path[4096];
	FILE *to;
	int failed;

	snprintf(path, sizeof(path), "%s/%s.pcap", folder, name);
	to = fopen(path, "wb");
	if (to == NULL) {
		perror(path);
		return -1;
	}
	fixture_write(name, to);
	failed = ferror(to);
	if (fclose(to) != 0 || failed) {
		perror(path);
		return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: mkfixtures FOLDER\n");
		return 2;
	}
	for (size_t i = 0; fixture_names[i] != NULL; i++)
		if (write_one(argv[1], fixture_names[i]) == -1)
			return 1;
	return 0;
}
