#include "traffic/hosts/log_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_BYTES = 2048, LAST_LINES = 5 };

/* Terminated. */
static size_t
read_part(const char *path, bool last, char text[LOOK_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat about;
	off_t at = 0;
	ssize_t n = 0;

	if (fd != -1 && fstat(fd, &about) == 0) {
		if (last && about.st_size > LOOK_BYTES - 1)
			at = about.st_size - (LOOK_BYTES - 1);
		n = pread(fd, text, LOOK_BYTES - 1, at);
	}
	if (fd != -1)
		close(fd);
	if (n < 0)
		n = 0;
	text[n] = '\0';
	return (size_t)n;
}

bool
log_has(const char *path, const char *word)
{
	char text[LOOK_BYTES];

	read_part(path, false, text);
	return strstr(text, word) != NULL;
}

/* Where its last lines begin. */
static const char *
last_lines(const char *text, size_t len)
{
	size_t lines = 0;

	while (len > 0) {
		/* The newline at the very end ends the last line. */
		if (text[len - 1] == '\n' && text[len] != '\0' &&
		    ++lines == LAST_LINES)
			break;
		len--;
	}
	return text + len;
}

void
log_say_last(const char *path)
{
	char text[LOOK_BYTES];
	const char *at = last_lines(text, read_part(path, true, text));

	while (*at != '\0') {
		size_t len = strcspn(at, "\n");

		fprintf(stderr, "  %.*s\n", (int)len, at);
		at += len + (at[len] == '\n');
	}
}
