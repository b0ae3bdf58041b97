/*
 * A scenario: who is in a network, and what happens there.  Plain data, made
 * from text by scenario_parse(); labgen-scenario(5) defines the language.
 *
 * Everything is checked when it is read: whoever plays a scenario may rely on
 * the indices, ranges and combinations that are said here.
 *
 * Names are at most SCENARIO_NAME_MAX bytes of a-z, A-Z, 0-9, '-', '_', '.',
 * not beginning with '.' or '-': they become file names.
 */
#ifndef TRAFFIC_SCENARIO_SCENARIO_H
#define TRAFFIC_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/network.h"
#include "chat/protocols/protocol.h"
#include "chat/script/script_text.h"
#include "traffic/scenario/tcp_settings.h"

enum {
	SCENARIO_NAME_MAX = 63,
	SCENARIO_NETWORKS_MAX = 64,
	SCENARIO_HOSTS_MAX = 1024,
	SCENARIO_ACTIONS_MAX = 16384,
	SCENARIO_COUNT_MAX = 10000000,	/* packets, or objects, of one action;
					   all of them five times as many */
	SCENARIO_BYTES_MAX = 4194304,	/* of the text */
};

/* Of one action, and of all together. */
#define SCENARIO_TRANSFER_MAX	(UINT64_C(4) << 30)
#define SCENARIO_TRANSFERS_MAX	(UINT64_C(16) << 30)

/* Of virtual time. */
#define SCENARIO_LIMIT_MAX_NS	(INT64_C(7) * 86400 * 1000000000)

/* No index. */
#define SCENARIO_NONE	SIZE_MAX

/* An address of a host; version 0: it has none of the family. */
struct scenario_address {
	uint8_t version;	/* 4 or 6 */
	uint8_t bytes[16];	/* network order; 4 or 16 of them */
};

/*
 * An amount that varies: bytes, nanoseconds, or a count.  Drawn in integers
 * (traffic/synth/net/draw.h).
 */
enum amount_kind {
	AMOUNT_CONSTANT,	/* a */
	AMOUNT_UNIFORM,		/* a to b, both ends included */
	AMOUNT_EXPONENTIAL,	/* mean a */
	AMOUNT_PARETO,		/* at least a, shape_milli / 1000 */
};

struct amount {
	enum amount_kind kind;
	int64_t a, b;
	uint32_t shape_milli;
	int64_t max;		/* what is drawn is cut to it: what the text
				   says, or the most that makes sense there */
};

/* A host's capture, or the one of a network's switch. */
enum capture_format { CAPTURE_PCAP, CAPTURE_PCAPNG };

struct scenario_capture {
	bool wanted;
	enum capture_format format;	/* pcapng has the interface's name and
					   comments of packets that were lost,
					   or sent again */
	bool microseconds;		/* else nanoseconds */
	bool big_endian;
	uint32_t snaplen;		/* 262144 is all */
};

/* One direction of the link between a host and its switch. */
struct scenario_link {
	uint64_t bandwidth_bps;		/* 0: no limit */
	struct amount latency_ns;	/* from end to end */
	int64_t jitter_ns;		/* 0 to this is added; order stays */
	uint32_t loss_ppm, duplicate_ppm, reorder_ppm;	/* of a million */
	int64_t reorder_ns;		/* a packet that others overtake waits
					   so much longer */
	uint32_t queue_packets;		/* that wait; more are dropped */
	/* Packets that are lost by number (from 1, in this direction, ARP
	 * included), whatever loss_ppm says. */
	uint64_t *drops;	/* ascending, each once, none 0 */
	size_t drop_count;
};

/* A switch, and the addresses behind it. */
struct scenario_network {
	char *name;
	struct network prefix[2];	/* IPv4, IPv6; has_prefix says which */
	bool has_prefix[2];
	/* Of the one router that joins all networks. */
	struct scenario_address router[2];
	struct scenario_capture capture;
	size_t line;
};

enum service_kind {
	SERVICE_CHAT,		/* labchatd */
	SERVICE_DNS,		/* answers for the names of all hosts */
};

struct scenario_login {
	char *name, *password;
};

