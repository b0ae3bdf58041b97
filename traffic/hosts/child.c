#include "traffic/hosts/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "traffic/hosts/spaces.h"

#define SECOND_NS INT64_C(1000000000)

int64_t
child_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

void
child_block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void
child_reset_signals(void)
{
	static const int signals[] = { SIGPIPE, SIGINT, SIGTERM, SIGHUP,
	    SIGQUIT, SIGCHLD, SIGUSR1, SIGUSR2 };
	sigset_t set;

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_DFL);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

void
child_sleep(int64_t ns)
{
	struct timespec time = { 0, 0 };
	sigset_t set;

	if (ns > 0)
		time = (struct timespec){ ns / SECOND_NS, ns % SECOND_NS };
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigtimedwait(&set, NULL, &time);
}

int
child_wait(pid_t pid, int64_t patience_ns, int *status)
{
	int64_t end = child_now_ns() + patience_ns;

	for (;;) {
		int64_t left = end - child_now_ns();
		pid_t got = waitpid(pid, status, WNOHANG);

		if (got == pid)
			return 0;
		if (got == -1 && errno != EINTR)
			return -1;
		if (left <= 0)
			break;
		/* The signal may have been taken for another child. */
		child_sleep(left < SECOND_NS / 10 ? left : SECOND_NS / 10);
	}
	kill(pid, SIGKILL);
	waitpid(pid, status, 0);
	return -1;
}

static int
open_files(const struct child *child, struct errbuf *err)
{
	int input = child->input != -1 ? child->input :
	    open("/dev/null", O_RDONLY);
	int log = open(child->log, O_WRONLY | O_CREAT | O_APPEND, 0644);

	if (input == -1 || log == -1 ||
	    dup2(log, STDERR_FILENO) == -1 || dup2(log, STDOUT_FILENO) == -1 ||
	    dup2(input, STDIN_FILENO) == -1) {
		errbuf_set(err, "%s: %s", child->log, strerror(errno));
		return -1;
	}
	if (log > STDERR_FILENO)
		close(log);
	if (input > STDERR_FILENO)
		close(input);
	return 0;
}

static int
become(const struct child *child, struct errbuf *err)
{
	if (open_files(child, err) == -1 ||
	    spaces_enter_network(child->space, err) == -1 ||
	    (child->resolver != NULL &&
	    spaces_set_resolver(child->resolver, err) == -1))
		return 127;
	if ((mkdir(child->folder, 0755) == -1 && errno != EEXIST) ||
	    chdir(child->folder) == -1) {
		errbuf_set(err, "%s: %s", child->folder, strerror(errno));
		return 127;
	}
	if (child->run != NULL)
		return child->run(child->context);
	execv(child->argv[0], child->argv);
	errbuf_set(err, "%s: %s", child->argv[0], strerror(errno));
	return 127;
}

pid_t
child_start(const struct child *child, struct errbuf *err)
{
	pid_t pid = fork();

	if (pid == -1)
		errbuf_set(err, "fork: %s", strerror(errno));
	if (pid == 0) {
		struct errbuf why = { "" };
		int status;

		child_reset_signals();
		status = become(child, &why);
		if (why.text[0] != '\0')
			dprintf(STDERR_FILENO, "%s\n", why.text);
		_exit(status);
	}
	return pid;
}
