/*
 * A host's TCP connections, for host*.c and nobody else.
 *
 * A connection has two lives: tcp's, which goes on in TIME_WAIT, and that of
 * the program, which is told of the end as soon as both sides have said their
 * FIN.  When both are over it is freed.
 */
#ifndef TRAFFIC_SYNTH_HOST_HOST_CONN_H
#define TRAFFIC_SYNTH_HOST_HOST_CONN_H

#include "traffic/synth/host/host_internal.h"

struct conn {
	struct host *host;
	struct tcp *tcp;
	struct endpoint own, peer;
	bool is_client;
	uint64_t number;		/* of the truth; 0: none */
	const char *label;

	struct conn *next;		/* in its bucket */
	struct conn *before, *after;	/* of the host */
	bool is_findable;		/* stands in its bucket */

	struct listener *listener;	/* that it waits for; NULL: none */
	const struct conn_calls *calls;	/* NULL: no program */
	void *app;
	bool tell_connected, tell_drained, told_finished;
	bool is_held, is_aborted;	/* the program does not read */
	bool program_is_gone;

	bool is_established, is_over;	/* tcp's */
	enum tcp_end why;
	bool why_is_known;		/* better than tcp knows it */
	bool is_mute;			/* sends no more */
	bool has_fin, fin_is_acked;
	uint32_t fin_end;		/* the sequence number behind it */
	bool is_closed;			/* both FINs: TIME_WAIT, for one side */
	int64_t closed_ns;
	uint32_t peer_newest, peer_newest_time;

	int64_t tick_ns, timer_ns;	/* wanted; that of the event */
	uint64_t timer, delivery;
};

/* host_conn.c */
/* Not yet findable, nothing sent.  NULL: no memory. */
struct conn *conn_new(struct host *host, const struct endpoint *own,
    const struct endpoint *peer, bool is_client);
/* The truth is told of its end; the program is not.  It leaves every list. */
void conn_free(struct conn *conn);
/* A segment that is for it; borrowed.  The program hears of it later. */
void conn_input(struct conn *conn, const struct sim_packet *packet);
/* Notices that nothing can be said or heard any more, however long tcp waits
 * for stray segments. */
void conn_look_for_close(struct conn *conn);
/* Ends it for that reason, whatever its peer thinks; quietly. */
void conn_end(struct conn *conn, enum tcp_end why);
/* The ISN that conn_new() gave it. */
uint32_t conn_isn(const struct conn *conn);

/* host_conn_program.c: the program's turn comes after the reaction time. */
void conn_wake(struct conn *conn);

/* host_tcp.c: gives it a program, -1: there is none. */
int conn_accept(struct conn *conn);
/* It waits for its listener no longer. */
void conn_leave_listener(struct conn *conn);

/* host_conns.c */
/* NULL: no connection of that port with that peer can be found. */
struct conn *conns_find(const struct host *host, uint16_t own_port,
    const struct endpoint *peer);
/* To the host, which frees it, and findable by conns_find(). */
void conns_add(struct conn *conn);
/* Findable no more; still the host's. */
void conns_hide(struct conn *conn);
/* From the host, too; it is not freed. */
void conns_remove(struct conn *conn);
/* Each by conn_free(): the truth is told. */
void conns_free(struct host *host);

#endif
