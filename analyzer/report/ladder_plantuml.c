/*
 * The diagram for PlantUML (https://plantuml.com/sequence-diagram).
 *
 * Characters that its Creole markup or its preprocessor would obey are written
 * as "<U+XXXX>", which every version since 2013 reads; so is the apostrophe, of
 * which comments are made.
 */
#include <stdio.h>
#include <string.h>

#include "analyzer/report/display.h"
#include "analyzer/report/ladder_label.h"
#include "analyzer/report/ladder_write.h"
#include "analyzer/report/pen.h"

/* Marks that Creole obeys where two of them stand together. */
static bool
is_doubled(const char *text, size_t at)
{
	return strchr("*/_-\".=[]{}()^", text[at]) != NULL &&
	    (text[at + 1] == text[at] || (at > 0 && text[at - 1] == text[at]));
}

/* `quoted`: a quotation mark would end it. */
static void
put_escaped(struct pen *pen, const char *text, bool quoted)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (strncmp(text + i, "\u00a0", 2) == 0)
			pen_put(pen, " "), i++;
		else if (strchr("<>\\~#%&|!@$'", text[i]) != NULL ||
		    (quoted && text[i] == '"') ||
		    is_doubled(text, i))
			pen_printf(pen, "<U+%04X>", (unsigned)text[i]);
		else
			pen_write(pen, text + i, 1);
	}
}

/* Between quotation marks. */
static void
put_foreign(struct pen *pen, const char *text)
{
	struct bytes clean = { 0 };

	if (display_clean(&clean, text) == -1 ||
	    bytes_append(&clean, "", 1) == -1) {
		errbuf_set(pen->err, "out of memory for the diagram");
		pen->status = -1;
	} else {
		put_escaped(pen, (const char *)clean.data, true);
	}
	bytes_reset(&clean);
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
put_note(struct pen *pen, const struct ladder *ladder, uint32_t from,
    uint32_t to)
{
	size_t last = ladder->host_count > 0 ? ladder->host_count - 1 : 0;

	if (from == LADDER_NO_HOST)
		pen_printf(pen, last == 0 ? "note over h0 : " :
		    "note over h0, h%zu : ", last);
	else if (from == to)
		pen_printf(pen, "note over h%u : ", from);
	else
		pen_printf(pen, "note over h%u, h%u : ",
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
		put_arrow(pen, item);
	ladder_time(time, sizeof(time), ladder, item->event.time_ns);
	pen_put(pen, time);
	for (int i = 0; i < LABEL_KINDS; i++) {
		if (label->words[i][0] == '\0' || (i == LABEL_PORTS &&
		    before != NULL && ladder_same_conversation(before,
		    &item->event.packet)))
			continue;
		pen_put(pen, i == LABEL_VERDICT || i >= LABEL_OPTIONS ?
		    "\\n" : " ");
		put_escaped(pen, label->words[i], false);
	}
	pen_put(pen, "\n");
}

static void
put_between(struct pen *pen, const struct ladder *ladder,
    const struct ladder_item *item)
{
	char text[160];

	if (item->kind == LADDER_PAUSE) {
		ladder_duration(text, sizeof(text),
		    ladder_span(item->first_ns, item->last_ns));
		pen_printf(pen, "... pause of %s ...\n", text);
		return;
	}
	put_note(pen, ladder, item->src, item->dst);
	ladder_fold_text(text, sizeof(text), item);
	pen_put(pen, "… ");
	put_escaped(pen, text, false);
	pen_put(pen, "\n");
}

static void
put_hosts(struct pen *pen, const struct ladder *ladder)
{
	char text[96];

	pen_put(pen, "@startuml\nhide footbox\n");
	for (size_t i = 0; i < ladder->host_count; i++) {
		const struct ladder_host *host = &ladder->hosts[i];

		pen_put(pen, "participant \"");
		if (host->name != NULL) {
			put_foreign(pen, host->name);
			pen_put(pen, "\\n");
		}
		ladder_host_text(text, sizeof(text), host);
		put_foreign(pen, text);
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
	pen_put(&pen, "@enduml\n");
	ladder_label_reset(&label);
	return pen.status;
}
