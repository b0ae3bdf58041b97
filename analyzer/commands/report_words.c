/*
 * Lines that make the same with other commands.
 */
#include <string.h>

#include "analyzer/commands/report_page.h"
#include "analyzer/report/markup.h"
#include "base/text.h"

/* In single quotes where a shell would see more in it than letters. */
static void
put_word(struct pen *pen, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_./,:=+@%";
	const char *quote;

	pen_put(pen, " ");
	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		pen_put(pen, word);
		return;
	}
	pen_put(pen, "'");
	while ((quote = strchr(word, '\'')) != NULL) {
		char part[512];
		size_t len = (size_t)(quote - word);

		len = len < sizeof(part) ? len : sizeof(part) - 1;
		memcpy(part, word, len);
		part[len] = '\0';
		markup_foreign(pen, part);
		word += len;
		if (*word == '\'') {
			pen_put(pen, "'\\''");
			word++;
		}
	}
	markup_foreign(pen, word);
	pen_put(pen, "'");
}

static void
put_time(struct pen *pen, const char *option, int64_t ns, int64_t open)
{
	char text[TEXT_TIME_BYTES + 1];

	if (ns == open)
		return;
	*text_time(text, (struct table_time){ ns, 9 }) = '\0';
	pen_printf(pen, " %s %s", option, text);
}

static void
put_duration(struct pen *pen, const char *option, int64_t ns)
{
	if (ns != 0)
		pen_printf(pen, " %s %lldns", option, (long long)ns);
}

static void
put_options(struct pen *pen, const struct options *o)
{
	if (strcmp(o->local_text, "192.168.0.0/16") != 0) {
		pen_put(pen, " --local");
		put_word(pen, o->local_text);
	}
	if (o->filter != NULL) {
		pen_put(pen, " --filter");
		put_word(pen, o->filter);
	}
	put_time(pen, "--from", o->from_ns, INT64_MIN);
	put_time(pen, "--to", o->to_ns, INT64_MAX);
	if (o->join)
		pen_put(pen, " --join");
}

/* These are for commands that find conversations only. */
static void
put_flow_options(struct pen *pen, const struct options *o, const char *words)
{
	static const char *const others[] = { "summary", "timeline", "gaps",
	    "sizes" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strncmp(words, others[i], strlen(others[i])) == 0)
			return;
	put_duration(pen, "--idle-timeout", o->settings.idle_timeout_ns);
	put_duration(pen, "--active-timeout", o->settings.active_timeout_ns);
}

/* Behind "--" where one of them looks like an option. */
static void
put_inputs(struct pen *pen, const char *const *inputs, size_t count)
{
	bool like_option = false;

	for (size_t i = 0; i < count; i++)
		like_option |= inputs[i][0] == '-' && inputs[i][1] != '\0';
	if (like_option)
		pen_put(pen, " --");
	for (size_t i = 0; i < count; i++)
		put_word(pen, inputs[i]);
}

void
report_put_command(struct pen *pen, const struct options *options,
    const char *words, const struct input *inputs, size_t count)
{
	pen_printf(pen, "<code>pcapstat %s", words);
	put_options(pen, options);
	put_flow_options(pen, options, words);
	if (options->interface != NULL) {
		pen_put(pen, " -i");
		put_word(pen, options->interface);
	} else if (count == 1) {
		put_inputs(pen, &(const char *){ inputs[0].path }, 1);
	} else {
		put_inputs(pen, options->inputs, options->input_count);
	}
	pen_put(pen, "</code>");
}
