/* What a world has to offer that is no connection: timers, random bytes,
 * files. */
#include "traffic/synth/chat/chat_world.h"

static void
on_peer_timer(void *owner, uint64_t id)
{
	struct chat_link *l = owner;
	const struct chat_world *w = l->world;

	l->timers[id] = 0;
	if (l->is_open && w->rules.side->timer != NULL)
		w->rules.side->timer(w->state, &l->peer, (unsigned)id);
}

static void
on_side_timer(void *owner, uint64_t id)
{
	struct chat_world *w = owner;

	w->timers[id] = 0;
	if (w->rules.side->timer != NULL)
		w->rules.side->timer(w->state, NULL, (unsigned)id);
}

void
chat_act_timer(struct world *world, struct peer *peer, unsigned id,
    int64_t after_ns)
{
	struct chat_world *w = chat_world_of(world);
	struct chat_link *l = peer == NULL ? NULL : chat_link_of(peer);
	uint64_t *event = l == NULL ? &w->timers[id] : &l->timers[id];

	if (l != NULL && !l->is_open)
		return;
	clock_cancel(w->play->clock, *event);
	*event = 0;
	if (after_ns < 0)
		return;
	*event = l == NULL ?
	    clock_after(w->play->clock, after_ns, on_side_timer, w, id) :
	    clock_after(w->play->clock, after_ns, on_peer_timer, l, id);
}

int64_t
chat_act_now_ns(struct world *world)
{
	return clock_now_ns(chat_world_of(world)->play->clock);
}

void
chat_act_random(struct world *world, void *out, size_t len)
{
	random_fill(&chat_world_of(world)->random, out, len);
}

/* The truth has what counts; there is no log. */
void
chat_act_event(struct world *world, const struct peer *peer,
    const char *name, const struct event_field *fields, size_t n,
    const char *text)
{
	(void)world;
	(void)peer;
	(void)name;
	(void)fields;
	(void)n;
	(void)text;
}

struct world_file *
chat_act_file_make(struct world *world, const char *folder, const char *name,
    struct errbuf *err)
{
	return memory_files_make(&chat_world_of(world)->files, folder, name,
	    err);
}

struct world_file *
chat_act_file_open(struct world *world, const char *path, uint64_t *size,
    struct errbuf *err)
{
	return memory_files_open(&chat_world_of(world)->files, path, size,
	    err);
}

int
chat_act_file_add(struct world *world, const char *folder, const char *name,
    const void *data, size_t len, struct errbuf *err)
{
	return memory_files_add(&chat_world_of(world)->files, folder, name,
	    data, len, err);
}
