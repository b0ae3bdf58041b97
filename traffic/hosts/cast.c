#include "traffic/hosts/cast.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "traffic/hosts/chat_programs.h"
#include "traffic/hosts/child.h"
#include "traffic/hosts/dns_responder.h"
#include "traffic/hosts/log_file.h"
#include "traffic/hosts/operator.h"
#include "traffic/hosts/tool.h"
#include "traffic/hosts/actor.h"

#define LISTEN_NS INT64_C(15000000000)
#define LOOK_NS INT64_C(2000000)
#define CLOSE_NS INT64_C(5000000000)

static bool
has_chat_service(const struct scenario *s)
{
	for (size_t i = 0; i < s->host_count; i++)
		for (size_t j = 0; j < s->hosts[i].service_count; j++)
			if (s->hosts[i].services[j].kind == SERVICE_CHAT)
				return true;
	return false;
}

static bool
has_talk(const struct scenario *s)
{
	for (size_t i = 0; i < s->action_count; i++)
		if (s->actions[i].verb == VERB_TALK)
			return true;
	return false;
}

int
cast_find_programs(struct cast_programs *programs, const struct scenario *s,
    struct errbuf *err)
{
	programs->server[0] = programs->client[0] = '\0';
	if (has_chat_service(s) &&
	    tool_find_own("labchatd", programs->server) == -1) {
		errbuf_set(err, "labchatd is neither beside labgen nor in "
		    "PATH");
		return -1;
	}
	if (has_talk(s) && tool_find_own("labchat", programs->client) == -1) {
		errbuf_set(err, "labchat is neither beside labgen nor in "
		    "PATH");
		return -1;
	}
	return 0;
}

static struct player_process *
add(struct cast *cast, enum role role, size_t host, const char *what,
    size_t line)
{
	struct player_process *list = memory_grow(cast->list, &cast->room,
	    cast->count + 1, sizeof(*list));
	struct player_process *p;

	if (list == NULL)
		return NULL;
	cast->list = list;
	p = &list[cast->count];
	*p = (struct player_process){ .role = role, .host = host,
	    .what = what, .line = line };
	snprintf(p->folder, sizeof(p->folder), "process-%u",
	    (unsigned)cast->count++);
	snprintf(p->log, sizeof(p->log), "%s.log", p->folder);
	return p;
}

static int
add_service(struct cast *cast, size_t host, size_t number)
{
	const struct scenario_service *service =
	    &cast->scenario->hosts[host].services[number];
	struct player_process *p = add(cast, ROLE_SERVICE, host, "serve",
	    service->line);

	if (p == NULL)
		return -1;
	p->action = number;
	if (service->console.count == 0)
		return 0;
	p = add(cast, ROLE_OPERATOR, host, "console", service->line);
	if (p == NULL)
		return -1;
	p->action = number;
	return 0;
}

static int
add_services(struct cast *cast)
{
	const struct scenario *s = cast->scenario;

	for (size_t i = 0; i < s->host_count; i++)
		for (size_t j = 0; j < s->hosts[i].service_count; j++)
			if (add_service(cast, i, j) == -1)
				return -1;
	return 0;
}

static bool
has_far_end(const struct cast *cast, const struct scenario_action *action)
{
	const struct scenario *s = cast->scenario;

	for (size_t i = 0; i < cast->count; i++) {
		const struct player_process *p = &cast->list[i];

		if (p->role == ROLE_FAR_END && p->host == action->to &&
		    s->actions[p->action].port == action->port &&
		    actor_socket_type(&s->actions[p->action]) ==
		    actor_socket_type(action))
			return true;
	}
	return false;
}

static int
add_far_ends(struct cast *cast)
{
	const struct scenario *s = cast->scenario;

	for (size_t i = 0; i < s->action_count; i++) {
		const struct scenario_action *action = &s->actions[i];
		struct player_process *p;

		if (actor_socket_type(action) == 0 ||
		    has_far_end(cast, action))
			continue;
		p = add(cast, ROLE_FAR_END, action->to,
		    actor_name(action->verb), action->line);
		if (p == NULL)
			return -1;
		p->action = i;
	}
	return 0;
}

/* Behind one another as the text has them, where the time is the same. */
static int
by_time(const void *left, const void *right)
{
	const struct player_process *a = left, *b = right;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return a->action < b->action ? -1 : 1;
}

static int
add_actions(struct cast *cast)
{
	const struct scenario *s = cast->scenario;

	cast->first_action = cast->count;
	for (size_t i = 0; i < s->action_count; i++) {
		const struct scenario_action *action = &s->actions[i];
		struct player_process *p = add(cast, ROLE_ACTION,
		    action->from, actor_name(action->verb), action->line);

		if (p == NULL)
			return -1;
		p->action = i;
		p->at_ns = action->at_ns;
	}
	qsort(cast->list + cast->first_action,
	    cast->count - cast->first_action, sizeof(*cast->list), by_time);
	return 0;
}

