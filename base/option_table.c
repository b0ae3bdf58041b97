#include "base/option_table.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parse.h"

/* What getopt_long calls an operand, and the first of the letters of options
 * that have none: these are LONG + their row. */
enum { OPERAND = 1, LONG = 256 };

/* Where --help's texts begin. */
enum { HELP_COLUMN = 32 };

/* What getopt_long wants. */
struct getopt_tables {
	struct option longs[OPTION_ROWS_MAX * OPTION_NAMES + 1];
	char shorts[1 + 3 * OPTION_ROWS_MAX + 1];
};

static int
letter_of(const struct option_table *table, const struct option_row *row)
{
	return row->letter != 0 ? row->letter :
	    LONG + (int)(row - table->rows);
}

static void
make_tables(const struct option_table *table, unsigned groups,
    struct getopt_tables *t)
{
	char *at = t->shorts;
	size_t n = 0;

	/* Operands come in their place, as letter 1, not behind all options. */
	*at++ = '-';
	for (size_t i = 0; i < table->count; i++) {
		const struct option_row *row = &table->rows[i];

		if (!(groups & row->groups))
			continue;
		for (size_t k = 0; k < OPTION_NAMES &&
		    row->names[k] != NULL; k++)
			t->longs[n++] = (struct option){ row->names[k],
			    row->argument != NULL, NULL,
			    letter_of(table, row) };
		if (row->letter != 0) {
			*at++ = (char)row->letter;
			if (row->argument != NULL)
				*at++ = ':';
		}
	}
	*at = '\0';
	t->longs[n] = (struct option){ 0 };
}

static int
add_word(struct option_list *list, const char *text, struct errbuf *err)
{
	const char **grown = memory_resize(list->texts, list->count + 1,
	    sizeof(*grown));

	if (grown == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	list->texts = grown;
	list->texts[list->count++] = text;
	return 0;
}

static int
read_size(uint64_t min, const char *text, uint64_t *out, struct errbuf *err)
{
	if (parse_size(text, out, err) == -1)
		return -1;
	if (*out >= min)
		return 0;
	errbuf_set(err, "%s is less than %llu bytes", text,
	    (unsigned long long)min);
	return -1;
}

static int
read_value(const struct option_row *row, void *values, char *text,
    struct errbuf *err)
{
	void *at = (char *)values + row->at;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return 0;
	case OPTION_WORD:
		*(const char **)at = text;
		return 0;
	case OPTION_WORDS:
		return add_word(at, text, err);
	case OPTION_NUMBER:
		return parse_u64(text, row->min, row->max, at, err);
	case OPTION_SIZE:
		return read_size(row->min, text, at, err);
	case OPTION_DURATION:
		return parse_duration(text, at, err);
	case OPTION_TIME:
		return parse_time(text, at, err);
	case OPTION_OTHER:
		break;
	}
	return row->set(values, text, err);
}

static int
set_option(const struct option_table *table, unsigned groups, int letter,
    void *values, char *text, struct errbuf *err)
{
	char name[32];

	for (size_t i = 0; i < table->count; i++) {
		const struct option_row *row = &table->rows[i];

		if (!(groups & row->groups) || letter_of(table, row) != letter)
			continue;
		if (read_value(row, values, text, err) == 0)
			return 0;
		snprintf(name, sizeof(name), "--%s", row->names[0]);
		errbuf_prefix(err, name);
		return -1;
	}
	err->text[0] = '\0';	/* getopt_long has said it */
	return -1;
}

int
option_table_read(const struct option_table *table, unsigned groups,
    void *values, void (*operand)(void *values, const char *text), int argc,
    char **argv, struct errbuf *err)
{
	struct getopt_tables tables;
	char program[32], *word = argv[0];
	int letter, status = 0;

	make_tables(table, groups, &tables);
	/* getopt_long() begins its lines with argv[0], which may be a command
	 * here. */
	snprintf(program, sizeof(program), "%s", table->program);
	argv[0] = program;
	optind = 1;
	while (status == 0 && (letter = getopt_long(argc, argv, tables.shorts,
	    tables.longs, NULL)) != -1) {
		if (letter == OPERAND)
			operand(values, optarg);
		else
			status = set_option(table, groups, letter, values,
			    optarg, err);
	}
	argv[0] = word;
	for (; status == 0 && optind < argc; optind++)
		operand(values, argv[optind]);
	return status;
}

static void
help_row(const struct option_row *row)
{
	int n = row->letter != 0 ? printf("  -%c, ", row->letter) :
	    printf("      ");

	for (size_t k = 0; k < OPTION_NAMES && row->names[k] != NULL; k++)
		n += printf("%s--%s", k == 0 ? "" : ", ", row->names[k]);
	if (row->argument != NULL)
		n += printf(" %s", row->argument);
	/* Two blanks at least, or a line of its own. */
	if (n > HELP_COLUMN - 2) {
		putchar('\n');
		n = 0;
	}
	printf("%*s%s\n", HELP_COLUMN - n, "", row->help);
}

void
option_table_help(const struct option_table *table, unsigned groups)
{
	for (size_t i = 0; i < table->count; i++)
		if (groups & table->rows[i].groups)
			help_row(&table->rows[i]);
}
