/*
 * The segments that one end has sent and that are not yet acknowledged, in the
 * order of their sequence numbers: the scoreboard of RFC 6675.
 */
#ifndef TRAFFIC_SYNTH_TCP_TCP_SENT_H
#define TRAFFIC_SYNTH_TCP_TCP_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 6675's DupThresh, and RFC 5681's third duplicate. */
enum { TCP_DUPLICATE_THRESHOLD = 3 };

struct tcp_sent {
	uint32_t begin, end;	/* SYN and FIN take one number each */
	uint8_t flags;		/* SYN, FIN and PSH */
	bool sacked;
	bool lost;		/* taken for lost ... */
	bool again;		/* ... and sent again since */
	bool repeated;		/* sent more than once: says nothing of the
				   round trip (Karn) */
	int64_t sent_ns;	/* the first time */
};

/* Caller's memory; a zeroed struct is an empty one. */
struct tcp_sent_list {
	struct tcp_sent *items;
	size_t first, count, room;
};

static inline struct tcp_sent *
tcp_sent_at(const struct tcp_sent_list *list, size_t i)
{
	return &list->items[list->first + i];
}

/* -1: no memory. */
int tcp_sent_add(struct tcp_sent_list *list, const struct tcp_sent *sent);

/* What an ACK took away. */
struct tcp_sent_taken {
	bool any;		/* at least one whole segment */
	bool repeated;		/* one that was sent more than once, or was
				   sacked before */
	int64_t sent_ns;	/* of the last of them */
};

/* Everything before `ack` is acknowledged; a segment may be cut. */
void tcp_sent_acknowledge(struct tcp_sent_list *list, uint32_t ack,
    struct tcp_sent_taken *taken);

/* Segments that lie wholly in the block are there.  Returns how many bytes of
 * them were not known to be. */
uint32_t tcp_sent_sack(struct tcp_sent_list *list, uint32_t begin,
    uint32_t end);

/* RFC 6675's IsLost(): marks what has three sacked runs, or more than two full
 * segments of sacked bytes, behind it.  True where the first is. */
bool tcp_sent_mark_lost(struct tcp_sent_list *list, uint32_t mss);

/* After a timeout: all that is not sacked is lost, and has not been sent again;
 * where the first is sacked, the peer has thrown away what it said it had (RFC
 * 2018, section 8), and all is. */
void tcp_sent_lose_all(struct tcp_sent_list *list);

/* RFC 6675's pipe: bytes that are on their way. */
uint32_t tcp_sent_pipe(const struct tcp_sent_list *list);

/* Frees the list; the struct is an empty one again. */
void tcp_sent_reset(struct tcp_sent_list *list);

#endif
