/*
 * `class`: what the two ends say of a file that follows.
 *
 *	client to server	file_to_server:FILE
 *				file_to:RECIPIENT:FILE
 *	server to client	file_to:SENDER:FILE\n
 *				file from server:FILE\n
 *
 * is the payload of a frame `file_transfer`, and the file's bytes and "EOF"
 * follow (chat/wire/file_tail.h).  Between our own ends (class.h) the frame is
 * `file`, its payload begins with "SIZE:", and SIZE bytes follow, no mark.
 */
#ifndef CHAT_PROTOCOLS_CLASS_ORDER_H
#define CHAT_PROTOCOLS_CLASS_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/wire/chat_text.h"

enum class_route { CLASS_TO_SERVER, CLASS_TO_CLIENT, CLASS_FROM_SERVER };

enum {
	CLASS_NAME_BYTES = CHAT_NAME_MAX + 1,
	CLASS_FILE_BYTES = 201,		/* of a file's name, terminated */
	/* "18446744073709551615:file from server:", names, newline, NUL */
	CLASS_ORDER_BYTES = 48 + CLASS_NAME_BYTES + CLASS_FILE_BYTES,
};

struct class_order {
	enum class_route route;
	char who[CLASS_NAME_BYTES];	/* CLASS_TO_CLIENT, else "" */
	char file[CLASS_FILE_BYTES];	/* class_file_name() of what follows */
	const uint8_t *path;		/* that itself, borrowed: it goes to */
	size_t path_len;		/* the end, less newlines */
};

/*
 * The name of a file as peers may see it: what is behind the last '/' or '\',
 * what cannot be shown is '_', cut between characters; "unnamed" where nothing
 * is left.
 */
void class_file_name(char out[CLASS_FILE_BYTES], const uint8_t *path,
    size_t len);

/* -1: it is no order. */
int class_order_read(struct class_order *order, const uint8_t *data,
    size_t len);

/* The same with the size in front. */
int class_order_read_sized(struct class_order *order, uint64_t *size,
    const uint8_t *data, size_t len);

/* The order as text, of route, who and file; a server's ends in a newline. */
void class_order_write(char out[CLASS_ORDER_BYTES],
    const struct class_order *order, bool by_server);

#endif
