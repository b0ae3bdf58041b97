#include "traffic/hosts/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/capture/writer.h"
#include "base/sink.h"
#include "traffic/hosts/child.h"
#include "traffic/hosts/spaces.h"

enum {
	BUFFER_BYTES = 16 * 1024 * 1024,
	BLOCK_MS = 50,		/* the kernel hands over what it has */
	DRAIN_MS = 3 * BLOCK_MS,	/* of silence: nothing is left */
	DRAINS_MAX = 200,
	READY_MS = 10000,
	FINISH_MS = 60000,
	BATCH = 1000,	/* packets between looks at the stop word */
	OUTPUT_BYTES = 65536,
	LINKTYPE_OF_ETHERNET = 1,
};

#define SECOND_NS INT64_C(1000000000)

/* What the process says: that it captures, and how it ended.  Short enough for
 * a pipe to take it whole. */
struct words {
	bool failed;
	uint64_t frames, dropped;
	char text[1024];
};

struct output {
	struct sink sink;	/* first */
	const char *file;
	int fd;
	size_t used;
	uint8_t buffer[OUTPUT_BYTES];
};

struct capture {
	const struct tap_setup *setup;
	pcap_t *pcap;
	struct writer *writer;
	struct output output;
	struct errbuf *err;
	bool failed;
	uint64_t number;
};

static int
flush(struct output *o, struct errbuf *err)
{
	size_t done = 0;

	while (done < o->used) {
		ssize_t n = write(o->fd, o->buffer + done, o->used - done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			errbuf_set(err, "%s: %s", o->file, strerror(errno));
			return -1;
		}
		done += (size_t)n;
	}
	o->used = 0;
	return 0;
}

static int
output_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct output *o = (struct output *)sink;
	const uint8_t *at = data;

	while (n > 0) {
		size_t room = OUTPUT_BYTES - o->used;
		size_t part = n < room ? n : room;

		memcpy(o->buffer + o->used, at, part);
		o->used += part;
		at += part;
		n -= part;
		if (o->used == OUTPUT_BYTES && flush(o, err) == -1)
			return -1;
	}
	return 0;
}

static uint32_t
snaplen_of(const struct tap_setup *setup)
{
	uint32_t own = setup->how->snaplen;

	return setup->snaplen != 0 && setup->snaplen < own ? setup->snaplen :
	    own;
}

static int
open_device(struct capture *c)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = pcap_create(c->setup->device, text);

	c->pcap = p;
	if (p == NULL) {
		errbuf_set(c->err, "%s: %s", c->setup->file, text);
		return -1;
	}
	if (pcap_set_snaplen(p, (int)snaplen_of(c->setup)) != 0 ||
	    pcap_set_promisc(p, c->setup->promiscuous) != 0 ||
	    pcap_set_timeout(p, BLOCK_MS) != 0 ||
	    pcap_set_buffer_size(p, BUFFER_BYTES) != 0 ||
	    pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO) != 0 ||
	    pcap_activate(p) < 0 || pcap_setnonblock(p, 1, text) != 0) {
		errbuf_set(c->err, "%s: %s", c->setup->file, pcap_geterr(p));
		return -1;
	}
	if (pcap_datalink(p) != DLT_EN10MB ||
	    pcap_get_tstamp_precision(p) != PCAP_TSTAMP_PRECISION_NANO) {
		errbuf_set(c->err, "%s: this kernel captures no Ethernet in "
		    "nanoseconds", c->setup->file);
		return -1;
	}
	return 0;
}

static int
open_writer(struct capture *c)
{
	const struct scenario_capture *how = c->setup->how;
	const struct reader_classic header = {
		.snaplen = snaplen_of(c->setup),
		.link_field = LINKTYPE_OF_ETHERNET,
		.ts_digits = how->microseconds ? 6 : 9,
		.big_endian = how->big_endian,
	};

	c->output.sink.write = output_write;
	c->output.file = c->setup->file;
	c->output.fd = c->setup->fd;
	c->writer = writer_new(how->format == CAPTURE_PCAPNG ? WRITER_PCAPNG :
	    WRITER_PCAP, c->setup->file, 0, &c->output.sink, c->err);
	return c->writer == NULL ? -1 :
	    writer_classic(c->writer, &header, c->err);
}

static void
take(u_char *context, const struct pcap_pkthdr *header, const u_char *data)
{
	struct capture *c = (struct capture *)(void *)context;
	const struct scenario_capture *how = c->setup->how;
	/* In this precision tv_usec has nanoseconds. */
	int64_t ts_ns = header->ts.tv_sec * SECOND_NS + header->ts.tv_usec +
	    c->setup->offset_ns;
	const struct frame frame = {
		.data = data,
		.ts_ns = how->microseconds ? ts_ns - ts_ns % 1000 : ts_ns,
		.number = ++c->number,
		.cap_len = header->caplen,
		.wire_len = header->len,
		.link_type = LINKTYPE_OF_ETHERNET,
		.ts_digits = how->microseconds ? 6 : 9,
		.flags = how->big_endian ? FRAME_BIG_ENDIAN : 0,
	};

	if (!c->failed &&
	    writer_frame(c->writer, &frame, NULL, c->err) == -1) {
		c->failed = true;
		pcap_breakloop(c->pcap);
	}
}