int
cast_init(struct cast *cast, const struct scenario *scenario,
    const struct cast_programs *programs, const int *spaces,
    struct errbuf *err)
{
	*cast = (struct cast){ .scenario = scenario, .programs = programs,
	    .spaces = spaces };
	if (add_services(cast) == 0 && add_far_ends(cast) == 0 &&
	    add_actions(cast) == 0)
		return 0;
	errbuf_set(err, "out of memory");
	return -1;
}

static const struct scenario_service *
service_of(const struct cast *cast, const struct player_process *p)
{
	return &cast->scenario->hosts[p->host].services[p->action];
}

static int
prepare(const struct cast *cast, const struct player_process *p,
    struct errbuf *err)
{
	const struct scenario *s = cast->scenario;

	if (mkdir(p->folder, 0755) == -1) {
		errbuf_set(err, "%s: %s", p->folder, strerror(errno));
		return -1;
	}
	if (p->role == ROLE_SERVICE)
		return chat_prepare_server(service_of(cast, p), p->folder,
		    err);
	if (p->role == ROLE_ACTION &&
	    s->actions[p->action].verb == VERB_TALK)
		return chat_prepare_client(s, &s->actions[p->action],
		    p->folder, err);
	return 0;
}

static int
write_resolver(const struct scenario *s, size_t host, struct errbuf *err)
{
	const struct scenario_host *h = &s->hosts[host];
	struct command_text text = { .failed = false };
	struct scenario_address of;
	char name[32];
	FILE *file;
	bool failed;

	of = s->hosts[h->resolver].address[
	    h->address[0].version == 0 ||
	    s->hosts[h->resolver].address[0].version == 0];
	command_add(&text, "nameserver ");
	command_add_address(&text, &of);
	/* Who has no IPv6 asks for none. */
	command_add(&text, "\noptions timeout:5 attempts:3%s\n",
	    h->address[1].version == 0 ? " no-aaaa" : "");
	snprintf(name, sizeof(name), "resolver-%u", (unsigned)host);
	file = fopen(name, "we");
	failed = text.failed || file == NULL ||
	    fwrite(text.text.data, 1, text.text.len, file) != text.text.len;
	if (file != NULL && fclose(file) != 0)
		failed = true;
	command_text_reset(&text);
	if (failed)
		errbuf_set(err, "%s: %s", name, strerror(errno));
	return failed ? -1 : 0;
}

int
cast_prepare(const struct cast *cast, struct errbuf *err)
{
	const struct scenario *s = cast->scenario;

	for (size_t i = 0; i < s->host_count; i++)
		if (s->hosts[i].resolver != SCENARIO_NONE &&
		    write_resolver(s, i, err) == -1)
			return -1;
	for (size_t i = 0; i < cast->count; i++)
		if (prepare(cast, &cast->list[i], err) == -1)
			return -1;
	return 0;
}

/* A process of ours, with what all of them have in common. */
static int
launch(struct cast *cast, struct player_process *p, struct child *child,
    struct errbuf *err)
{
	child->space = cast->spaces[p->host];
	child->folder = p->folder;
	child->log = p->log;
	p->pid = child_start(child, err);
	return p->pid == -1 ? -1 : 0;
}

static int
launch_program(struct cast *cast, struct player_process *p,
    struct arguments *arguments, struct child *child, struct errbuf *err)
{
	int status = -1;

	child->argv = arguments->words;
	if (arguments->failed)
		errbuf_set(err, "out of memory");
	else
		status = launch(cast, p, child, err);
	arguments_reset(arguments);
	return status;
}

/* The operator, behind the server in the list; the pipe from one to the other,
 * or -1. */
static int
start_operator(struct cast *cast, struct player_process *server,
    const struct scenario_service *service, struct errbuf *err)
{
	struct operator_script script = {
		.steps = &service->console, .log = server->log,
		.name = cast->scenario->given,
	};
	struct child child = { .input = -1, .run = operator_run,
	    .context = &script };
	int line[2];

	if (pipe2(line, O_CLOEXEC) == -1) {
		errbuf_set(err, "pipe: %s", strerror(errno));
		return -1;
	}
	script.fd = line[1];
	if (launch(cast, server + 1, &child, err) == -1) {
		close(line[0]);
		line[0] = -1;
	}
	close(line[1]);
	return line[0];
}

