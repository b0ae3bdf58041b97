/* The server of `class`: the connections of its members. */
#include "chat/protocols/class_server.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	/* Above line_max: what is a little too long is refused by a text, what
	 * is longer than this ends the connection. */
	PAYLOAD_MAX = 65536,
	PAYLOAD_OVER = 256,
	/* Frames that go out to all before others have their turn; as
	 * ROSTER_TURN_SENDS. */
	TURN_SENDS = 16384,
};

static void
take_bad(struct class_member *m)
{
	class_note(m->server, m, "malformed", "no frame: a header or payload "
	    "is too long");
	class_depart(m);
	world_close(m->server->world, m->peer, true);
}

static bool
waits_for_store(const struct class_member *m)
{
	return m->place == PLACE_NAME_CHECKED || m->place == PLACE_LOGIN;
}

static void
end_turn(struct class_member *m)
{
	world_hold(m->server->world, m->peer, true);
	world_timer(m->server->world, m->peer, CLASS_TIMER_TURN, 0);
}

/* As far as what has come goes, and nothing has to be waited for; or for a
 * turn, which ends behind a frame only. */
static void
read_on(struct class_member *m)
{
	struct class_piece piece;
	size_t sends = 0;

	while (m->place != PLACE_GONE && !waits_for_store(m)) {
		if (sends >= TURN_SENDS && m->in.mode == CLASS_FRAMES) {
			end_turn(m);
			return;
		}
		switch (class_in_next(&m->in, &piece)) {
		case CLASS_WAIT:
			return;
		case CLASS_QUIET:
			world_timer(m->server->world, m->peer,
			    CLASS_TIMER_QUIET, CLASS_QUIET_NS);
			return;
		case CLASS_FRAME:
			class_frame(m, &piece.frame);
			sends += m->server->count;
			break;
		case CLASS_BYTES:
			class_upload_bytes(m, &piece.bytes);
			break;
		case CLASS_LAST:
			class_upload_bytes(m, &piece.bytes);
			class_upload_end(m);
			break;
		case CLASS_BAD:
			take_bad(m);
			return;
		}
	}
}

static void *
open_server(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	struct class_server *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	s->world = world;
	s->settings = settings;
	if (!settings->users)
		class_note(s, NULL, "no_users", "no --users: any password is "
		    "right, and names are free again when their users leave");
	return s;
}

static int
joined(void *state, struct peer *p)
{
	struct class_server *s = state;
	struct class_member *m, **members;
	size_t max = s->settings->line_max + PAYLOAD_OVER;

	members = memory_grow(s->members, &s->room, s->count + 1,
	    sizeof(struct class_member *));
	if (members == NULL)
		return -1;
	s->members = members;
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return -1;
	m->server = s;
	m->peer = p;
	class_in_init(&m->in, max > PAYLOAD_MAX && max <= UINT32_MAX ?
	    (uint32_t)max : PAYLOAD_MAX);
	class_out_init(&m->out, s->world, p, &class_uploads_told, m,
	    CLASS_TIMER_OUT);
	s->members[s->count++] = m;
	p->state = m;
	class_login_begin(m);
	return 0;
}

static void
received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct class_server *s = state;
	struct class_member *m = p->state;

	if (class_in_add(&m->in, data, len) == 0) {
		read_on(m);
		return;
	}
	class_note(s, m, "failed", "out of memory");
	class_depart(m);
	world_close(s->world, p, true);
}

static void
answered(void *state, struct peer *p, enum login_answer answer)
{
	struct class_server *s = state;
	struct class_member *m = p->state;

	if (!waits_for_store(m))
		return;
	world_hold(s->world, p, false);
	class_login_answer(m, answer);
	read_on(m);
}

static void
drained(void *state, struct peer *p)
{
	struct class_member *m = p->state;

	(void)state;
	class_out_go_on(&m->out);
}

static void
timer(void *state, struct peer *p, unsigned id)
{
	struct class_server *s = state;
	struct class_member *m = p->state;

	if (id == CLASS_TIMER_OUT) {
		class_out_timer(&m->out);
	} else if (id == CLASS_TIMER_QUIET && world_queued(s->world, p) > 0) {
		/* A peer that does not read may have been held. */
		world_timer(s->world, p, id, CLASS_QUIET_NS);
	} else if (id == CLASS_TIMER_TURN) {
		world_hold(s->world, p, false);
		read_on(m);
	} else if (id == CLASS_TIMER_QUIET && class_in_quiet(&m->in)) {
		class_upload_end(m);
		read_on(m);
	}
}

static void
remove_member(struct class_server *s, const struct class_member *m)
{
	size_t i = 0;

	while (s->members[i] != m)
		i++;
	s->count--;
	memmove(&s->members[i], &s->members[i + 1],
	    (s->count - i) * sizeof(struct class_member *));
}

/* A file whose mark was the last that came is whole. */
static void
end_upload(struct class_member *m, enum left why)
{
	if (m->arrival == NULL)
		return;
	if (why == LEFT_ENDED && class_in_quiet(&m->in)) {
		class_upload_end(m);
		return;
	}
	class_note(m->server, m, "upload_cut", "the file '%s' is incomplete "
	    "and dropped", m->arrival->order.file);
	class_arrival_drop(m->arrival, m->server->world);
	m->arrival = NULL;
}

static void
left(void *state, struct peer *p, enum left why)
{
	struct class_server *s = state;
	struct class_member *m = p->state;

	end_upload(m, why);
	if (why == LEFT_STOP)
		m->place = PLACE_GONE;
	class_depart(m);
	remove_member(s, m);
	class_out_reset(&m->out, "the recipient left");
	class_in_reset(&m->in);
	free(m);
}

static void
stop(void *state)
{
	class_say_all(state, "Server is shutting down.\n");
}

static void
close_server(void *state)
{
	struct class_server *s = state;

	class_quiz_reset(&s->quiz);
	free(s->scores);
	free(s->members);
	free(s);
}

const struct side class_server = {
	.open = open_server,
	.joined = joined,
	.received = received,
	.left = left,
	.drained = drained,
	.timer = timer,
	.answered = answered,
	.line = class_console_line,
	.stop = stop,
	.close = close_server,
};