/* Some of what has come; how many packets, -1: it is over with an error. */
static int
read_some(struct capture *c)
{
	int n = pcap_dispatch(c->pcap, BATCH, take, (u_char *)c);

	if (c->failed)
		return -1;
	if (n == PCAP_ERROR) {
		errbuf_set(c->err, "%s: %s", c->setup->file,
		    pcap_geterr(c->pcap));
		return -1;
	}
	return n;
}

static int
capture_until(struct capture *c, int stop)
{
	struct pollfd fds[2] = {
		{ .fd = pcap_get_selectable_fd(c->pcap), .events = POLLIN },
		{ .fd = stop, .events = POLLIN },
	};

	while (fds[1].revents == 0) {
		if (poll(fds, 2, -1) == -1 && errno != EINTR) {
			errbuf_set(c->err, "poll: %s", strerror(errno));
			return -1;
		}
		if (read_some(c) == -1)
			return -1;
	}
	/* The kernel keeps a block until it is full or BLOCK_MS old. */
	for (int i = 0; i < DRAINS_MAX; i++) {
		int ready = poll(fds, 1, DRAIN_MS);
		int n = read_some(c);

		if (n == -1)
			return -1;
		if (ready == 0 && n == 0)
			break;
	}
	return 0;
}

static void
say(int fd, const struct words *words)
{
	ssize_t n = write(fd, words, sizeof(*words));

	(void)n;	/* nobody listens: the lab is going down */
}

static int
count_drops(struct capture *c, struct words *words)
{
	struct pcap_stat stat;

	if (pcap_stats(c->pcap, &stat) != 0) {
		errbuf_set(c->err, "%s: %s", c->setup->file,
		    pcap_geterr(c->pcap));
		return -1;
	}
	words->dropped = stat.ps_drop;
	words->frames = writer_packets(c->writer);
	return 0;
}

static void
capture_with(struct capture *c, int stop, int out)
{
	struct words words = { .failed = true };

	if (spaces_enter_network(c->setup->space, c->err) == 0 &&
	    open_device(c) == 0 && open_writer(c) == 0) {
		words.failed = false;
		say(out, &words);
		words.failed = capture_until(c, stop) == -1 ||
		    writer_finish(c->writer, c->err) == -1 ||
		    flush(&c->output, c->err) == -1 ||
		    count_drops(c, &words) == -1;
	}
	snprintf(words.text, sizeof(words.text), "%.*s",
	    (int)sizeof(words.text) - 1, c->err->text);
	say(out, &words);
}

/* The child's way; does not return. */
static void
become_capture(const struct tap_setup *setup, int stop, int out)
{
	struct errbuf err = { "" };
	struct capture capture = { .setup = setup, .err = &err };

	child_reset_signals();
	signal(SIGPIPE, SIG_IGN);
	capture_with(&capture, stop, out);
	writer_free(capture.writer);
	if (capture.pcap != NULL)
		pcap_close(capture.pcap);
	_exit(0);
}

static int
hear(const struct tap *tap, int timeout_ms, struct words *words,
    struct errbuf *err)
{
	struct pollfd line = { .fd = tap->words, .events = POLLIN };
	int64_t end = child_now_ns() + timeout_ms * INT64_C(1000000);
	int ready;

	do {
		int64_t left = (end - child_now_ns()) / 1000000;

		ready = poll(&line, 1, left > 0 ? (int)left : 0);
	} while (ready == -1 && errno == EINTR);
	if (ready == 1 &&
	    read(tap->words, words, sizeof(*words)) == sizeof(*words)) {
		if (!words->failed)
			return 0;
		errbuf_set(err, "%s", words->text);
	} else {
		errbuf_set(err, "%s: the capture %s", tap->file,
		    ready == 1 ? "ended by itself" : "takes too long");
	}
	return -1;
}

int
tap_start(struct tap *tap, const struct tap_setup *setup, struct errbuf *err)
{
	int stop[2], out[2];
	struct words words;

	*tap = (struct tap){ .file = setup->file, .pid = -1, .stop = -1,
	    .words = -1 };
	if (pipe2(stop, O_CLOEXEC) == -1) {
		errbuf_set(err, "pipe: %s", strerror(errno));
		return -1;
	}
	if (pipe2(out, O_CLOEXEC) == -1) {
		errbuf_set(err, "pipe: %s", strerror(errno));
		close(stop[0]);
		close(stop[1]);
		return -1;
	}
	tap->pid = fork();
	if (tap->pid == 0) {
		close(stop[1]);
		close(out[0]);
		become_capture(setup, stop[0], out[1]);
	}
	if (tap->pid == -1)
		errbuf_set(err, "fork: %s", strerror(errno));
	close(stop[0]);
	close(out[1]);
	tap->stop = stop[1];
	tap->words = out[0];
	return tap->pid == -1 ? -1 : hear(tap, READY_MS, &words, err);
}

void
tap_stop(struct tap *tap)
{
	ssize_t n = write(tap->stop, "", 1);

	(void)n;	/* it has ended already; tap_finish() says so */
	close(tap->stop);
	tap->stop = -1;
}

int
tap_finish(struct tap *tap, struct tap_report *report, struct errbuf *err)
{
	struct words words = { .failed = true };
	int status, result = hear(tap, FINISH_MS, &words, err);

	*report = (struct tap_report){ words.frames, words.dropped };
	close(tap->words);
	tap->words = -1;
	child_wait(tap->pid, SECOND_NS, &status);
	return result;
}
