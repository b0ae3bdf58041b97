/*
 * What services and talks of a chat protocol may have.  Private to the files
 * of this room.
 */
#ifndef TRAFFIC_SCENARIO_CHAT_H
#define TRAFFIC_SCENARIO_CHAT_H

#include "traffic/scenario/property.h"

/* Bits for property.only. */
enum {
	CHAT_ECHO = 1,
	CHAT_IM = 2,
	CHAT_EIM = 4,
	CHAT_P2P = 8,
	CHAT_CLASS = 16,
};

enum { CHAT_LINE_LEAST = 16, CHAT_LINE_MOST = 60000 };

/* 0: of a protocol that has nothing of its own. */
unsigned chat_bits(const struct protocol *protocol);

/* The protocol that is named next. */
int chat_protocol_read(struct parser *p, const struct protocol **out);

/* As those of labchatd and labchat (chat/options.c). */
void chat_settings_default(struct chat_settings *settings,
    const struct protocol *protocol);

/* Of struct chat_settings. */
property_read chat_framing_read, chat_line_read;

/* A user's name, for the caller to free. */
int chat_name_read(struct parser *p, char **out);

/* A step of labchat's scripts, which begins there; the rest of the line is
 * added to the text, too. */
int chat_step_read(struct parser *p, const char *at,
    struct script_steps *steps, char **text, size_t *len);

#endif
