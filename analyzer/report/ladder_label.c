#include "analyzer/report/ladder_label.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/analyses/preview.h"
#include "analyzer/report/display.h"
#include "analyzer/tracker/tcp_flow.h"

enum { HEX_DIGITS = 32 };	/* of a payload that is no text */

/* Nothing breaks at it: a number stays with its name. */
#define NBSP "\u00a0"

/* Appends to the word that is being made. */
static int
say(struct ladder_label *label, const char *text)
{
	return display_clean(&label->memory, text);
}

static int
sayf(struct ladder_label *label, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int
sayf(struct ladder_label *label, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return say(label, text);
}

/* "ICMP"; capitals alone do not do for all. */
static int
say_protocol(struct ladder_label *label, const char *protocol)
{
	static const char *const spelled[][2] = {
		{ "icmpv6", "ICMPv6" }, { "ipv6", "IPv6" },
		{ "udplite", "UDP-Lite" },
	};
	int status = 0;

	for (size_t i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++)
		if (strcmp(protocol, spelled[i][0]) == 0)
			return say(label, spelled[i][1]);
	for (; *protocol != '\0'; protocol++) {
		char one[] = { (char)toupper((unsigned char)*protocol), '\0' };

		status |= say(label, one);
	}
	return status;
}

static int
say_flags(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item)
{
	const struct ladder_packet *p = &item->event.packet;
	const char *protocol = ladder_packet_text(p, LADDER_PROTOCOL);

	(void)ladder;
	if (p->line == LADDER_TCP && p->has_seq)
		return say(label, p->flags == 0 ? "no flags" :
		    tcp_flags_text(p->flags));
	return say_protocol(label, protocol == NULL ? "?" : protocol);
}

static int
say_numbers(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item)
{
	const struct ladder_packet *p = &item->event.packet;
	int status = 0;

	if (p->has_seq)
		status |= sayf(label, "seq" NBSP "%" PRIu32 " ",
		    ladder->relative ? p->rel_seq : p->seq);
	if (p->has_ack)
		status |= sayf(label, "ack" NBSP "%" PRIu32 " ",
		    ladder->relative ? p->rel_ack : p->ack);
	if (p->line != LADDER_OTHER)
		status |= sayf(label, "len" NBSP "%" PRIu32, p->payload_len);
	return status;
}

/* Where the ports are the columns, they need not be said. */
static int
say_ports(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item)
{
	const struct ladder_packet *p = &item->event.packet;

	if (!p->has_ports || (item->src < ladder->host_count &&
	    ladder->hosts[item->src].has_port))
		return 0;
	return sayf(label, "%u \u2192 %u", p->src_port, p->dst_port);
}

/* "gap_filled" is a word for tables. */
static int
say_reason(struct ladder_label *label, const char *reason)
{
	size_t at = label->memory.len;
	int status = say(label, reason);

	for (; at < label->memory.len; at++)
		if (label->memory.data[at] == '_')
			label->memory.data[at] = ' ';
	return status;
}

/* "fast retransmission" alone: that it is a retransmission need not be said. */
static const char *
without_general(const char *verdict)
{
	static const char general[] = "retransmission, ";
	const char *special = verdict + sizeof(general) - 1;

	if (strncmp(verdict, general, sizeof(general) - 1) == 0 &&
	    (strncmp(special, "fast r", 6) == 0 ||
	    strncmp(special, "spurious r", 10) == 0))
		return special;
	return verdict;
}

static int
say_verdict(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item)
{
	const struct ladder_packet *p = &item->event.packet;
	const char *verdict = ladder_packet_text(p, LADDER_VERDICT);
	const char *reason = ladder_packet_text(p, LADDER_REASON);

	(void)ladder;
	if (verdict == NULL)
		return 0;
	verdict = without_general(verdict);
	if (say(label, verdict) == -1)
		return -1;
	return reason == NULL ? 0 : say(label, " (") |
	    say_reason(label, reason) | say(label, ")");
}

static int
say_fate(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item)
{
	static const char *const words[] = {
		[LADDER_SEEN] = "",
		[LADDER_LOST] = "lost",
		[LADDER_UNSENT] = "not seen leaving",
		[LADDER_RESIZED] = "cut or joined on the way",
	};
	const struct ladder_event *e = &item->event;

	(void)ladder;
	return say(label, words[e->fate]) |
	    say(label, e->reordered ? "reordered" : "");
}

/* None at all shows that two views come from one capture. */
static int
say_delay(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item)
{
	int64_t delay_ns = item->event.delay_ns;
	char delay[32];

	(void)ladder;
	if (delay_ns == TABLE_NO_I64 || delay_ns == 0)
		return 0;
	ladder_duration(delay, sizeof(delay), delay_ns);
	return sayf(label, "delay %s", delay);
}

static int
say_text(struct ladder_label *label, const struct ladder_packet *p,
    enum ladder_text which)
{
	const char *text = ladder_packet_text(p, which);

	return text == NULL ? 0 : say(label, text);
}

static int
say_option(struct ladder_label *label, const char *text, size_t len)
{
	char one[2] = "";
	int status = 0;

	for (size_t i = 0; i < len; i++) {
		one[0] = text[i];
		status |= say(label, text[i] == ' ' ? NBSP : one);
	}
	return status;
}

/* "mss 1460, wscale 7" without time stamps, which tell a reader nothing. */
static int
say_options(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item)
{
	const struct ladder_packet *p = &item->event.packet;
	const char *at = ladder_packet_text(p, LADDER_OPTIONS);
	bool first = true;
	int status = 0;

	(void)ladder;
	/* Later segments repeat little else. */
	if ((p->flags & TCP_SYN) == 0 || at == NULL)
		return 0;
	while (*at != '\0') {
		size_t len = strcspn(at, ",");

		if (strncmp(at, "ts ", 3) != 0) {
			status |= say(label, first ? "" : ", ") |
			    say_option(label, at, len);
			first = false;
		}
		at += len;
		at += strspn(at, ", ");
	}
	return status;
}

static int
say_info(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item)
{
	const struct ladder_packet *p = &item->event.packet;
	const char *from = ladder_packet_text(p, LADDER_SRC_LINK);
	const char *to = ladder_packet_text(p, LADDER_DST_LINK);
	int status = say_text(label, p, LADDER_INFO);

	(void)ladder;
	if (item->kind != LADDER_NOTE || from == NULL || to == NULL)
		return status;
	return status | say(label, p->text_at[LADDER_INFO] != 0 ? " (" : "(") |
	    say(label, from) | say(label, " \u2192 ") | say(label, to) |
	    say(label, ")");
}

/* The preview is of so many bytes: hex has more digits, text has not more
 * characters than that, unless some are escaped. */
static bool
is_hex(const char *preview, size_t bytes)
{
	size_t len = strlen(preview);

	return len > bytes && len % 2 == 0 &&
	    strspn(preview, "0123456789abcdef") == len;
}

/* What DNS and ICMP say reads better than their bytes. */
static int
say_preview(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item)
{
	const struct ladder_packet *p = &item->event.packet;
	const char *preview = ladder_packet_text(p, LADDER_PREVIEW);
	bool cut = p->payload_len > PREVIEW_BYTES_MAX, hex;

	(void)ladder;
	if (preview == NULL || p->text_at[LADDER_INFO] != 0)
		return 0;
	hex = is_hex(preview, cut ? PREVIEW_BYTES_MAX : p->payload_len);
	if (hex)
		return sayf(label, "0x%.*s%s", HEX_DIGITS, preview,
		    strlen(preview) > HEX_DIGITS ? "\u2026" : "");
	return say(label, "\"") | say(label, preview) |
	    say(label, cut ? "\u2026" : "") | say(label, "\"");
}

static int (*const sayers[LABEL_KINDS])(struct ladder_label *,
    const struct ladder *, const struct ladder_item *) = {
	[LABEL_FLAGS] = say_flags,
	[LABEL_NUMBERS] = say_numbers,
	[LABEL_PORTS] = say_ports,
	[LABEL_VERDICT] = say_verdict,
	[LABEL_FATE] = say_fate,
	[LABEL_DELAY] = say_delay,
	[LABEL_OPTIONS] = say_options,
	[LABEL_INFO] = say_info,
	[LABEL_PREVIEW] = say_preview,
};

int
ladder_label_make(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item, struct errbuf *err)
{
	size_t at[LABEL_KINDS];
	int status = 0;

	label->memory.len = 0;
	for (int i = 0; i < LABEL_KINDS; i++) {
		at[i] = label->memory.len;
		status |= sayers[i](label, ladder, item);
		/* "len" may lack behind the others. */
		while (label->memory.len > at[i] &&
		    label->memory.data[label->memory.len - 1] == ' ')
			label->memory.len--;
		status |= bytes_append(&label->memory, "", 1);
	}
	if (status != 0) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	for (int i = 0; i < LABEL_KINDS; i++)
		label->words[i] = (const char *)label->memory.data + at[i];
	return 0;
}

void
ladder_label_reset(struct ladder_label *label)
{
	bytes_reset(&label->memory);
	*label = (struct ladder_label){ 0 };
}

enum ladder_mark
ladder_mark(const struct ladder_event *e)
{
	uint32_t what = e->packet.verdicts;

	if (e->fate == LADDER_LOST)
		return MARK_LOST;
	if (what & (TCP_IS_RETRANSMISSION | TCP_IS_KEEP_ALIVE |
	    TCP_IS_WINDOW_PROBE))
		return MARK_RETRANSMISSION;
	if (e->reordered || (what & TCP_IS_OUT_OF_ORDER))
		return MARK_REORDERED;
	return what != 0 || e->fate != LADDER_SEEN ||
	    (e->packet.flags & TCP_RST) ? MARK_ODD : MARK_NONE;
}
