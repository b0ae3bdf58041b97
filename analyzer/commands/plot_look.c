#include "analyzer/commands/plot_look.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/commands/terminal.h"
#include "base/parse.h"

enum {
	PIXELS_MIN = 200, PIXELS_MAX = 20000,
	CHARACTERS_MIN = 40, CHARACTERS_MAX = 1000,
	LINES_MIN = 12, LINES_USUAL_MAX = 50,
};

static const char *const endings[] = { ".png", ".svg", ".pdf", ".txt" };

/* -1: none that a picture has. */
static int
ending_of(const char *path)
{
	size_t len = strlen(path);
	const char *slash = strrchr(path, '/');
	size_t name = slash == NULL ? len : len - (size_t)(slash + 1 - path);

	for (int i = 0; i < 4; i++)
		if (name > strlen(endings[i]) && strcmp(path + len -
		    strlen(endings[i]), endings[i]) == 0)
			return i;
	return -1;
}

static int
settle_size(struct plot_look *look, const struct options *o,
    struct errbuf *err)
{
	const char *size = o->size, *x;
	char *width;
	int status = -1;

	if (size == NULL)
		return 0;
	x = strchr(size, 'x');
	width = x == NULL ? NULL : strndup(size, (size_t)(x - size));
	if (width == NULL)
		errbuf_set(err, "%s: not WIDTHxHEIGHT", size);
	else if (parse_u64(width, look->text ? CHARACTERS_MIN : PIXELS_MIN,
	    look->text ? CHARACTERS_MAX : PIXELS_MAX, &look->width, err) == 0 &&
	    parse_u64(x + 1, look->text ? LINES_MIN : PIXELS_MIN,
	    look->text ? CHARACTERS_MAX : PIXELS_MAX, &look->height, err) == 0)
		status = 0;
	free(width);
	if (status == -1)
		errbuf_prefix(err, "--size");
	return status;
}

/* As text on a terminal a picture is as large as that. */
static void
settle_terminal(struct plot_look *look, const struct options *o)
{
	size_t width = terminal_width(), height = terminal_height();

	if (o->output != NULL || look->width != 0)
		return;
	if (width >= CHARACTERS_MIN)
		look->width = width;
	if (height > LINES_MIN && !look->kind->captures)
		look->height = height - 1 < LINES_USUAL_MAX ? height - 1 :
		    LINES_USUAL_MAX;
}

/* Does the kind have what is asked for? */
static int
check_kind(const struct plot_look *look, const struct options *o,
    struct errbuf *err)
{
	const char *wrong = NULL;

	if (o->log && !look->kind->counts)
		wrong = "--log: %s has no axis for it";
	else if (o->connection != 0 && !look->kind->connection &&
	    !look->kind->connections)
		wrong = "--connection: %s is not of connections";
	else if ((o->settings.interval_ns != 0 || o->settings.interval_auto) &&
	    strcmp(look->kind->table, "timeline") != 0)
		wrong = "--interval: %s has none";
	if (wrong == NULL)
		return 0;
	errbuf_set(err, wrong, look->kind->name);
	return -1;
}

int
plot_look_settle(struct plot_look *look, const struct options *o,
    struct errbuf *err)
{
	int ending = 3;

	*look = (struct plot_look){ .text = false };
	if (o->kind == NULL) {
		errbuf_set(err, "no KIND of plot");
		return -1;
	}
	look->kind = plot_kind_find(o->kind, err);
	if (look->kind == NULL || check_kind(look, o, err) == -1)
		return -1;
	if (o->output != NULL)
		ending = ending_of(o->output);
	if (ending == -1) {
		errbuf_set(err, "%s: a picture's name ends in .png, .svg, "
		    ".pdf or .txt", o->output);
		return -1;
	}
	look->text = ending == 3;
	if (settle_size(look, o, err) == -1)
		return -1;
	settle_terminal(look, o);
	return 0;
}
