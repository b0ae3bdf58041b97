#include "analyzer/report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SAID_MAX = 64 * 1024, WAIT_MS = 50 };

extern char **environ;

/* A gnuplot at work. */
struct job {
	pid_t pid;
	int fd;			/* where it says things; -1: it has closed it */
	int64_t end_ms;
	const volatile sig_atomic_t *stop;
	struct bytes *said;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Errors are numbers of errno. */
static int
add_actions(posix_spawn_file_actions_t *actions, const char *folder, int fd)
{
	int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
	    "/dev/null", O_RDONLY, 0);

	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, fd,
		    STDOUT_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, fd,
		    STDERR_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_addchdir_np(actions, folder);
	return error;
}

/* SIGPIPE is ignored here, and would be there. */
static int
set_signals(posix_spawnattr_t *attributes)
{
	sigset_t usual;
	int error;

	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	error = posix_spawnattr_setsigdefault(attributes, &usual);
	return error != 0 ? error : posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETSIGDEF);
}

static int
spawn(const char *folder, char *script, int fd, pid_t *pid)
{
	char name[] = "gnuplot", plain[] = "-d";
	char *argv[] = { name, plain, script, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);

	if (error != 0)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (error == 0) {
		error = add_actions(&actions, folder, fd);
		if (error == 0)
			error = set_signals(&attributes);
		if (error == 0)
			error = posix_spawnp(pid, name, &actions, &attributes,
			    argv, environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static int
start(struct job *job, const char *folder, const char *script,
    struct errbuf *err)
{
	char *path;
	int fds[2], error;

	if (asprintf(&path, "./%s", script) < 0) {
		errbuf_set(err, "gnuplot: out of memory");
		return -1;
	}
	if (pipe2(fds, O_CLOEXEC) == -1) {
		errbuf_set(err, "gnuplot: %s", strerror(errno));
		free(path);
		return -1;
	}
	error = spawn(folder, path, fds[1], &job->pid);
	free(path);
	close(fds[1]);
	job->fd = fds[0];
	if (error == 0)
		return 0;
	close(fds[0]);
	if (error == ENOENT)
		errbuf_set(err, "gnuplot is missing (Debian: apt-get install "
		    "gnuplot-nox)");
	else
		errbuf_set(err, "gnuplot: %s", strerror(error));
	return -1;
}

/* Reads what is there; what is past the bound is read and dropped. */
static void
listen_to(struct job *job)
{
	char text[4096];
	ssize_t n = read(job->fd, text, sizeof(text));

	if (n == -1 && errno == EINTR)
		return;
	if (n <= 0) {
		close(job->fd);
		job->fd = -1;
	} else if (job->said->len < SAID_MAX) {
		bytes_append(job->said, text, (size_t)n);
	}
}

/* One wait, for words or for its end; has it ended? */
static bool
has_ended(struct job *job, int *status)
{
	struct pollfd words = { .fd = job->fd, .events = POLLIN };
	bool quiet = poll(&words, 1, WAIT_MS) == 0;

	if (job->fd >= 0 && words.revents != 0)
		listen_to(job);
	/* Words that are still in the pipe are read first. */
	return (quiet || job->fd < 0) &&
	    waitpid(job->pid, status, WNOHANG) == job->pid;
}

static int
check_status(int status, struct errbuf *err)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		errbuf_set(err, "gnuplot could not be run");
	else if (WIFEXITED(status))
		errbuf_set(err, "gnuplot failed with status %d",
		    WEXITSTATUS(status));
	else
		errbuf_set(err, "gnuplot was ended by signal %d",
		    WTERMSIG(status));
	return -1;
}

/* What it started itself, none by our scripts, would be left alone. */
static int
finish(struct job *job, struct errbuf *err)
{
	int status;

	while (!has_ended(job, &status)) {
		if (!*job->stop && now_ms() < job->end_ms)
			continue;
		kill(job->pid, SIGKILL);
		while (waitpid(job->pid, &status, 0) == -1 && errno == EINTR)
			;
		errbuf_set(err, *job->stop ? "gnuplot was interrupted" :
		    "gnuplot took too long and was ended");
		return -1;
	}
	return check_status(status, err);
}

int
gnuplot_run(const char *folder, const char *script, int64_t limit_ms,
    const volatile sig_atomic_t *stop, struct bytes *said, struct errbuf *err)
{
	struct job job = { .end_ms = now_ms() + limit_ms, .stop = stop,
	    .said = said };
	int status;

	if (start(&job, folder, script, err) == -1)
		return -1;
	status = finish(&job, err);
	if (job.fd >= 0)
		close(job.fd);
	return status;
}
