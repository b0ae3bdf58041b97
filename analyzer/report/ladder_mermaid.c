/*
 * The diagram for Mermaid (https://mermaid.js.org/syntax/sequenceDiagram.html):
 * a line a message, which GitHub, GitLab and many note books draw.
 *
 * A character that Mermaid would obey is written as its number: "#59;".  Two
 * dollar signs begin a formula.
 */
#include <stdio.h>
#include <string.h>

#include "analyzer/report/display.h"
#include "analyzer/report/ladder_label.h"
#include "analyzer/report/ladder_write.h"
#include "analyzer/report/pen.h"

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

static int
put_foreign(struct pen *pen, const char *text)
{
	struct bytes clean = { 0 };
	int status = display_clean(&clean, text) | bytes_append(&clean, "", 1);

	if (status == 0)
		put_escaped(pen, (const char *)clean.data);
	else
		errbuf_set(pen->err, "out of memory for the diagram");
	if (status != 0)
		pen->status = -1;
	bytes_reset(&clean);
	return status;
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

/* A note over all columns, or those two. */
static void
put_note(struct pen *pen, const struct ladder *ladder, uint32_t from,
    uint32_t to)
{
	if (from == LADDER_NO_HOST) {
		from = 0;
		to = ladder->host_count > 0 ?
		    (uint32_t)ladder->host_count - 1 : 0;
	}
	if (from == to)
		pen_printf(pen, "    Note over h%u: ", from);
	else
		pen_printf(pen, "    Note over h%u,h%u: ",
		    from < to ? from : to, from < to ? to : from);
}

static void
put_packet(struct pen *pen, const struct ladder *ladder,
    struct ladder_label *label, const struct ladder_item *item,
    const struct ladder_packet *before)
{
	char time[48];

	if (ladder_label_make(label, ladder, item, pen->err) == -1) {
		pen->status = -1;
		return;
	}
	if (item->kind == LADDER_NOTE)
		put_note(pen, ladder, LADDER_NO_HOST, LADDER_NO_HOST);
	else
		pen_printf(pen, "    h%u%sh%u: ", item->src,
		    arrow_of(&item->event), item->dst);
	ladder_time(time, sizeof(time), ladder, item->event.time_ns);
	pen_printf(pen, "%s", time);
	for (int i = 0; i < LABEL_KINDS; i++) {
		if (label->words[i][0] == '\0' || (i == LABEL_PORTS &&
		    before != NULL && ladder_same_conversation(before,
		    &item->event.packet)))
			continue;
		pen_put(pen, i == LABEL_VERDICT || i >= LABEL_OPTIONS ?
		    "<br/>" : " ");
		put_escaped(pen, label->words[i]);
	}
	pen_put(pen, "\n");
}

static void
put_between(struct pen *pen, const struct ladder *ladder,
    const struct ladder_item *item)
{
	char text[160], duration[32];

	put_note(pen, ladder, item->src, item->dst);
	if (item->kind == LADDER_FOLD) {
		ladder_fold_text(text, sizeof(text), item);
		pen_put(pen, "… ");
	} else {
		ladder_duration(duration, sizeof(duration),
		    ladder_span(item->first_ns, item->last_ns));
		snprintf(text, sizeof(text), "pause of %s", duration);
	}
	put_escaped(pen, text);
	pen_put(pen, "\n");
}

static void
put_hosts(struct pen *pen, const struct ladder *ladder)
{
	char text[96];

	pen_put(pen, "sequenceDiagram\n");
	for (size_t i = 0; i < ladder->host_count; i++) {
		const struct ladder_host *host = &ladder->hosts[i];

		pen_printf(pen, "    participant h%zu as ", i);
		if (host->name != NULL) {
			put_foreign(pen, host->name);
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
	struct ladder_label label = { 0 };
	const struct ladder_packet *before = NULL;

	(void)style;
	put_hosts(&pen, ladder);
	for (size_t i = 0; i < ladder->count && pen.status == 0; i++) {
		const struct ladder_item *item = &ladder->items[i];

		if (item->kind == LADDER_FOLD || item->kind == LADDER_PAUSE) {
			put_between(&pen, ladder, item);
			continue;
		}
		put_packet(&pen, ladder, &label, item, before);
		before = &item->event.packet;
	}
	ladder_label_reset(&label);
	return pen.status;
}