/* A file that an operator has where the server runs. */
struct scenario_text {
	char *name, *text;
};

struct scenario_service {
	enum service_kind kind;
	const struct protocol *protocol;	/* of SERVICE_CHAT */
	uint16_t port;
	struct chat_settings settings;	/* .users: there are logins */
	struct scenario_login *logins;
	size_t login_count;
	struct scenario_text *texts;
	size_t text_count;
	/* What the operator types (class). */
	struct script_steps console;
	char *console_text;		/* the same as the text of a script;
					   NULL: none */
	size_t console_len;
	size_t line;
};

struct scenario_host {
	char *name;
	struct scenario_address address[2];	/* IPv4, IPv6 */
	size_t network;
	uint8_t mac[6];		/* 02:00 and the IPv4 address unless given;
				   without one, 02:06 and the end of the IPv6
				   address */
	uint8_t ttl;
	char *dns_name;		/* NULL: none */
	size_t resolver;	/* a host with SERVICE_DNS, or SCENARIO_NONE */
	int64_t clock_offset_ns;	/* of the times in its capture */
	bool neighbours_known;	/* no ARP or neighbour discovery by it */
	uint16_t mtu;		/* 576 (1280 with IPv6) to 9000 */
	struct amount reaction_ns;	/* between a packet and what a program
					   does about it */
	struct scenario_link up, down;	/* from the host, to it */
	struct tcp_settings tcp;
	struct scenario_capture capture;
	struct scenario_service *services;
	size_t service_count;
	size_t line;
};

/* What happens: one verb an action. */
enum scenario_verb {
	VERB_TALK,		/* a user of labchat */
	VERB_BROWSE,		/* web-like requests and responses */
	VERB_TRANSFER,		/* bytes over TCP in one direction */
	VERB_DATAGRAMS,		/* UDP */
	VERB_PING,
	VERB_LOOKUP,		/* DNS alone */
	VERB_SCAN,
	VERB_FLOOD,
	VERB_TUNNEL,		/* bytes hidden in DNS questions */
	VERBS,
};

/* A file that a user may send: its bytes come from the seed and the name. */
struct scenario_file {
	char *name;
	uint64_t size;
};

struct scenario_talk {
	const struct protocol *protocol;
	struct chat_settings settings;	/* .name is the user, or NULL; .framing
					   is the server's */
	char *user;			/* what .name points to */
	struct scenario_file *files;
	size_t file_count;
	struct script_steps steps;
	char *script;		/* the same as the text of a script; NULL: no
				   step */
	size_t script_len;
};

enum browse_security { BROWSE_CLEAR, BROWSE_TLS };

struct scenario_browse {
	enum browse_security security;	/* TLS: shaped like it, random bytes */
	uint32_t pages;
	uint32_t connections;	/* at the same time */
	struct amount objects;	/* a page; of all pages together no more than
				   SCENARIO_COUNT_MAX can be drawn */
	struct amount request_bytes, response_bytes;
	struct amount think_ns;		/* between pages */
	struct amount pause_ns;		/* between objects of a connection */
	struct amount server_ns;	/* before a response begins */
	struct amount burst_bytes, burst_ns;	/* the server writes so much at
						   a time, and waits; 0: all */
};

enum transfer_close { CLOSE_FIN, CLOSE_RESET, CLOSE_NONE };

struct scenario_transfer {
	uint64_t bytes;
	bool from_server;	/* the other way round: a download */
	struct amount chunk_bytes, every_ns;	/* what is written at a time */
	uint64_t stall_after;	/* bytes; the reader stops there (the window
				   closes); 0: never */
	int64_t stall_ns;
	int64_t linger_ns;	/* idle time before the close */
	enum transfer_close close;
	uint16_t from_port;	/* 0: the next free one */
	uint32_t connections;	/* one after the other, .gap_ns between them */
	int64_t gap_ns;
};

struct scenario_datagrams {
	uint64_t count;
	struct amount size_bytes, every_ns;
	struct amount answer_bytes;	/* what comes back for each, where */
	bool answers;			/* something does */
	uint16_t from_port;	/* 0: the next free one */
};

