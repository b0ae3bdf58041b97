/*
 * What the files of the server of `p2p` share: its members, from the first byte
 * on, and how they come in.
 */
#ifndef CHAT_PROTOCOLS_P2P_MEMBER_H
#define CHAT_PROTOCOLS_P2P_MEMBER_H

#include "chat/protocols/p2p_login.h"
#include "chat/protocols/protocol.h"
#include "chat/protocols/roster.h"
#include "chat/wire/stream.h"

struct p2p_room {
	struct world *world;
	const struct chat_settings *settings;
	struct roster users;	/* those that have said their names */
	int64_t next_list_ns;	/* of world_now_ns(): none to all before */
};

enum p2p_stage {
	P2P_STAGE_NEW,		/* a name or a login is awaited */
	P2P_STAGE_KNOWN,	/* asked: is there such a user? */
	P2P_STAGE_MAKE,		/* asked to register */
	P2P_STAGE_LOGIN,	/* asked for name and password */
	P2P_STAGE_NAMED,
	P2P_STAGE_REFUSED,
};

/* A peer's state. */
struct p2p_member {
	struct roster_entry entry;	/* first */
	enum p2p_stage stage;
	struct stream kept;		/* read and not yet used up */
	struct p2p_login *login;	/* while it is asked for */
};

/* A clear text, which never begins with '!', and the end. */
void p2p_refuse(struct p2p_room *room, struct peer *p, const char *reason);

/* NULL: it can be a name. */
const char *p2p_name_fault(const uint8_t *name, size_t len);

/* Lets the peer in, or refuses a name that is in use. */
void p2p_welcome(struct p2p_room *room, struct peer *p, const char *name,
    size_t len);

/* Uses up what the peer has sent, once it is in. */
void p2p_take_texts(struct p2p_room *room, struct peer *p);

/* With users: looks for the login line in what the peer has sent. */
void p2p_take_login(struct p2p_room *room, struct peer *p);

/* The user store's answer to it: lets the peer in, asks on, or refuses. */
void p2p_take_answer(struct p2p_room *room, struct peer *p,
    enum login_answer answer);

/* Wipes and frees it, where there is one. */
void p2p_forget_login(struct p2p_member *member);

#endif
