#include "traffic/hosts/operator.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "chat/script/player.h"
#include "traffic/hosts/child.h"

/* How often the log is looked at. */
#define LOOK_NS INT64_C(5000000)

struct operator {
	const struct operator_script *script;
	struct player player;
	int log;
	int status;		/* -1: goes on */
	bool listens;
};

static void
type_line(void *context, const char *text, size_t len)
{
	struct operator *o = context;

	(void)len;
	if (dprintf(o->script->fd, "%s\n", text) < 0) {
		dprintf(STDERR_FILENO, "the server has gone\n");
		o->status = 1;
	}
}

static void
typed_all(void *context)
{
	struct operator *o = context;

	if (o->status == -1)
		o->status = 0;
}

static void
in_vain(void *context, const char *why)
{
	struct operator *o = context;

	dprintf(STDERR_FILENO, "%s\n", why);
	o->status = 1;
}

/* What the server has said since the last look. */
static void
read_log(struct operator *o)
{
	char text[4096];
	ssize_t n = read(o->log, text, sizeof(text) - 1);
	int64_t now = child_now_ns();

	if (n <= 0)
		return;
	if (!o->listens) {
		o->listens = true;
		player_connected(&o->player, now);
		player_hold(&o->player, false);
	}
	if (text[n - 1] == '\n')
		n--;
	player_shown(&o->player, text, (size_t)n, now);
}

int
operator_run(void *context)
{
	struct operator o = { .script = context, .status = -1, .log = -1 };
	const struct player_calls calls = { type_line, typed_all, in_vain,
	    &o };
	char path[64];

	snprintf(path, sizeof(path), "../%s", o.script->log);
	signal(SIGPIPE, SIG_IGN);
	player_init(&o.player, o.script->name, o.script->steps, &calls);
	while (o.status == -1) {
		if (o.log == -1)
			o.log = open(path, O_RDONLY | O_CLOEXEC);
		if (o.log != -1)
			read_log(&o);
		player_tick(&o.player, child_now_ns());
		child_sleep(LOOK_NS);
	}
	player_reset(&o.player);
	while (o.status == 0)
		pause();
	return o.status;
}
