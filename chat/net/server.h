/*
 * A chat server: one protocol on one listening socket, until it is told to end.
 *
 * Its log has "listening on ADDRESS:PORT" first, then a line an event.
 * SIGTERM, SIGINT, SIGHUP (but under nohup) and the protocol end it in order:
 * no new connections, the protocol's last words, what was sent is written (at
 * most SERVER_DRAIN_MS); a second signal ends it at once.  SIGUSR1 logs the
 * counters.
 *
 * Events of its own, with their fields beside "time", "event" and "peer":
 *
 *	listening	address, protocol
 *	connected	clients (with it)
 *	refused		clients, reason ("clients" at --max-clients,
 *			"memory")
 *	admitted
 *	left		why ("ended", "lost", "closed", "idle", "late", "slow",
 *			"stop"), bytes_in, bytes_out, messages, duration_ns
 *	accept_paused	reason
 *	stop		reason ("signal", "protocol"), and the counters
 *	counters	clients, connections, refused, bytes_in, bytes_out,
 *			messages, ended, lost, closed, idle, late, slow,
 *			stopped, lines_lost, loop_ticks, loop_p50_ns,
 *			loop_p99_ns
 */
#ifndef CHAT_NET_SERVER_H
#define CHAT_NET_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/protocols/protocol.h"

enum { SERVER_DRAIN_MS = 5000, SERVER_LINGER_MS = 1000 };

/* What labchatd has where nothing else is said.  People type their names and
 * passwords, and one who is silent is in nobody's way. */
enum {
	SERVER_CLIENTS = 1000,
	SERVER_SEND_BUFFER = 1 << 20,
	SERVER_FILE_MAX = 100 << 20,
};
#define SERVER_IDLE_NS		INT64_C(3600000000000)
#define SERVER_HANDSHAKE_NS	INT64_C(120000000000)

struct server_setup {
	const struct protocol *protocol;
	const struct chat_settings *settings;
	const char *host;	/* to bind; NULL: 127.0.0.1 */
	uint16_t port;		/* 0: any */
	uint64_t clients_max;
	uint64_t send_buffer;	/* bytes that may wait for a peer */
	int64_t idle_ns, handshake_ns;	/* 0: no such deadline */
	const char *users;	/* database; NULL: none */
	const char *files;	/* folder; NULL: none */
	uint64_t file_max;	/* bytes */
	const char *events;	/* NDJSON; NULL: none */
	int log_fd;		/* -1: none */
	int console_fd;		/* for PROTOCOL_CONSOLE; -1: none */
	/* One line on what goes wrong while it runs; may be NULL.  The loop
	 * waits for it, so it must not wait for anybody. */
	void (*complain)(const char *line);
};

/*
 * Runs until the end.  Returns the status of the program, or -1 with the reason
 * where it could not begin, or its loop failed.  Ignores SIGPIPE, SIGXFSZ,
 * SIGTTIN and SIGTTOU from then on, and raises the soft limit of descriptors.
 */
int server_run(const struct server_setup *setup, struct errbuf *err);

#endif
