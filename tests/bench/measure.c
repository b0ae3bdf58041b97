/*
 * measure COMMAND [ARGUMENT]...: runs the command once, standard input and
 * output being /dev/null, and prints one line:
 *
 *	WALL_NS CPU_NS MAXRSS_KIB STATUS
 *
 * STATUS is the exit status, or 128 plus the signal.  Small and in C, because a
 * process inherits the peak RSS of what it was before exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int64_t
timeval_ns(const struct timeval *tv)
{
	return (int64_t)tv->tv_sec * 1000000000 + tv->tv_usec * 1000;
}

static void
run(char **argv)
{
	int null = open("/dev/null", O_RDWR);

	if (null != -1 && dup2(null, STDIN_FILENO) != -1 &&
	    dup2(null, STDOUT_FILENO) != -1)
		execvp(argv[0], argv);
	fprintf(stderr, "measure: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int
main(int argc, char **argv)
{
	struct rusage usage;
	int64_t start_ns, wall_ns;
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: measure COMMAND [ARGUMENT]...\n");
		return 2;
	}
	start_ns = now_ns();
	pid = fork();
	if (pid == 0)
		run(argv + 1);
	if (pid == -1 || wait4(pid, &status, 0, &usage) != pid) {
		fprintf(stderr, "measure: %s\n", strerror(errno));
		return 1;
	}
	wall_ns = now_ns() - start_ns;
	printf("%" PRId64 " %" PRId64 " %ld %d\n", wall_ns,
	    timeval_ns(&usage.ru_utime) + timeval_ns(&usage.ru_stime),
	    usage.ru_maxrss,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
