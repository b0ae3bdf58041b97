#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "chat/crypto/password.h"
#include "traffic/scenario/chat.h"
#include "traffic/scenario/values.h"
#include "traffic/scenario/verb.h"

/* --max-file of labchatd, unless it is told otherwise. */
#define FILE_MOST (UINT64_C(100) << 20)
enum { FILES_MOST = 1000 };

static int
read_protocol(struct parser *p, struct scenario_action *a)
{
	if (chat_protocol_read(p, &a->talk.protocol) == -1)
		return -1;
	chat_settings_default(&a->talk.settings, a->talk.protocol);
	return 0;
}

static void
set_defaults(struct scenario_action *a)
{
	/* For action_target(), should the protocol be missing. */
	a->talk.protocol = &protocol_echo;
}

static struct chat_settings *
settings_of(void *target)
{
	return &((struct scenario_action *)target)->talk.settings;
}

static int
read_framing(struct parser *p, const struct property *row, void *target)
{
	parser_action_draft(p)->framing = parser_place(p,
	    p->line.at - strlen(row->name));
	return chat_framing_read(p, row, settings_of(target));
}

static int
read_line(struct parser *p, const struct property *row, void *target)
{
	return chat_line_read(p, row, settings_of(target));
}

static int
read_secret(struct parser *p, struct secret *secret, const char *what)
{
	char *text = NULL;
	const char *at;
	int result = parser_string(p, what, &text, &at);

	if (result == 0 && (text[0] == '\0' ||
	    strlen(text) > PASSWORD_BYTES_MAX))
		result = parser_fault(p, at, "%s has 1 to %d bytes", what,
		    PASSWORD_BYTES_MAX);
	if (result == 0 && secret_set(secret, text, strlen(text)) == -1)
		result = parser_no_memory(p);
	free(text);
	return result;
}

/* Where it stands that the user logs in. */
static void
note_login(struct parser *p, const struct property *row)
{
	struct action_draft *draft = parser_action_draft(p);

	if (draft->login.line == 0)
		draft->login = parser_place(p,
		    p->line.at - strlen(row->name));
}

static int
read_password(struct parser *p, const struct property *row, void *target)
{
	struct chat_settings *settings = settings_of(target);

	note_login(p, row);
	settings->login = true;
	return read_secret(p, &settings->password, "a password");
}

static int
read_login(struct parser *p, const struct property *row, void *target)
{
	note_login(p, row);
	settings_of(target)->login = true;
	return 0;
}

static int
read_register(struct parser *p, const struct property *row, void *target)
{
	settings_of(target)->make_user = true;
	return read_login(p, row, target);
}

static int
read_confidentiality(struct parser *p, const struct property *row,
    void *target)
{
	(void)row;
	return read_secret(p, &settings_of(target)->confidentiality_key,
	    "a key");
}

static int
read_authenticity(struct parser *p, const struct property *row, void *target)
{
	(void)row;
	return read_secret(p, &settings_of(target)->authenticity_key,
	    "a key");
}

static int
read_keys(struct parser *p, const struct property *row, void *target)
{
	struct errbuf why;
	struct word word;

	(void)row;
	if (parser_word(p, "a profile", &word) == -1)
		return -1;
	if (eim_profile_find(word.text, &settings_of(target)->key_profile,
	    &why) == -1)
		return parser_fault(p, word.at, "%s", why.text);
	return 0;
}

static int
read_file(struct parser *p, const struct property *row, void *target)
{
	struct scenario_talk *talk = &((struct scenario_action *)target)->talk;
	struct scenario_file *file;
	struct place place;

	if (talk->file_count == FILES_MOST)
		return parser_fault(p, p->line.at, "more than %d files",
		    FILES_MOST);
	file = parser_add(&talk->files, &talk->file_count);
	if (file == NULL)
		return parser_no_memory(p);
	if (parser_name(p, "the file's name", &file->name, &place) == -1)
		return -1;
	for (size_t i = 0; i + 1 < talk->file_count; i++)
		if (strcmp(talk->files[i].name, file->name) == 0)
			return parser_fault_at(p, place,
			    "a second file of that name");
	return value_read(p, UNIT_SIZE, row->least, row->most, &file->size);
}

