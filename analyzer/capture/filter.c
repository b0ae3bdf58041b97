#include "analyzer/capture/filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FILE_HEADER_BYTES = 24, FILTER_SNAPLEN = 262144 };

/* The expression on one kind of savefile. */
struct program {
	uint32_t kind;			/* kind_of() */
	bool fits;
	struct bpf_program code;	/* where it fits */
};

struct filter {
	char *expression;
	struct program *list;		/* ascending by kind */
	size_t count, room;
	size_t last;			/* the one used last */
	bool misfit;
	struct errbuf misfit_words;
};

/* An expression that none of these takes is taken for a mistake. */
static const uint16_t tried[] = {
	1,		/* Ethernet: its words are the ones to tell */
	101,		/* raw IP */
	127,		/* 802.11 behind radiotap */
	113,		/* Linux cooked, version 1 */
	276,		/* Linux cooked, version 2 */
	9,		/* PPP */
	0,		/* BSD loopback */
};

/* Link type and byte order: what a program depends on. */
static uint32_t
kind_of(uint16_t link_type, bool big_endian)
{
	return (uint32_t)link_type << 1 | big_endian;
}

static void
put16(uint8_t *at, uint16_t value, bool big_endian)
{
	at[big_endian ? 1 : 0] = (uint8_t)value;
	at[big_endian ? 0 : 1] = (uint8_t)(value >> 8);
}

static void
put32(uint8_t *at, uint32_t value, bool big_endian)
{
	put16(at + (big_endian ? 2 : 0), (uint16_t)value, big_endian);
	put16(at + (big_endian ? 0 : 2), (uint16_t)(value >> 16), big_endian);
}

/*
 * libpcap's handle on a savefile of that kind that has no packets.  A handle
 * that only knows a DLT_ would compile for a live capture on this machine: by
 * its byte order, and by its number for IPv6 where the link layer is BSD's
 * loopback.  libpcap also maps the LINKTYPE_ here.
 */
static pcap_t *
open_savefile(uint32_t kind, char *why)
{
	bool big_endian = kind & 1;
	uint8_t header[FILE_HEADER_BYTES] = { 0 };
	FILE *file;
	pcap_t *pcap;

	put32(header, 0xa1b2c3d4, big_endian);
	put16(header + 4, 2, big_endian);
	put16(header + 6, 4, big_endian);
	put32(header + 16, FILTER_SNAPLEN, big_endian);
	put32(header + 20, kind >> 1, big_endian);
	file = fmemopen(header, sizeof(header), "rb");
	if (file == NULL) {
		snprintf(why, PCAP_ERRBUF_SIZE, "out of memory");
		return NULL;
	}
	/* It reads the header now, and nothing later. */
	pcap = pcap_fopen_offline(file, why);
	if (pcap == NULL)
		fclose(file);
	return pcap;
}

/*
 * One program.  pcap_compile() may run in several threads at once since
 * libpcap 1.8, which is the oldest that the build takes.
 */
static int
compile(const char *expression, uint32_t kind, struct bpf_program *code,
    struct errbuf *err)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = open_savefile(kind, why);
	int result;

	if (pcap == NULL) {
		errbuf_set(err, "%s", why);
		return -1;
	}
	result = pcap_compile(pcap, code, expression, 1,
	    PCAP_NETMASK_UNKNOWN);
	if (result < 0)
		errbuf_set(err, "%s", pcap_geterr(pcap));
	pcap_close(pcap);
	return result < 0 ? -1 : 0;
}

static int
fits_some(const char *expression, struct errbuf *err)
{
	struct bpf_program code;
	struct errbuf other;
	size_t i;

	for (i = 0; i < sizeof(tried) / sizeof(tried[0]); i++)
		if (compile(expression, kind_of(tried[i], false), &code,
		    i == 0 ? err : &other) == 0) {
			pcap_freecode(&code);
			return 0;
		}
	errbuf_prefix(err, expression);
	return -1;
}

struct filter *
filter_new(const char *expression, struct errbuf *err)
{
	struct filter *filter;

	if (fits_some(expression, err) < 0)
		return NULL;
	filter = calloc(1, sizeof(*filter));
	if (filter != NULL)
		filter->expression = strdup(expression);
	if (filter == NULL || filter->expression == NULL) {
		errbuf_set(err, "%s: out of memory", expression);
		free(filter);
		return NULL;
	}
	return filter;
}

/* The first misfit of an input stays. */
static void
note_misfit(struct filter *filter, const struct frame *frame, const char *why)
{
	filter->misfit = true;
	errbuf_set(&filter->misfit_words, "%s: link type %u: %s",
	    filter->expression, (unsigned)frame->link_type, why);
}

/* Where the kind's program stands, or would. */
static size_t
place_of(const struct filter *filter, uint32_t kind)
{
	size_t low = 0, high = filter->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (filter->list[middle].kind < kind)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
grow(struct filter *filter)
{
	size_t room = filter->room == 0 ? 4 : 2 * filter->room;
	struct program *list;

	if (filter->count < filter->room)
		return 0;
	list = memory_resize(filter->list, room, sizeof(*list));
	if (list == NULL)
		return -1;
	filter->list = list;
	filter->room = room;
	return 0;
}

static int
insert(struct filter *filter, size_t place, uint32_t kind)
{
	struct program program = { .kind = kind };
	struct errbuf why;

	if (grow(filter) < 0)
		return -1;
	program.fits = compile(filter->expression, kind, &program.code,
	    &why) == 0;
	memmove(filter->list + place + 1, filter->list + place,
	    (filter->count - place) * sizeof(program));
	filter->list[place] = program;
	filter->count++;
	return 0;
}

/* The kind's program, compiled when it is met first; NULL where memory is
 * short. */
static const struct program *
find(struct filter *filter, uint32_t kind)
{
	size_t place = filter->last;

	if (place < filter->count && filter->list[place].kind == kind)
		return &filter->list[place];
	place = place_of(filter, kind);
	if ((place == filter->count || filter->list[place].kind != kind) &&
	    insert(filter, place, kind) < 0)
		return NULL;
	filter->last = place;
	return &filter->list[place];
}

/* Why the expression does not fit: rarely asked, so compiled once more rather
 * than kept. */
static void
explain_misfit(struct filter *filter, const struct frame *frame,
    uint32_t kind)
{
	struct bpf_program code;
	struct errbuf why;

	if (compile(filter->expression, kind, &code, &why) == 0) {
		pcap_freecode(&code);
		errbuf_set(&why, "out of memory");
	}
	note_misfit(filter, frame, why.text);
}

void
filter_begin(struct filter *filter)
{
	filter->misfit = false;
}

bool
filter_match(struct filter *filter, const struct frame *frame)
{
	uint32_t kind = kind_of(frame->link_type,
	    (frame->flags & FRAME_BIG_ENDIAN) != 0);
	const struct program *program = find(filter, kind);
	struct pcap_pkthdr header = {
		.caplen = frame->cap_len,
		.len = frame->wire_len,
	};

	if (program != NULL && program->fits)
		return pcap_offline_filter(&program->code, &header,
		    frame->data) != 0;
	if (!filter->misfit)
		explain_misfit(filter, frame, kind);
	return false;
}

const char *
filter_misfit(const struct filter *filter)
{
	return filter->misfit ? filter->misfit_words.text : NULL;
}

void
filter_free(struct filter *filter)
{
	size_t i;

	if (filter == NULL)
		return;
	for (i = 0; i < filter->count; i++)
		if (filter->list[i].fits)
			pcap_freecode(&filter->list[i].code);
	free(filter->list);
	free(filter->expression);
	free(filter);
}