static int
start_chat_server(struct cast *cast, struct player_process *p,
    struct errbuf *err)
{
	const struct scenario_service *service = service_of(cast, p);
	struct arguments arguments = { .count = 0 };
	struct child child = { .input = -1 };
	int status;

	if (service->console.count > 0) {
		child.input = start_operator(cast, p, service, err);
		if (child.input == -1)
			return -1;
	}
	chat_server_arguments(&arguments, cast->programs->server,
	    &cast->scenario->hosts[p->host], service);
	status = launch_program(cast, p, &arguments, &child, err);
	if (child.input != -1)
		close(child.input);
	return status;
}

static int
start_service(struct cast *cast, struct player_process *p,
    struct errbuf *err)
{
	const struct scenario_service *service = service_of(cast, p);
	struct dns_responder responder = { cast->scenario, service->port };
	struct child child = { .input = -1, .run = dns_responder_run,
	    .context = &responder };

	if (service->kind == SERVICE_CHAT)
		return start_chat_server(cast, p, err);
	return launch(cast, p, &child, err);
}

static int
start_far_end(struct cast *cast, struct player_process *p,
    struct errbuf *err)
{
	struct actor program = { cast->scenario,
	    &cast->scenario->actions[p->action] };
	struct child child = { .input = -1, .run = actor_far_end_run,
	    .context = &program };

	return launch(cast, p, &child, err);
}

static int
await_listening(const struct cast *cast, const struct player_process *p,
    struct errbuf *err)
{
	int64_t end = child_now_ns() + LISTEN_NS;
	int status;

	while (!log_has(p->log, "listening")) {
		if (waitpid(p->pid, &status, WNOHANG) == p->pid ||
		    child_now_ns() > end) {
			log_say_last(p->log);
			errbuf_set(err, "%s:%zu: %s on %s does not listen",
			    cast->scenario->given, p->line, p->what,
			    cast->scenario->hosts[p->host].name);
			return -1;
		}
		child_sleep(LOOK_NS);
	}
	return 0;
}

int
cast_open(struct cast *cast, struct errbuf *err)
{
	for (size_t i = 0; i < cast->first_action; i++) {
		struct player_process *p = &cast->list[i];

		if ((p->role == ROLE_SERVICE &&
		    start_service(cast, p, err) == -1) ||
		    (p->role == ROLE_FAR_END &&
		    start_far_end(cast, p, err) == -1))
			return -1;
	}
	for (size_t i = 0; i < cast->first_action; i++)
		if (cast->list[i].role != ROLE_OPERATOR &&
		    await_listening(cast, &cast->list[i], err) == -1)
			return -1;
	return 0;
}

int
cast_start(struct cast *cast, struct player_process *p, struct errbuf *err)
{
	const struct scenario *s = cast->scenario;
	const struct scenario_action *action = &s->actions[p->action];
	struct actor program = { s, action };
	struct arguments arguments = { .count = 0 };
	struct child child = { .input = -1 };
	char resolver[32];

	snprintf(resolver, sizeof(resolver), "resolver-%u",
	    (unsigned)p->host);
	if (s->hosts[p->host].resolver != SCENARIO_NONE)
		child.resolver = resolver;
	if (action->verb == VERB_TALK) {
		chat_client_arguments(&arguments, cast->programs->client, s,
		    action);
		return launch_program(cast, p, &arguments, &child, err);
	}
	child.run = actor_run;
	child.context = &program;
	return launch(cast, p, &child, err);
}

struct player_process *
cast_find(struct cast *cast, pid_t pid)
{
	for (size_t i = 0; i < cast->count; i++)
		if (cast->list[i].pid == pid)
			return &cast->list[i];
	return NULL;
}

bool
cast_is_content(const struct cast *cast, const struct player_process *p,
    int status)
{
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return false;
	return p->role == ROLE_ACTION || (p->role == ROLE_SERVICE &&
	    service_of(cast, p)->console.count > 0);
}

int
cast_close(struct cast *cast, struct errbuf *err)
{
	int64_t end = child_now_ns() + CLOSE_NS;
	int late = 0, status;

	for (size_t i = 0; i < cast->first_action; i++)
		if (cast->list[i].pid > 0)
			kill(cast->list[i].pid, SIGTERM);
	for (size_t i = 0; i < cast->first_action; i++) {
		struct player_process *p = &cast->list[i];

		if (p->pid > 0 && child_wait(p->pid, end - child_now_ns(),
		    &status) == -1) {
			errbuf_set(err, "%s:%zu: %s on %s does not end",
			    cast->scenario->given, p->line, p->what,
			    cast->scenario->hosts[p->host].name);
			late = -1;
		}
		p->pid = -1;
	}
	return late;
}
