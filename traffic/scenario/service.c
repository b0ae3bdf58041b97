#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "chat/crypto/password.h"
#include "traffic/scenario/chat.h"
#include "traffic/scenario/statement.h"
#include "traffic/scenario/values.h"

enum { DNS_PORT = 53, SERVICES_MAX = 64, LOGINS_MAX = 1000,
    TEXTS_MAX = 64 };

#define AT(field) offsetof(struct scenario_service, field)

static int
read_framing(struct parser *p, const struct property *row, void *target)
{
	return chat_framing_read(p, row,
	    &((struct scenario_service *)target)->settings);
}

static int
read_line(struct parser *p, const struct property *row, void *target)
{
	return chat_line_read(p, row,
	    &((struct scenario_service *)target)->settings);
}

static const struct property rows[] = {
	{ "port", read_u16, AT(port), 1, UINT16_MAX },
	{ "line", read_line },
	{ "reverse", read_flag, AT(settings.reverse), .only = CHAT_ECHO },
	{ "framing", read_framing, .only = CHAT_IM },
	{ "users", read_flag, AT(settings.users),
	    .only = CHAT_P2P | CHAT_CLASS },
};

static const struct property_table table = PROPERTY_TABLE("serve", rows);

static int
read_chat(struct parser *p, struct scenario_service *s)
{
	struct property_reader reader = { .table = &table, .target = s };
	uint64_t seen = 0;

	s->kind = SERVICE_CHAT;
	if (chat_protocol_read(p, &s->protocol) == -1)
		return -1;
	s->port = s->protocol->port;
	chat_settings_default(&s->settings, s->protocol);
	reader.bits = chat_bits(s->protocol);
	reader.kind = s->protocol->name;
	return property_read_words(p, &reader, &seen);
}

/* DNS is UDP here, the others are TCP; still two of one number puzzle whoever
 * reads the capture. */
static int
check_port(struct parser *p, const struct scenario_host *h, const char *at)
{
	const struct scenario_service *last =
	    &h->services[h->service_count - 1];

	for (const struct scenario_service *s = h->services; s < last; s++)
		if (s->port == last->port)
			return parser_fault(p, at,
			    "port %u is taken by line %zu",
			    (unsigned)s->port, s->line);
	return 0;
}

int
serve_read(struct parser *p, const struct property *row, void *target)
{
	struct scenario_host *h = target;
	struct scenario_service *s;
	const char *at;

	(void)row;
	script_line_skip_blanks(&p->line);
	at = p->line.at;
	if (h->service_count == SERVICES_MAX)
		return parser_fault(p, at, "more than %d services of a host",
		    SERVICES_MAX);
	s = parser_add(&h->services, &h->service_count);
	if (s == NULL)
		return parser_no_memory(p);
	s->line = p->line.line;
	if (parser_accept(p, "dns")) {
		s->kind = SERVICE_DNS;
		s->port = DNS_PORT;
	} else if (read_chat(p, s) == -1) {
		return -1;
	}
	return check_port(p, h, at);
}

/* The service above, which needs to be one of these; NULL is said. */
static struct scenario_service *
service_above(struct parser *p, struct scenario_host *h, const char *what,
    unsigned needs)
{
	struct scenario_service *s = h->service_count == 0 ? NULL :
	    &h->services[h->service_count - 1];

	if (s == NULL) {
		parser_fault(p, p->line.at, "a `%s` belongs below a `serve`",
		    what);
		return NULL;
	}
	if (s->protocol == NULL || (s->protocol->needs & needs) == 0) {
		parser_fault(p, p->line.at, "`%s` means nothing to %s", what,
		    s->protocol == NULL ? "dns" : s->protocol->name);
		return NULL;
	}
	return s;
}

static int
add_login(struct parser *p, struct scenario_service *s)
{
	const char *begin = p->line.at, *at;
	struct scenario_login *login;

	if (s->login_count == LOGINS_MAX)
		return parser_fault(p, begin, "more than %d logins",
		    LOGINS_MAX);
	login = parser_add(&s->logins, &s->login_count);
	if (login == NULL)
		return parser_no_memory(p);
	s->settings.users = true;
	if (chat_name_read(p, &login->name) == -1)
		return -1;
	for (size_t i = 0; i + 1 < s->login_count; i++)
		if (strcmp(s->logins[i].name, login->name) == 0)
			return parser_fault(p, begin,
			    "a second login of that name");
	if (parser_string(p, "a password", &login->password, &at) == -1)
		return -1;
	if (login->password[0] == '\0' ||
	    strlen(login->password) > PASSWORD_BYTES_MAX)
		return parser_fault(p, at, "a password has 1 to %d bytes",
		    PASSWORD_BYTES_MAX);
	return 0;
}

int
login_read(struct parser *p, const struct property *row, void *target)
{
	struct scenario_service *s;

	script_line_skip_blanks(&p->line);
	s = service_above(p, target, row->name, PROTOCOL_USERS);
	return s == NULL ? -1 : add_login(p, s);
}

int
text_read(struct parser *p, const struct property *row, void *target)
{
	struct scenario_service *s;
	struct scenario_text *text;
	struct place place;
	const char *at;

	script_line_skip_blanks(&p->line);
	s = service_above(p, target, row->name, PROTOCOL_CONSOLE);
	if (s == NULL)
		return -1;
	if (s->text_count == TEXTS_MAX)
		return parser_fault(p, p->line.at, "more than %d texts",
		    TEXTS_MAX);
	text = parser_add(&s->texts, &s->text_count);
	if (text == NULL)
		return parser_no_memory(p);
	if (parser_name(p, "the file's name", &text->name, &place) == -1)
		return -1;
	for (size_t i = 0; i + 1 < s->text_count; i++)
		if (strcmp(s->texts[i].name, text->name) == 0)
			return parser_fault_at(p, place,
			    "a second text of that name");
	return parser_string(p, "its text", &text->text, &at);
}

int
console_read(struct parser *p, const struct property *row, void *target)
{
	struct scenario_service *s;

	script_line_skip_blanks(&p->line);
	s = service_above(p, target, row->name, PROTOCOL_CONSOLE);
	if (s == NULL)
		return -1;
	return chat_step_read(p, p->line.at, &s->console, &s->console_text,
	    &s->console_len);
}
