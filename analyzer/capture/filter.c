#include "analyzer/capture/filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* What tcpdump keeps of a frame unless told otherwise; a filter is compiled
 * for a length, and programs return it, but never look at it. */
enum { FILTER_SNAPLEN = 262144 };

/* The expression on one link type. */
struct program {
	uint16_t link_type;
	bool fits;
	struct bpf_program code;	/* where it fits */
};

struct filter {
	char *expression;
	struct program *list;		/* ascending by link type */
	size_t count, room;
	size_t last;			/* the one used last */
	bool misfit;
	struct errbuf misfit_words;
};

/*
 * LINKTYPE_ numbers are the same everywhere and DLT_ numbers are not.  libpcap
 * maps one to the other where it reads a savefile, but does not lend its
 * table; these are the rows where they differ.
 */
static const struct {
	uint16_t link_type;
	int dlt;
} differing[] = {
	{ 100, DLT_ATM_RFC1483 },
	{ 101, DLT_RAW },
	{ 102, DLT_SLIP_BSDOS },
	{ 103, DLT_PPP_BSDOS },
	{ 106, DLT_ATM_CLIP },
#ifdef DLT_PFSYNC
	{ 246, DLT_PFSYNC },
#endif
#ifdef DLT_PKTAP
	{ 258, DLT_PKTAP },
#endif
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

static int
dlt_of(uint16_t link_type)
{
	size_t i;

	for (i = 0; i < sizeof(differing) / sizeof(differing[0]); i++)
		if (differing[i].link_type == link_type)
			return differing[i].dlt;
	return link_type;
}

/*
 * One program.  pcap_compile() may run in several threads at once since
 * libpcap 1.8, which is the oldest that the build takes.
 */
static int
compile(const char *expression, uint16_t link_type, struct bpf_program *code,
    struct errbuf *err)
{
	pcap_t *pcap = pcap_open_dead(dlt_of(link_type), FILTER_SNAPLEN);
	int result;

	if (pcap == NULL) {
		errbuf_set(err, "out of memory");
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
		if (compile(expression, tried[i], &code,
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

/* The first misfit stays. */
static void
note_misfit(struct filter *filter, uint16_t link_type, const char *why)
{
	if (filter->misfit)
		return;
	filter->misfit = true;
	errbuf_set(&filter->misfit_words, "%s: link type %u: %s",
	    filter->expression, (unsigned)link_type, why);
}

/* Where the link type's program stands, or would. */
static size_t
place_of(const struct filter *filter, uint16_t link_type)
{
	size_t low = 0, high = filter->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (filter->list[middle].link_type < link_type)
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
insert(struct filter *filter, size_t place, uint16_t link_type)
{
	struct program program = { .link_type = link_type };
	struct errbuf why;

	if (grow(filter) < 0) {
		note_misfit(filter, link_type, "out of memory");
		return -1;
	}
	program.fits = compile(filter->expression, link_type, &program.code,
	    &why) == 0;
	if (!program.fits)
		note_misfit(filter, link_type, why.text);
	memmove(filter->list + place + 1, filter->list + place,
	    (filter->count - place) * sizeof(program));
	filter->list[place] = program;
	filter->count++;
	return 0;
}

/* The link type's program, compiled when it is met first; NULL where memory is
 * short. */
static const struct program *
find(struct filter *filter, uint16_t link_type)
{
	size_t place = filter->last;

	if (place < filter->count &&
	    filter->list[place].link_type == link_type)
		return &filter->list[place];
	place = place_of(filter, link_type);
	if ((place == filter->count ||
	    filter->list[place].link_type != link_type) &&
	    insert(filter, place, link_type) < 0)
		return NULL;
	filter->last = place;
	return &filter->list[place];
}

bool
filter_match(struct filter *filter, const struct frame *frame)
{
	const struct program *program = find(filter, frame->link_type);
	struct pcap_pkthdr header = {
		.caplen = frame->cap_len,
		.len = frame->wire_len,
	};

	return program != NULL && program->fits &&
	    pcap_offline_filter(&program->code, &header, frame->data) != 0;
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
