/*
 * A server's users in virtual time: what chat/users keeps in a database, and no
 * hashing, though it takes as long.
 */
#ifndef TRAFFIC_SYNTH_CHAT_LOGINS_H
#define TRAFFIC_SYNTH_CHAT_LOGINS_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"
#include "base/random.h"
#include "chat/protocols/world.h"
#include "traffic/scenario/scenario.h"

struct logins {
	struct logins_user {
		char *name;
		struct bytes password;
	} *list;
	size_t count, room;
};

/* Those of the scenario.  Release with logins_reset() in either case. */
int logins_init(struct logins *logins, const struct scenario_service *service,
    struct errbuf *err);

/* Frees names and passwords; the list is empty again. */
void logins_reset(struct logins *logins);

/* world_login() and world_name_known(), at once. */
enum login_answer logins_ask(struct logins *logins,
    const struct login *login);

/* LOGIN_TAKEN or LOGIN_UNKNOWN. */
enum login_answer logins_ask_name(const struct logins *logins,
    const char *name);

/* How long an answer takes: a hash, about a third of a second; a look into the
 * database, about a millisecond. */
int64_t logins_hash_ns(struct random *random);

/* 0.4 to 1.6 ms, drawn. */
int64_t logins_look_ns(struct random *random);

#endif
