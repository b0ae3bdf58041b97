/* How a client of `p2p` comes in where names need a password; p2p_login.h has
 * the rules. */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "chat/protocols/p2p_member.h"

void
p2p_forget_login(struct p2p_member *m)
{
	if (m->login != NULL)
		p2p_login_wipe(m->login);
	free(m->login);
	m->login = NULL;
}

static void
log_in(struct p2p_room *room, struct peer *p, bool make)
{
	struct p2p_member *m = p->state;
	const struct login login = {
		.make = make,
		.name = m->login->name,
		.password = m->login->password,
		.password_len = m->login->password_len,
	};

	m->stage = make ? P2P_STAGE_MAKE : P2P_STAGE_LOGIN;
	world_login(room->world, p, &login);
}

/* What the peer sends meanwhile waits with the kernel. */
static void
ask(struct p2p_room *room, struct peer *p)
{
	struct p2p_member *m = p->state;

	world_hold(room->world, p, true);
	if (m->login->make != P2P_REGISTER_UNKNOWN) {
		log_in(room, p, m->login->make == P2P_REGISTER_YES);
		return;
	}
	m->stage = P2P_STAGE_KNOWN;
	world_name_known(room->world, p, m->login->name);
}

static void
keep_login(struct p2p_room *room, struct peer *p,
    const struct p2p_login *login, size_t used)
{
	struct p2p_member *m = p->state;
	const char *fault = p2p_name_fault((const uint8_t *)login->name,
	    login->name_len);

	/* The password stands in it. */
	OPENSSL_cleanse(m->kept.buffer + m->kept.start, used);
	stream_use(&m->kept, used);
	if (fault != NULL) {
		p2p_refuse(room, p, fault);
		return;
	}
	m->login = malloc(sizeof(*m->login));
	if (m->login == NULL) {
		p2p_refuse(room, p, "The server is out of memory.");
		return;
	}
	*m->login = *login;
	ask(room, p);
}

void
p2p_take_login(struct p2p_room *room, struct peer *p)
{
	struct p2p_member *m = p->state;
	const uint8_t *data = stream_data(&m->kept);
	struct p2p_login login;
	struct errbuf err;
	size_t used;

	if (!p2p_login_begins(data, m->kept.len)) {
		p2p_refuse(room, p, "This server asks for a password: it wants "
		    "labchat p2p --login.");
		return;
	}
	switch (p2p_login_parse(data, m->kept.len, &used, &login, &err)) {
	case WIRE_WHOLE:
		keep_login(room, p, &login, used);
		break;
	case WIRE_BAD:
		p2p_refuse(room, p, "The login is not as it has to be.");
		break;
	case WIRE_PARTIAL:
		break;
	}
	p2p_login_wipe(&login);
}

static void
logged_in(struct p2p_room *room, struct peer *p)
{
	struct p2p_member *m = p->state;
	struct p2p_login login = *m->login;

	if (m->stage == P2P_STAGE_MAKE)
		world_event(room->world, p, "registered", NULL, 0, NULL);
	p2p_forget_login(m);
	world_hold(room->world, p, false);
	p2p_welcome(room, p, login.name, login.name_len);
	p2p_login_wipe(&login);
	/* What stood behind the login. */
	if (m->stage == P2P_STAGE_NAMED && m->kept.len > 0)
		p2p_take_texts(room, p);
}

void
p2p_take_answer(struct p2p_room *room, struct peer *p,
    enum login_answer answer)
{
	static const char *const reasons[] = {
		[LOGIN_WELCOME] = "The server cannot check passwords now.",
		[LOGIN_TAKEN] = "The name is taken.",
		[LOGIN_WRONG] = "The name or the password is wrong.",
		[LOGIN_BUSY] = "Too many log in now: try again later.",
		[LOGIN_FAILED] = "The server cannot check passwords now.",
		[LOGIN_UNKNOWN] = "The name or the password is wrong.",
	};
	struct p2p_member *m = p->state;
	bool known = m->stage == P2P_STAGE_KNOWN;

	if (m->login == NULL)
		return;
	if (answer == LOGIN_WELCOME && !known)
		logged_in(room, p);
	else if (answer == LOGIN_UNKNOWN && known)
		log_in(room, p, true);
	/* Also when someone else has registered the name since. */
	else if (answer == LOGIN_TAKEN && m->stage != P2P_STAGE_LOGIN &&
	    m->login->make == P2P_REGISTER_UNKNOWN)
		log_in(room, p, false);
	else
		p2p_refuse(room, p, reasons[answer]);
}
