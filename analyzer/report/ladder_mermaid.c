/*
 * The diagram for Mermaid (https://mermaid.js.org/syntax/sequenceDiagram.html):
 * a line a message, which GitHub, GitLab and many note books draw.
 *
 * A character that Mermaid would obey is written as its number: "#59;".  Two
 * dollar signs begin a formula.
 */
#include <string.h>

#include "analyzer/report/ladder_label.h"
#include "analyzer/report/ladder_script.h"
#include "analyzer/report/ladder_write.h"

static void
put_escaped(struct pen *pen, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strncmp(text, "\u00a0", 2) == 0)
			pen_put(pen, " "), text++;
		else if (strchr("#;<>&%$`\\", *text) != NULL)
			pen_printf(pen, "#%d;", *text);
		else
			pen_write(pen, text, 1);
	}
}

/* Arrow by line: solid, dashed; what is neither TCP nor UDP has an open
 * head. */
static const char *
arrow_of(const struct ladder_event *e)
{
	static const char *const arrows[] = {
		[LADDER_TCP] = "->>", [LADDER_UDP] = "-->>",
		[LADDER_OTHER] = "--)",
	};

	if (e->fate == LADDER_LOST)
		return e->packet.line == LADDER_TCP ? "-x" : "--x";
	return arrows[e->packet.line];
}

static void
put_arrow(struct pen *pen, const struct ladder_item *item)
{
	pen_printf(pen, "    h%u%sh%u: ", item->src, arrow_of(&item->event),
	    item->dst);
}

static void
put_note(struct pen *pen, uint32_t low, uint32_t high)
{
	if (low == high)
		pen_printf(pen, "    Note over h%u: ", low);
	else
		pen_printf(pen, "    Note over h%u,h%u: ", low, high);
}

static void
put_pause(struct pen *pen, uint32_t low, uint32_t high, const char *duration)
{
	put_note(pen, low, high);
	pen_put(pen, "pause of ");
	put_escaped(pen, duration);
	pen_put(pen, "\n");
}

static const struct ladder_script mermaid = {
	.line_break = "<br/>",
	.arrow = put_arrow,
	.note = put_note,
	.escape = put_escaped,
	.pause = put_pause,
};

static void
put_hosts(struct pen *pen, const struct ladder *ladder)
{
	char text[96];

	pen_put(pen, "sequenceDiagram\n");
	for (size_t i = 0; i < ladder->host_count; i++) {
		const struct ladder_host *host = &ladder->hosts[i];

		pen_printf(pen, "    participant h%zu as ", i);
		if (host->name != NULL) {
			ladder_script_foreign(pen, host->name, put_escaped);
			pen_put(pen, "<br/>");
		}
		ladder_host_text(text, sizeof(text), host);
		put_escaped(pen, text);
		pen_put(pen, "\n");
	}
	/* Notes have to lie over something. */
	if (ladder->host_count == 0)
		pen_put(pen, "    participant h0 as network\n");
}

int
ladder_write_mermaid(const struct ladder *ladder,
    const struct ladder_style *style, struct sink *sink, struct errbuf *err)
{
	struct pen pen = { sink, err, 0 };

	(void)style;
	put_hosts(&pen, ladder);
	ladder_script_items(&pen, ladder, &mermaid);
	return pen.status;
}
