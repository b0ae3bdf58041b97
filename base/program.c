#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

void
program_say(const char *name, const char *line)
{
	fprintf(stderr, "%s: %s\n", name, line);
}

int
program_usage(const char *name, const struct errbuf *err)
{
	if (err->text[0] != '\0')
		program_say(name, err->text);
	fprintf(stderr, "Try '%s --help'.\n", name);
	return PROGRAM_USAGE;
}

int
program_check_output(const char *name)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return PROGRAM_DONE;
	program_say(name, "standard output cannot be written");
	return PROGRAM_FAILED;
}

int
program_reserve_files(struct errbuf *err)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", O_RDONLY) != fd) {
			errbuf_set(err, "/dev/null: %s", strerror(errno));
			return -1;
		}
	}
	return 0;
}

void
program_raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}
