/*
 * The statements of the language: one a row of statement.c's table, each made
 * in a file of its own.  Private to the files of this room.
 */
#ifndef TRAFFIC_SCENARIO_STATEMENT_H
#define TRAFFIC_SCENARIO_STATEMENT_H

#include "traffic/scenario/property.h"

struct verb;

struct statement {
	const char *name;
	/* Behind the name, up to the end of its line. */
	int (*begin)(struct parser *p);
	/* The properties below it; NULL: none may follow. */
	const struct property_table *table;
	/* Where they go, and who has them. */
	void (*target)(struct parser *p, struct property_reader *reader);
	const struct verb *verb;	/* of an action */
};

/* All that there are, .name == NULL at the end. */
extern const struct statement statements[];

/* The properties of a statement's last item as their target. */
void network_target(struct parser *p, struct property_reader *reader);

/* A host's properties go into the host begun last. */
void host_target(struct parser *p, struct property_reader *reader);

/* Talks take their protocol's properties alone; words of the head are told
 * where they belong. */
void action_target(struct parser *p, struct property_reader *reader);

/* One more, with its name and prefixes; -1: a fault in the line, too many, or
 * no memory. */
int network_begin(struct parser *p);

/* One more, with its defaults, name and addresses; -1 as above. */
int host_begin(struct parser *p);
extern const struct property_table network_properties, host_properties;

/* A capture's words, of a host or a network. */
property_read capture_read;

/* Of a host. */
property_read link_read, tcp_settings_read, serve_read, login_read, text_read,
    console_read;

/* What a plain host has. */
struct scenario_link link_default(void);

#endif
