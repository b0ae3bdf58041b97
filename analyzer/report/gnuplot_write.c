#include "analyzer/report/gnuplot.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "analyzer/report/pen.h"

/* A file loads one that loads one that loads one. */
enum { DEPTH_MAX = 8, FILES_MAX = 64 };

struct script {
	struct pen pen;
	bool written[FILES_MAX];	/* by place in gnuplot_files[] */
};

static int put_file(struct script *s, const char *name, size_t len,
    unsigned depth);

/* Between single quotes only '' means anything, and a line has to end where it
 * began: a control character stands between double quotes, as its number. */
static void
put_text(struct pen *pen, const char *text)
{
	pen_put(pen, "'");
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7f)
			pen_printf(pen, "'.\"\\%03o\".'", c);
		else if (c == '\'')
			pen_put(pen, "''");
		else
			pen_write(pen, text, 1);
	}
	pen_put(pen, "'");
}

static void
put_settings(struct pen *pen, const struct gnuplot_setting *settings,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pen_printf(pen, "%s = ", settings[i].name);
		if (settings[i].text != NULL)
			put_text(pen, settings[i].text);
		else
			pen_printf(pen, "%" PRIu64, settings[i].number);
		pen_put(pen, "\n");
	}
}

/* The text behind `words` where the line begins with them, else NULL. */
static const char *
behind(const char *line, const char *words)
{
	size_t n = strlen(words);

	return strncmp(line, words, n) == 0 ? line + n : NULL;
}

/*
 * Is the line a load of another file?  Then *once says whether that is for
 * files drawn alone only: panels load what they share before.
 */
static const char *
loaded(const char *line, size_t *len, bool *once)
{
	const char *name = behind(line,
	    "if (!exists(\"panels\")) { load here.\"");

	*once = name != NULL;
	if (name == NULL)
		name = behind(line + strspn(line, "\t"), "load here.\"");
	if (name != NULL)
		*len = strcspn(name, "\"\n");
	return name;
}

static int
find_file(const char *name, size_t len)
{
	for (int i = 0; i < FILES_MAX && gnuplot_files[i].name != NULL; i++)
		if (strlen(gnuplot_files[i].name) == len &&
		    memcmp(gnuplot_files[i].name, name, len) == 0)
			return i;
	return -1;
}

static int
put_line(struct script *s, const char *line, size_t len, unsigned depth)
{
	size_t name_len;
	bool once;
	const char *name = loaded(line, &name_len, &once);
	int file;

	if (name == NULL) {
		pen_write(&s->pen, line, len);
		return 0;
	}
	file = find_file(name, name_len);
	return once && file >= 0 && s->written[file] ? 0 :
	    put_file(s, name, name_len, depth + 1);
}

static int
put_file(struct script *s, const char *name, size_t len, unsigned depth)
{
	int file = find_file(name, len);
	const char *at;

	if (file < 0 || depth > DEPTH_MAX) {
		errbuf_set(s->pen.err, "%.*s: no such part of a plot",
		    (int)len, name);
		return -1;
	}
	s->written[file] = true;
	for (at = gnuplot_files[file].text; *at != '\0'; ) {
		size_t n = strcspn(at, "\n") + 1;

		if (put_line(s, at, n, depth) == -1)
			return -1;
		at += n;
	}
	return 0;
}

int
gnuplot_write(const char *name, const struct gnuplot_setting *settings,
    size_t count, struct sink *sink, struct errbuf *err)
{
	struct script s = { .pen = { sink, err, 0 } };

	pen_put(&s.pen,
	    "# Written by pcapstat plot.  gnuplot makes the picture again,\n"
	    "# from the data beside this file: what is drawn, and how, may be\n"
	    "# changed here.\n\nhere = ''\n");
	put_settings(&s.pen, settings, count);
	pen_put(&s.pen, "\n");
	if (put_file(&s, name, strlen(name), 0) == -1)
		return -1;
	return s.pen.status;
}
