/*
 * The diagram for PlantUML (https://plantuml.com/sequence-diagram).
 *
 * Characters that its Creole markup or its preprocessor would obey are written
 * as "<U+XXXX>", which every version since 2013 reads; so is the apostrophe, of
 * which comments are made.
 */
#include <string.h>

#include "analyzer/report/ladder_label.h"
#include "analyzer/report/ladder_script.h"
#include "analyzer/report/ladder_write.h"

/* Marks that Creole obeys where two of them stand together. */
static bool
is_doubled(const char *text, size_t at)
{
	return strchr("*/_-\".=[]{}()^", text[at]) != NULL &&
	    (text[at + 1] == text[at] || (at > 0 && text[at - 1] == text[at]));
}

static void
put_character(struct pen *pen, const char *text, size_t at)
{
	if (strchr("<>\\~#%&|!@$'", text[at]) != NULL || is_doubled(text, at))
		pen_printf(pen, "<U+%04X>", (unsigned)text[at]);
	else
		pen_write(pen, text + at, 1);
}

static void
put_escaped(struct pen *pen, const char *text)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (strncmp(text + i, "\u00a0", 2) == 0)
			pen_put(pen, " "), i++;
		else
			put_character(pen, text, i);
	}
}

/* Between quotation marks, of which one would end it. */
static void
put_quoted(struct pen *pen, const char *text)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (text[i] == '"')
			pen_put(pen, "<U+0022>");
		else
			put_character(pen, text, i);
	}
}

static const char *
arrow_of(const struct ladder_event *e)
{
	static const char *const colours[MARKS] = {
		[MARK_NONE] = "", [MARK_RETRANSMISSION] = "[#A33A00,bold]",
		[MARK_REORDERED] = "[#7A2A8C]", [MARK_LOST] = "[#B80F2E]",
		[MARK_ODD] = "",
	};

	return colours[ladder_mark(e)];
}

/* Dashes double where the line is dashed; "x" crosses an arrow's end. */
static void
put_arrow(struct pen *pen, const struct ladder_item *item)
{
	bool solid = item->event.packet.line == LADDER_TCP;

	pen_printf(pen, "h%u -%s%s>%s h%u : ", item->src,
	    arrow_of(&item->event), solid ? "" : "-",
	    item->event.fate == LADDER_LOST ? "x" :
	    item->event.packet.line == LADDER_OTHER ? ">" : "", item->dst);
}

static void
put_note(struct pen *pen, uint32_t low, uint32_t high)
{
	if (low == high)
		pen_printf(pen, "note over h%u : ", low);
	else
		pen_printf(pen, "note over h%u, h%u : ", low, high);
}

static void
put_pause(struct pen *pen, uint32_t low, uint32_t high, const char *duration)
{
	(void)low;
	(void)high;
	pen_printf(pen, "... pause of %s ...\n", duration);
}

static const struct ladder_script plantuml = {
	.line_break = "\\n",
	.arrow = put_arrow,
	.note = put_note,
	.escape = put_escaped,
	.pause = put_pause,
};

static void
put_hosts(struct pen *pen, const struct ladder *ladder)
{
	char text[96];

	pen_put(pen, "@startuml\nhide footbox\n");
	for (size_t i = 0; i < ladder->host_count; i++) {
		const struct ladder_host *host = &ladder->hosts[i];

		pen_put(pen, "participant \"");
		if (host->name != NULL) {
			ladder_script_foreign(pen, host->name, put_quoted);
			pen_put(pen, "\\n");
		}
		ladder_host_text(text, sizeof(text), host);
		put_quoted(pen, text);
		pen_printf(pen, "\" as h%zu\n", i);
	}
	if (ladder->host_count == 0)
		pen_put(pen, "participant network as h0\n");
}

int
ladder_write_plantuml(const struct ladder *ladder,
    const struct ladder_style *style, struct sink *sink, struct errbuf *err)
{
	struct pen pen = { sink, err, 0 };

	(void)style;
	put_hosts(&pen, ladder);
	ladder_script_items(&pen, ladder, &plantuml);
	pen_put(&pen, "@enduml\n");
	return pen.status;
}
