#include "chat/terminal/modes.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Those that end a program by default and can be handled. */
static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGABRT, SIGBUS,
    SIGFPE, SIGSEGV, SIGALRM, SIGTERM, SIGXCPU, SIGSYS };

enum { DEADLY = sizeof(deadly) / sizeof(deadly[0]) };

static struct {
	struct termios found;
	volatile sig_atomic_t fd;	/* of the terminal, + 1; 0: none */
	volatile sig_atomic_t pastes;	/* are marked */
} kept;

/* A terminal that is gone needs none of it. */
static void
tell_terminal(const char *text)
{
	ssize_t n = write(kept.fd - 1, text, strlen(text));

	(void)n;
}

void
modes_restore(void)
{
	int saved = errno;

	/* POSIX: safe in a signal handler. */
	if (kept.fd > 0)
		tcsetattr(kept.fd - 1, TCSANOW, &kept.found);
	if (kept.fd > 0 && kept.pastes) {
		kept.pastes = 0;
		tell_terminal("\033[?2004l");
	}
	errno = saved;
}

void
modes_mark_pastes(void)
{
	if (kept.fd == 0)
		return;
	kept.pastes = 1;
	tell_terminal("\033[?2004h");
}

void
modes_echo(bool echo)
{
	struct termios modes = kept.found;

	if (kept.fd == 0)
		return;
	if (!echo)
		modes.c_lflag &= (tcflag_t)~(ECHO | ECHONL);
	tcsetattr(kept.fd - 1, TCSADRAIN, &modes);
}

/* SA_RESETHAND has put the default back; the program ends as it would have
 * without us, with a core if that is its way. */
static void
die(int signal_number)
{
	modes_restore();
	raise(signal_number);
}

/* A sanitizer's handler, or an ignored signal, stays. */
static void
handle(int signal_number)
{
	struct sigaction old, new = { .sa_handler = die,
	    .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&new.sa_mask);
	if (sigaction(signal_number, NULL, &old) == 0 &&
	    (old.sa_flags & SA_SIGINFO) == 0 && old.sa_handler == SIG_DFL)
		sigaction(signal_number, &new, NULL);
}

static void
unhandle(int signal_number)
{
	struct sigaction old;

	if (sigaction(signal_number, NULL, &old) == 0 &&
	    (old.sa_flags & SA_SIGINFO) == 0 && old.sa_handler == die)
		signal(signal_number, SIG_DFL);
}

int
modes_keep(int fd, struct errbuf *err)
{
	static bool at_exit;

	if (kept.fd > 0)
		return 0;
	if (tcgetattr(fd, &kept.found) == -1) {
		errbuf_set(err, "the terminal: %s", strerror(errno));
		return -1;
	}
	kept.fd = fd + 1;
	if (!at_exit)
		at_exit = atexit(modes_restore) == 0;
	for (size_t i = 0; i < DEADLY; i++)
		handle(deadly[i]);
	return 0;
}

void
modes_release(void)
{
	modes_restore();
	kept.fd = 0;
	for (size_t i = 0; i < DEADLY; i++)
		unhandle(deadly[i]);
}
