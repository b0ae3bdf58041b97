#include "analyzer/report/ladder_script.h"

#include "analyzer/report/display.h"
#include "analyzer/report/ladder_label.h"

static void
fail(struct pen *pen)
{
	errbuf_set(pen->err, "out of memory for the diagram");
	pen->status = -1;
}

void
ladder_script_foreign(struct pen *pen, const char *text,
    void (*escape)(struct pen *pen, const char *text))
{
	struct bytes clean = { 0 };

	if (display_clean(&clean, text) == -1 ||
	    bytes_append(&clean, "", 1) == -1)
		fail(pen);
	else
		escape(pen, (const char *)clean.data);
	bytes_reset(&clean);
}

/* The columns that a note lies over: those of its ends, or all. */
static void
find_columns(const struct ladder *ladder, const struct ladder_item *item,
    uint32_t *low, uint32_t *high)
{
	*low = 0;
	*high = ladder->host_count > 0 ? (uint32_t)ladder->host_count - 1 : 0;
	if (item->src == LADDER_NO_HOST)
		return;
	*low = item->src < item->dst ? item->src : item->dst;
	*high = item->src < item->dst ? item->dst : item->src;
}

static void
put_packet(struct pen *pen, const struct ladder *ladder,
    const struct ladder_script *script, struct ladder_label *label,
    const struct ladder_item *item, const struct ladder_packet *before)
{
	uint32_t low, high;
	char time[48];

	if (ladder_label_make(label, ladder, item, pen->err) == -1) {
		pen->status = -1;
		return;
	}
	find_columns(ladder, item, &low, &high);
	if (item->kind == LADDER_NOTE)
		script->note(pen, low, high);
	else
		script->arrow(pen, item);
	ladder_time(time, sizeof(time), ladder, item->event.time_ns);
	pen_put(pen, time);
	for (int i = 0; i < LABEL_KINDS; i++) {
		/* Ports are said when the conversation changes. */
		if (label->words[i][0] == '\0' || (i == LABEL_PORTS &&
		    before != NULL && ladder_same_conversation(before,
		    &item->event.packet)))
			continue;
		pen_put(pen, i == LABEL_VERDICT || i >= LABEL_OPTIONS ?
		    script->line_break : " ");
		script->escape(pen, label->words[i]);
	}
	pen_put(pen, "\n");
}

static void
put_between(struct pen *pen, const struct ladder *ladder,
    const struct ladder_script *script, const struct ladder_item *item)
{
	uint32_t low, high;
	char text[160];

	find_columns(ladder, item, &low, &high);
	if (item->kind == LADDER_PAUSE) {
		ladder_duration(text, sizeof(text),
		    ladder_span(item->first_ns, item->last_ns));
		script->pause(pen, low, high, text);
		return;
	}
	script->note(pen, low, high);
	ladder_fold_text(text, sizeof(text), item);
	pen_put(pen, "… ");
	script->escape(pen, text);
	pen_put(pen, "\n");
}

void
ladder_script_items(struct pen *pen, const struct ladder *ladder,
    const struct ladder_script *script)
{
	struct ladder_label label = { 0 };
	const struct ladder_packet *before = NULL;

	for (size_t i = 0; i < ladder->count && pen->status == 0; i++) {
		const struct ladder_item *item = &ladder->items[i];

		if (item->kind == LADDER_FOLD || item->kind == LADDER_PAUSE) {
			put_between(pen, ladder, script, item);
			continue;
		}
		put_packet(pen, ladder, script, &label, item, before);
		before = &item->event.packet;
	}
	ladder_label_reset(&label);
}
