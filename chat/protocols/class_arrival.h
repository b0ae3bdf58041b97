/*
 * `class`: a file that arrives, at either end.
 *
 * Where it cannot be stored its bytes are thrown away to their end, so that the
 * frames behind them are found.
 */
#ifndef CHAT_PROTOCOLS_CLASS_ARRIVAL_H
#define CHAT_PROTOCOLS_CLASS_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/protocols/class_order.h"
#include "chat/protocols/class_progress.h"
#include "chat/protocols/world.h"
#include "chat/wire/wire.h"

struct class_arrival {
	struct class_order order;	/* less its borrowed path */
	struct world_file *file;	/* NULL: it is not stored */
	bool refused;			/* it never was to be stored */
	uint64_t bytes;			/* so far */
	struct class_progress progress;
};

/* Bytes of a kept file's name, with its folder. */
enum { CLASS_KEPT_BYTES = 640 };

/* folder NULL: it is not to be stored.  size: UINT64_MAX where it is not known.
 * NULL without memory; *err is "" unless the file cannot be made. */
struct class_arrival *class_arrival_new(struct world *world,
    const char *folder, const struct class_order *order, uint64_t size,
    struct errbuf *err);

/* -1 with the reason, once: when it cannot be stored any more. */
int class_arrival_write(struct class_arrival *arrival, struct world *world,
    const struct wire_span *bytes, struct errbuf *err);

/* All of it is there; -1: it is not stored, *err is "" where that has been
 * said.  Frees it in either case. */
int class_arrival_keep(struct class_arrival *arrival, struct world *world,
    char kept[CLASS_KEPT_BYTES], struct errbuf *err);

/* Nothing is left of it.  NULL does nothing. */
void class_arrival_drop(struct class_arrival *arrival, struct world *world);

#endif