static int
read_step(struct parser *p, const struct property *row, void *target)
{
	struct scenario_talk *talk = &((struct scenario_action *)target)->talk;

	return chat_step_read(p, p->line.at - strlen(row->name), &talk->steps,
	    &talk->script, &talk->script_len);
}

static const struct property rows[] = {
	{ "password", read_password, .only = CHAT_P2P | CHAT_CLASS },
	{ "login", read_login, .only = CHAT_P2P },
	{ "register", read_register, .only = CHAT_P2P | CHAT_CLASS },
	{ "peer-port", read_u16, IN_ACTION(talk.settings.peer_port), 1,
	    UINT16_MAX, .only = CHAT_P2P },
	{ "framing", read_framing, .only = CHAT_IM },
	{ "keys", read_keys, .only = CHAT_EIM },
	{ "confidentiality", read_confidentiality, .only = CHAT_EIM },
	{ "authenticity", read_authenticity, .only = CHAT_EIM },
	{ "file", read_file, 0, 0, FILE_MOST, .only = CHAT_CLASS,
	    .repeats = true },
	{ "line", read_line },
	{ "at", read_step, .repeats = true },
	{ "after", read_step, .repeats = true },
	{ "say", read_step, .repeats = true },
	{ "wait", read_step, .repeats = true },
	{ "end", read_step, .repeats = true },
};

static const struct scenario_service *
find_service(const struct scenario_host *h, const struct scenario_action *a)
{
	for (size_t i = 0; i < h->service_count; i++)
		if (h->services[i].protocol == a->talk.protocol &&
		    (a->port == 0 || h->services[i].port == a->port))
			return &h->services[i];
	return NULL;
}

static int
check_settings(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft, const struct scenario_service *s)
{
	struct chat_settings *settings = &a->talk.settings;
	const char *server = p->scenario->hosts[a->to].name;

	if (draft->framing.line == 0)
		settings->framing = s->settings.framing;
	if (settings->framing != s->settings.framing)
		return parser_fault_at(p, draft->framing,
		    "`%s` (line %zu) has another framing", server, s->line);
	if (a->talk.protocol == &protocol_p2p && draft->login.line != 0 &&
	    !s->settings.users)
		return parser_fault_at(p, draft->login, "`%s` (line %zu) "
		    "knows no users: `users` or a `login` is missing there",
		    server, s->line);
	if ((a->talk.protocol->needs & PROTOCOL_KEYS) != 0 &&
	    (settings->confidentiality_key.data == NULL ||
	    settings->authenticity_key.data == NULL))
		return parser_fault_at(p, action_place(a), "%s needs "
		    "`confidentiality` and `authenticity`",
		    a->talk.protocol->name);
	return 0;
}

static int
set_user(struct parser *p, struct scenario_action *a)
{
	struct scenario_talk *talk = &a->talk;

	if (talk->user == NULL &&
	    (talk->protocol->needs & PROTOCOL_NAME) != 0) {
		talk->user = strdup(p->scenario->hosts[a->from].name);
		if (talk->user == NULL)
			return parser_no_memory(p);
	}
	talk->settings.name = talk->user;
	return 0;
}

static int
check(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	const struct scenario_host *to = &p->scenario->hosts[a->to];
	const struct scenario_service *s = find_service(to, a);

	if (s == NULL && draft->port.line != 0)
		return parser_fault_at(p, draft->port,
		    "`%s` does not serve %s there", to->name,
		    a->talk.protocol->name);
	if (s == NULL)
		return parser_fault_at(p, draft->to.place,
		    "`%s` does not serve %s", to->name,
		    a->talk.protocol->name);
	a->port = s->port;
	for (size_t i = 0; i < a->talk.file_count; i++)
		if (action_add_bytes(p, a, a->talk.files[i].size) == -1)
			return -1;
	if (check_settings(p, a, draft, s) == -1)
		return -1;
	return set_user(p, a);
}

const struct verb verb_talk = {
	VERB_TALK, HEAD_TO | HEAD_PORT | HEAD_BY | HEAD_AS, HEAD_TO,
	read_protocol, set_defaults, check, PROPERTY_TABLE("talk", rows),
};