struct scenario_ping {
	uint64_t count;
	struct amount size_bytes, every_ns;
};

struct scenario_lookup {
	char *name;		/* may not exist: NXDOMAIN */
	uint16_t type;		/* 1 A, 28 AAAA, 16 TXT ... */
	uint64_t count;
	struct amount every_ns;
};

enum scan_kind { SCAN_SYN, SCAN_CONNECT, SCAN_UDP };

struct scenario_scan {
	enum scan_kind kind;
	uint16_t first_port, last_port;
	bool shuffled;
	struct amount every_ns;
};

enum flood_kind { FLOOD_SYN, FLOOD_UDP, FLOOD_ICMP };

struct scenario_flood {
	enum flood_kind kind;
	uint64_t count;
	struct amount every_ns;
	struct amount size_bytes;	/* not of a SYN */
	bool spoofed;
	struct network sources;	/* of the invented senders */
};

struct scenario_tunnel {
	char *domain;
	uint64_t bytes;
	struct amount every_ns;
};

struct scenario_action {
	enum scenario_verb verb;
	size_t from, to;	/* hosts; `to` is SCENARIO_NONE where the verb
				   needs none (lookup, tunnel: the resolver) */
	uint8_t version;	/* 4 or 6: addresses that are used */
	uint16_t port;		/* of the target; 0 where there is none (ping,
				   scan, flood by ICMP) */
	int64_t at_ns;		/* since the start, below the limit */
	bool by_name;		/* talk, browse, transfer: a DNS lookup comes
				   before the connection: `from` has a resolver
				   and `to` a name */
	char *label;		/* NULL: ordinary */
	union {
		struct scenario_talk talk;
		struct scenario_browse browse;
		struct scenario_transfer transfer;
		struct scenario_datagrams datagrams;
		struct scenario_ping ping;
		struct scenario_lookup lookup;
		struct scenario_scan scan;
		struct scenario_flood flood;
		struct scenario_tunnel tunnel;
	};
	size_t line;
};

struct scenario {
	char *name;		/* of the file, without folder and ending */
	char *given;		/* as the user named it: for messages */
	char *hint;		/* "NAME:LINE:COLUMN: ..." of the first thing
				   that is right and hardly meant; NULL */
	char *title;		/* one line; "" where there is none */
	int64_t start_ns;	/* since 1970 */
	uint64_t seed;
	int64_t limit_ns;	/* of virtual time: then it is cut off */
	struct scenario_network *networks;
	size_t network_count;
	struct scenario_host *hosts;
	size_t host_count;
	struct scenario_action *actions;	/* in the order of the text */
	size_t action_count;
};

/*
 * Reads a scenario.  `name` is that of the file as it was given, for messages,
 * scenario->given and scenario->name.  -1: "NAME:LINE:COLUMN: what is wrong",
 * counted from 1, columns in bytes.  NULL: see *err; release with
 * scenario_free().
 */
struct scenario *scenario_parse(const char *name, const char *text,
    size_t len, struct errbuf *err);

/* The file, at most SCENARIO_BYTES_MAX; "-" is standard input. */
struct scenario *scenario_read(const char *path, struct errbuf *err);

/* NULL does nothing. */
void scenario_free(struct scenario *scenario);

/* The same version and the same address; of IPv4 the first four bytes count. */
bool scenario_address_equal(const struct scenario_address *a,
    const struct scenario_address *b);

/* The host that has the address; SCENARIO_NONE: none. */
size_t scenario_host_with(const struct scenario *scenario,
    const struct scenario_address *address);

/*
 * The scenarios that come with labgen: they are part of the program, so that
 * it runs the same wherever it lies.
 */
struct shipped_scenario {
	const char *name, *text;
	size_t len;
};

/* All of them, sorted by name; .name == NULL at the end. */
extern const struct shipped_scenario shipped_scenarios[];

/* NULL: there is none of that name. */
const struct shipped_scenario *scenario_shipped(const char *name,
    struct errbuf *err);

/* SCENARIO of the command line: a shipped one by its name, or, where the word
 * has a '/' or a '.' in it or is "-", a file. */
struct scenario *scenario_open(const char *word, struct errbuf *err);

#endif
