#include "chat/protocols/class_arrival.h"

#include <stdlib.h>

struct class_arrival *
class_arrival_new(struct world *world, const char *folder,
    const struct class_order *order, uint64_t size, struct errbuf *err)
{
	struct class_arrival *arrival = malloc(sizeof(*arrival));

	err->text[0] = '\0';
	if (arrival == NULL)
		return NULL;
	*arrival = (struct class_arrival){ .order = *order };
	arrival->order.path = NULL;
	arrival->order.path_len = 0;
	arrival->refused = folder == NULL;
	class_progress_init(&arrival->progress, size);
	if (folder != NULL)
		arrival->file = world_file_make(world, folder, order->file,
		    err);
	return arrival;
}

int
class_arrival_write(struct class_arrival *arrival, struct world *world,
    const struct wire_span *bytes, struct errbuf *err)
{
	arrival->bytes += bytes->len;
	if (arrival->file == NULL || bytes->len == 0)
		return 0;
	if (world_file_write(world, arrival->file, bytes->data, bytes->len,
	    err) == 0)
		return 0;
	world_file_drop(world, arrival->file);
	arrival->file = NULL;
	return -1;
}

int
class_arrival_keep(struct class_arrival *arrival, struct world *world,
    char kept[CLASS_KEPT_BYTES], struct errbuf *err)
{
	int result = -1;

	err->text[0] = '\0';
	if (arrival->file != NULL)
		result = world_file_keep(world, arrival->file, kept,
		    CLASS_KEPT_BYTES, err);
	free(arrival);
	return result;
}

void
class_arrival_drop(struct class_arrival *arrival, struct world *world)
{
	if (arrival == NULL)
		return;
	world_file_drop(world, arrival->file);
	free(arrival);
}
