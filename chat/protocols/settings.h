/*
 * What the command line tells a protocol.
 */
#ifndef CHAT_PROTOCOLS_SETTINGS_H
#define CHAT_PROTOCOLS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/crypto/eim_keys.h"
#include "chat/crypto/secret.h"

enum im_framing { IM_FRAMING_NONE, IM_FRAMING_LENGTH };

/* All borrowed; they outlive the protocol's state. */
struct chat_settings {
	size_t line_max;	/* bytes of a message; longer is refused */
	bool users;		/* server: names need a password */

	/* A client's user. */
	const char *name;	/* NULL: the protocol asks */
	struct secret password;	/* none given: len 0, data NULL */
	bool login;		/* p2p: speak the extension that logs in */
	bool make_user;		/* the login is a registration */

	bool reverse;			/* echo */
	enum im_framing framing;	/* im */
	enum eim_profile key_profile;	/* eim */
	struct secret confidentiality_key, authenticity_key;
	uint16_t peer_port;		/* p2p: of UDP */
};

#endif
