/*
 * What the verbs share.
 */
#ifndef TRAFFIC_SYNTH_VERBS_VERB_H
#define TRAFFIC_SYNTH_VERBS_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/random.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/play.h"

/* An answer that is not there by then does not come. */
#define VERB_PATIENCE_NS INT64_C(1000000000)

/* Zeroed; the play frees it at its end, behind release(), which may be NULL.
 * NULL: no memory. */
void *verb_new(struct play *play, size_t size, void (*release)(void *state),
    struct errbuf *err);

/* Within a call that cannot fail: the scenario ends with the reason. */
void verb_fail(struct play *play, const struct errbuf *why);

/* The same, where the reason is memory. */
void verb_out_of_memory(struct play *play);

/* A datagram that means nothing: random bytes behind a letter, for dissectors
 * that guess (Wireshark's of RTCP, say) begin with the first one. */
void verb_noise(struct random *random, uint8_t *out, size_t len);

/* Bytes of a stream are written so many at a time, while there is room: a full
 * socket buffer stops a program, which looks again so often. */
enum { VERB_WRITE_MAX = 65536, VERB_AGAIN_NS = 1000000 };

/* At most 1 MiB of what was written waits for its ACK. */
bool verb_has_room(const struct conn *conn);

/* The host that an action is from; an action's addresses and ports. */
struct host *verb_host(const struct play *play,
    const struct scenario_action *action);

/* Of the version that the action goes by. */
void verb_own_address(const struct play *play,
    const struct scenario_action *action, struct scenario_address *out);

/* The target's address of that version, and the action's port. */
void verb_target(const struct play *play,
    const struct scenario_action *action, struct endpoint *out);

/*
 * The same step again and again: at once, and after a drawn time each.  When
 * all is done, over() is called: `linger_ns` behind the last step.
 */
struct repeat {
	struct play *play;		/* these are the caller's ... */
	const struct amount *every_ns;
	struct random *random;
	uint64_t left;
	int64_t linger_ns;
	void (*step)(void *app);
	void (*over)(void *app);
	void *app;
};

/* The struct stays where it is until over().  No step is a step, too. */
void repeat_begin(struct repeat *repeat);

#endif
