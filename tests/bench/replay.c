/*
 * Plays a capture on schedule, again and again: packet n is due n / rate
 * seconds after the start, whether the reader keeps up or not.  How late it was
 * is what a reader costs.
 *
 * usage: replay RATE SECONDS STEP_NS CAPTURE -o FILE
 *        replay RATE SECONDS STEP_NS CAPTURE -i IFACE
 *
 * CAPTURE is a classic one with nanoseconds in this machine's byte order, as
 * labgen load writes it.  In the FILE (a FIFO) the packets' times are STEP_NS
 * apart.  Says "packets seconds late_mean_us late_p99_us late_max_us refused".
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 24, RECORD = 16, BATCH_MS = 1, SEND_MAX = 64,
    PIPE_BYTES = 1024 * 1024 };

#define SECOND INT64_C(1000000000)

struct play {
	uint8_t *data;		/* of the capture */
	size_t len, at;
	uint8_t *out;		/* of a batch */
	size_t out_len, out_room;
	int fd;
	bool frames;		/* to an interface: without headers */
	int64_t step_ns, clock_ns;
	uint64_t refused;
	struct mmsghdr messages[SEND_MAX];
	struct iovec vectors[SEND_MAX];
};

static void
die(const char *what)
{
	fprintf(stderr, "replay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static void
load(struct play *p, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) == -1)
		die(path);
	p->len = (size_t)st.st_size;
	p->data = mmap(NULL, p->len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p->data == MAP_FAILED || p->len <= HEADER + RECORD)
		die(path);
	close(fd);
	p->at = HEADER;
}

static void
open_interface(struct play *p, const char *name)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };

	p->frames = true;
	p->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	to.sll_ifindex = (int)if_nametoindex(name);
	if (p->fd == -1 || to.sll_ifindex == 0 ||
	    bind(p->fd, (struct sockaddr *)&to, sizeof(to)) == -1)
		die(name);
}

static void
write_all(struct play *p, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(p->fd, data, len);

		if (n == -1 && errno != EINTR)
			die("write");
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
}

static void
open_file(struct play *p, const char *path)
{
	p->fd = open(path, O_WRONLY | O_CLOEXEC);
	if (p->fd == -1)
		die(path);
	(void)fcntl(p->fd, F_SETPIPE_SZ, PIPE_BYTES);
	write_all(p, p->data, HEADER);
}

/* The next record, over and over. */
static uint8_t *
next(struct play *p, size_t *len)
{
	uint32_t cap_len;
	uint8_t *record;

	if (p->len - p->at < RECORD)
		p->at = HEADER;
	record = p->data + p->at;
	memcpy(&cap_len, record + 8, sizeof(cap_len));
	*len = RECORD + cap_len;
	if (p->len - p->at < *len)
		die("the capture is cut");
	p->at += *len;
	return record;
}

static void
add_record(struct play *p)
{
	uint32_t time[2] = { (uint32_t)(p->clock_ns / SECOND),
	    (uint32_t)(p->clock_ns % SECOND) };
	size_t len;
	uint8_t *record = next(p, &len);

	if (p->out_room - p->out_len < len) {
		p->out_room = 2 * p->out_room + len;
		p->out = realloc(p->out, p->out_room);
		if (p->out == NULL)
			die("memory");
	}
	memcpy(p->out + p->out_len, record, len);
	memcpy(p->out + p->out_len, time, sizeof(time));
	p->out_len += len;
	p->clock_ns += p->step_ns;
}

/* An interface that is full refuses, and the packet is counted. */
static void
send_frames(struct play *p, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		size_t len;
		uint8_t *record = next(p, &len);

		p->vectors[i] = (struct iovec){ record + RECORD,
		    len - RECORD };
		p->messages[i].msg_hdr = (struct msghdr){
		    .msg_iov = &p->vectors[i], .msg_iovlen = 1 };
	}
	for (unsigned done = 0; done < count;) {
		int n = sendmmsg(p->fd, p->messages + done, count - done, 0);

		if (n > 0)
			done += (unsigned)n;
		else if (errno == ENOBUFS || errno == EAGAIN) {
			p->refused++;
			done++;
		} else if (errno != EINTR)
			die("send");
	}
}

static void
play_batch(struct play *p, uint64_t packets)
{
	p->out_len = 0;
	while (packets > 0) {
		unsigned n = packets < SEND_MAX ? (unsigned)packets : SEND_MAX;

		if (p->frames)
			send_frames(p, n);
		for (unsigned i = 0; !p->frames && i < n; i++)
			add_record(p);
		packets -= n;
	}
	write_all(p, p->out, p->out_len);
}

static int
by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
wait_until(int64_t ns)
{
	struct timespec t = { ns / SECOND, ns % SECOND };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
	    EINTR)
		;
}

static void
run(struct play *p, uint64_t rate, uint64_t seconds)
{
	uint64_t batches = seconds * 1000 / BATCH_MS, played = 0;
	int64_t *late = calloc(batches, sizeof(*late)), start = now_ns();
	double sum = 0;

	if (late == NULL)
		die("memory");
	for (uint64_t i = 0; i < batches; i++) {
		int64_t due = start + (int64_t)(i + 1) * BATCH_MS * SECOND /
		    1000;
		uint64_t until = rate * (i + 1) * BATCH_MS / 1000;

		wait_until(due);
		play_batch(p, until - played);
		played = until;
		late[i] = now_ns() - due;
		sum += (double)late[i];
	}
	qsort(late, batches, sizeof(*late), by_size);
	printf("%" PRIu64 " %.3f %.0f %.0f %.0f %" PRIu64 "\n", played,
	    (double)(now_ns() - start) / 1e9, sum / (double)batches / 1e3,
	    (double)late[batches * 99 / 100] / 1e3,
	    (double)late[batches - 1] / 1e3, p->refused);
	free(late);
}

int
main(int argc, char **argv)
{
	struct play p = { .clock_ns = INT64_C(1767225600) * SECOND };

	if (argc != 7) {
		fprintf(stderr, "usage: replay RATE SECONDS STEP_NS CAPTURE "
		    "-o FILE | -i IFACE\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	p.step_ns = atoll(argv[3]);
	load(&p, argv[4]);
	if (strcmp(argv[5], "-i") == 0)
		open_interface(&p, argv[6]);
	else
		open_file(&p, argv[6]);
	run(&p, (uint64_t)atoll(argv[1]), (uint64_t)atoll(argv[2]));
	free(p.out);
	return 0;
}
