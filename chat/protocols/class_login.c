/* The login dialogue of `class`, the server's part; class.h has the words. */
#include "chat/protocols/class_server.h"

#include <string.h>
#include <strings.h>

#include "chat/crypto/password.h"
#include "chat/wire/chat_text.h"

static void
refuse(struct class_member *m, const char *text)
{
	class_note(m->server, m, "refused", "%s", text);
	class_say(m, "%s", text);
	m->place = PLACE_GONE;
	world_close(m->server->world, m->peer, false);
}

void
class_login_begin(struct class_member *m)
{
	m->place = PLACE_ASKED;
	class_say(m, CLASS_ASK);
}

static bool
is_word(const struct wire_span *text, const char *word)
{
	return text->len == strlen(word) &&
	    strncasecmp((const char *)text->data, word, text->len) == 0;
}

static void
take_registered(struct class_member *m, const struct wire_span *text)
{
	if (is_word(text, "yes"))
		m->place = PLACE_OLD_NAME;
	else if (is_word(text, "no"))
		m->place = PLACE_NEW_NAME;
	else
		refuse(m, "Invalid response.");
}

/* As password_fault() has it, in the words of this protocol. */
#define CLASS_PASSWORD_FAULT \
    "Server: The password has to have 1 to 1024 bytes."
_Static_assert(PASSWORD_BYTES_MAX == 1024, "the text names it");

/* What names of this protocol must not be, beyond what no name may be. */
static const char *
name_fault(const struct wire_span *name)
{
	static const char *const reserved[] = { "all", "server", CLASS_SCORES };
	const char *fault = chat_name_fault(name->data, name->len, ".");

	if (fault != NULL)
		return fault;
	if (memchr(name->data, ':', name->len) != NULL ||
	    memchr(name->data, '/', name->len) != NULL ||
	    memchr(name->data, '\\', name->len) != NULL)
		return "A name has no colon and no slash.";
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (is_word(name, reserved[i]))
			return "This name is reserved.";
	return NULL;
}

static void
set_name(struct class_member *m, const struct wire_span *name)
{
	memcpy(m->name, name->data, name->len);
	m->name[name->len] = '\0';
}

/* No hint before the password: a name that cannot be one is like a wrong
 * one. */
static void
take_old_name(struct class_member *m, const struct wire_span *name)
{
	m->name_is_bad = name_fault(name) != NULL;
	if (!m->name_is_bad)
		set_name(m, name);
	m->place = PLACE_OLD_PASSWORD;
}

/* Is somebody here under this name, or about to register it? */
static bool
is_claimed(const struct class_member *m)
{
	const struct class_server *s = m->server;

	for (size_t i = 0; i < s->count; i++) {
		const struct class_member *other = s->members[i];

		if (other != m && (other->place == PLACE_HERE ||
		    other->place == PLACE_NAME_CHECKED ||
		    other->place == PLACE_NEW_PASSWORD) &&
		    strcmp(other->name, m->name) == 0)
			return true;
	}
	return false;
}

static void
name_answer(struct class_member *m, bool taken)
{
	m->place = taken ? PLACE_NEW_NAME : PLACE_NEW_PASSWORD;
	class_say(m, "%s", taken ? CLASS_TAKEN : CLASS_REGISTERED);
}

/* What comes meanwhile waits. */
static void
wait_for_store(struct class_member *m, enum class_place place)
{
	m->place = place;
	world_hold(m->server->world, m->peer, true);
}

static void
take_new_name(struct class_member *m, const struct wire_span *name)
{
	const char *fault = name_fault(name);

	if (fault != NULL) {
		class_say(m, "%s Please choose another: ", fault);
		return;
	}
	set_name(m, name);
	if (is_claimed(m)) {
		name_answer(m, true);
	} else if (!m->server->settings->users) {
		name_answer(m, false);
	} else {
		wait_for_store(m, PLACE_NAME_CHECKED);
		world_name_known(m->server->world, m->peer, m->name);
	}
}

static void
take_password(struct class_member *m, const struct wire_span *password)
{
	const struct login login = {
		.make = m->place == PLACE_NEW_PASSWORD,
		.name = m->name,
		.password = password->data,
		.password_len = password->len,
	};

	if (m->name_is_bad) {
		refuse(m, "Invalid username or password.");
	} else if (login.make && m->server->settings->users &&
	    password_fault(password->len) != NULL) {
		refuse(m, CLASS_PASSWORD_FAULT);
	} else if (!m->server->settings->users) {
		m->place = PLACE_LOGIN;
		class_login_answer(m, LOGIN_WELCOME);
	} else {
		wait_for_store(m, PLACE_LOGIN);
		world_login(m->server->world, m->peer, &login);
	}
}

void
class_login_frame(struct class_member *m, const struct header_frame *frame)
{
	static void (*const takes[])(struct class_member *,
	    const struct wire_span *) = {
		[PLACE_ASKED] = take_registered,
		[PLACE_OLD_NAME] = take_old_name,
		[PLACE_NEW_NAME] = take_new_name,
		[PLACE_OLD_PASSWORD] = take_password,
		[PLACE_NEW_PASSWORD] = take_password,
	};

	if (!header_frame_is(frame, "info")) {
		class_note(m->server, m, "refused",
		    "no info where the login asks for one");
		m->place = PLACE_GONE;
		world_close(m->server->world, m->peer, false);
		return;
	}
	takes[m->place](m, &frame->payload);
}

static const char *
login_fault(const struct class_member *m, enum login_answer answer)
{
	switch (answer) {
	case LOGIN_WELCOME:
		return class_find(m->server, m->name) == NULL ? NULL :
		    "Somebody is here under this name already.";
	case LOGIN_BUSY:
		return "The server is busy. Please try again later.";
	case LOGIN_FAILED:
		return "The server cannot look up names at the moment.";
	default:
		return "Invalid username or password.";
	}
}

static void
name_checked(struct class_member *m, enum login_answer answer)
{
	if (answer == LOGIN_TAKEN || answer == LOGIN_UNKNOWN)
		name_answer(m, answer == LOGIN_TAKEN);
	else
		refuse(m, login_fault(m, answer));
}

void
class_login_answer(struct class_member *m, enum login_answer answer)
{
	const char *fault;

	if (m->place == PLACE_NAME_CHECKED) {
		name_checked(m, answer);
		return;
	}
	fault = login_fault(m, answer);
	if (fault != NULL)
		refuse(m, fault);
	else
		class_enter(m);
}
