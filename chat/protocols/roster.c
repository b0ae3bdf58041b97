#include "chat/protocols/roster.h"

#include <stdlib.h>
#include <string.h>

void
roster_add(struct roster *roster, struct roster_entry *entry,
    struct peer *peer)
{
	entry->peer = peer;
	entry->next = NULL;
	entry->prev = roster->last;
	if (roster->last == NULL)
		roster->first = entry;
	else
		roster->last->next = entry;
	roster->last = entry;
	roster->count++;
}

int
roster_name(struct roster_entry *entry, const void *name, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy == NULL)
		return -1;
	if (len > 0)
		memcpy(copy, name, len);
	copy[len] = '\0';
	free(entry->name);
	entry->name = copy;
	entry->name_len = len;
	return 0;
}

void
roster_remove(struct roster *roster, struct roster_entry *entry)
{
	free(entry->name);
	entry->name = NULL;
	entry->name_len = 0;
	if (entry->peer == NULL)
		return;
	if (entry->prev == NULL)
		roster->first = entry->next;
	else
		entry->prev->next = entry->next;
	if (entry->next == NULL)
		roster->last = entry->prev;
	else
		entry->next->prev = entry->prev;
	entry->peer = NULL;
	entry->prev = entry->next = NULL;
	roster->count--;
}

struct roster_entry *
roster_find(const struct roster *roster, const void *name, size_t len)
{
	for (struct roster_entry *e = roster->first; e != NULL; e = e->next)
		if (e->name != NULL && e->name_len == len &&
		    memcmp(e->name, name, len) == 0)
			return e;
	return NULL;
}

void
roster_send(const struct roster *roster, struct world *world,
    const struct roster_entry *but, const void *data, size_t len)
{
	for (const struct roster_entry *e = roster->first; e != NULL;
	    e = e->next)
		if (e != but)
			world_send(world, e->peer, data, len);
}
