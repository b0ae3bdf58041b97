/*
 * The command line of labchatd and labchat: PROTOCOL [OPTION]...
 *
 * One table serves both programs; which rows a program has depends on the
 * protocol that is named first.
 */
#ifndef CHAT_OPTIONS_H
#define CHAT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/protocols/protocol.h"

enum chat_program { CHAT_SERVER, CHAT_CLIENT };

/* Texts are argv's, but for the secrets in settings. */
struct chat_options {
	const struct protocol *protocol;	/* NULL with help or version */
	struct chat_settings settings;
	bool help, version;
	const char *stray;	/* an operand, which is one too many */

	const char *bind;	/* -b; NULL: 127.0.0.1, a client's: any */
	uint64_t port;		/* 0: any (a server's) */
	const char *events;	/* NULL: none */
	const char *files;	/* folder */
	uint64_t max_line, max_file;	/* bytes */
	uint64_t peer_port;

	/* A server's. */
	const char *users;	/* NULL: no user store */
	uint64_t max_clients;
	uint64_t send_buffer;	/* bytes that may wait for a peer */
	int64_t idle_timeout_ns, handshake_timeout_ns;	/* 0: never */

	/* A client's. */
	const char *host;
	const char *script;	/* NULL: the user types */
	const char *explain;	/* eim; NULL: connect */
};

/*
 * Reads argv.  -1 with one line in *err where something is wrong; "" there
 * means that it has been said already.  Secrets leave argv and the environment
 * (LABCHAT_PASSWORD, LABCHAT_CONFIDENTIALITY_KEY, LABCHAT_AUTHENTICITY_KEY).
 * Release with chat_options_reset() in either case.
 */
int chat_options_parse(struct chat_options *options,
    enum chat_program program, int argc, char **argv, struct errbuf *err);

/* Wipes and frees the secrets. */
void chat_options_reset(struct chat_options *options);

/* --help, to stdout: of the protocol, where one is named. */
void chat_options_help(const struct chat_options *options,
    enum chat_program program);

#endif
