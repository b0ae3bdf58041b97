/*
 * How a scenario is read: a statement in column 1, its properties on indented
 * lines below it.  Private to the files of this room.
 *
 * Reading comes first, line by line, by tables of properties; then what names
 * other things is resolved, and all is held against each other (check.h).  For
 * that the drafts keep where in the text things stand.
 */
#ifndef TRAFFIC_SCENARIO_PARSER_H
#define TRAFFIC_SCENARIO_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/script/script_line.h"
#include "traffic/scenario/scenario.h"

/* Where a word stands; line 0: it does not. */
struct place {
	size_t line, column;
};

/* A name of a host, until it is resolved. */
struct reference {
	char *name;
	struct place place;
};

struct network_draft {
	struct place name, prefix[2], router[2];
};

struct host_draft {
	struct place name, address[2], mac, mtu, dns_name;
	struct reference resolver;
};

struct action_draft {
	struct reference from, to;
	struct place port, at, ipv6, by_name, framing, login, size;
};

struct statement;

struct parser {
	struct script_line line;	/* that is read */
	const struct statement *statement;	/* whose properties follow */
	uint64_t seen;		/* rows of its table that were there */

	struct scenario *scenario;
	/* As many as there are in the scenario. */
	struct network_draft *networks;
	struct host_draft *hosts;
	struct action_draft *actions;
	struct place start;

	uint64_t count, bytes;	/* of all actions so far */
};

/* "FILE:LINE:COLUMN: ..." of where the line is, or of elsewhere; always -1. */
#define parser_fault(p, at, ...) script_line_fault(&(p)->line, at, __VA_ARGS__)
int parser_fault_at(const struct parser *p, struct place place,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What is right and hardly meant; the first of a scenario is kept. */
void parser_hint(struct parser *p, struct place place, const char *what);

/* "out of memory", at the place that is read; -1 likewise. */
int parser_no_memory(const struct parser *p);

/* A word that names or measures something. */
enum { WORD_BYTES = 256 };
struct word {
	const char *at;
	char text[WORD_BYTES];
};

/* -1: there is none ("WHAT is missing"), or it is too long. */
int parser_word(struct parser *p, const char *what, struct word *word);

/* The next word has to be this one. */
int parser_expect(struct parser *p, const char *word);

/* Is it?  Then it is taken. */
bool parser_accept(struct parser *p, const char *word);

/* Nothing may follow. */
int parser_line_end(struct parser *p);

/* Of a byte in the line that is read; columns count from 1. */
struct place parser_place(const struct parser *p, const char *at);

/* A name (scenario.h), for the caller to free. */
int parser_name(struct parser *p, const char *what, char **out,
    struct place *place);

/* The same, where a host is meant that may stand further down. */
int parser_reference(struct parser *p, const char *what,
    struct reference *out);

/* A word, or any UTF-8 text in quotes; *out was NULL. */
int parser_string(struct parser *p, const char *what, char **out,
    const char **at);

/* A host's name in the DNS; at most `most` bytes. */
int parser_domain(struct parser *p, char **out, struct place *place,
    size_t most);

/*
 * One more, zeros, in *array (a pointer to items) of *count, which may move.
 * NULL without memory.
 */
#define parser_add(array, count) \
	parser_add_item(array, count, sizeof(**(array)))
void *parser_add_item(void *array, size_t *count, size_t size);

/* Appends to a text that is kept terminated; -1 without memory. */
int parser_append(char **text, size_t *len, const char *more, size_t n);

/* The last that was begun. */
struct scenario_network *parser_network(struct parser *p);

/* Borrowed, like all of these: parser_add() of the kind may move it. */
struct scenario_host *parser_host(struct parser *p);

/* Where the words of that host stand. */
struct host_draft *parser_host_draft(struct parser *p);

/* Its names are not resolved before check_actions(). */
struct scenario_action *parser_action(struct parser *p);

/* Where the words of that action stand, and the names. */
struct action_draft *parser_action_draft(struct parser *p);

#endif
