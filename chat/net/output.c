#include "chat/net/output.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Messages of one turn: then other connections are looked after. */
enum { TURN_MESSAGES = 64 };

struct output_message {
	struct output_message *next;
	size_t len, sent;
	uint8_t data[];
};

/* The bytes sent; 0: the kernel takes none now; -1 with errno. */
static ssize_t
try_send(int fd, const void *data, size_t len)
{
	ssize_t n;

	do {
		n = send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : n;
}

static size_t
cost_of(const struct output_message *m)
{
	return sizeof(*m) + m->len;
}

static int
append(struct output *o, const uint8_t *data, size_t len)
{
	struct output_message *m = malloc(sizeof(*m) + len);

	if (m == NULL)
		return -1;
	m->next = NULL;
	m->len = len;
	m->sent = 0;
	memcpy(m->data, data, len);
	if (o->last == NULL)
		o->first = m;
	else
		o->last->next = m;
	o->last = m;
	o->bytes += len;
	o->cost += cost_of(m);
	return 0;
}

enum output_status
output_send(struct output *o, int fd, const void *data, size_t len,
    size_t *taken)
{
	ssize_t n = 0;

	*taken = 0;
	if (o->first == NULL && len > 0) {
		n = try_send(fd, data, len);
		if (n < 0)
			return OUTPUT_FAILED;
		*taken = (size_t)n;
	}
	if ((size_t)n < len &&
	    append(o, (const uint8_t *)data + n, len - (size_t)n) != 0) {
		errno = ENOMEM;
		return OUTPUT_FAILED;
	}
	return o->first == NULL ? OUTPUT_DONE : OUTPUT_WAITS;
}

static void
remove_first(struct output *o)
{
	struct output_message *m = o->first;

	o->first = m->next;
	if (o->first == NULL)
		o->last = NULL;
	o->bytes -= m->len - m->sent;
	o->cost -= cost_of(m);
	free(m);
}

/* So many bytes from the front are sent. */
static void
advance(struct output *o, size_t n)
{
	while (n > 0) {
		struct output_message *m = o->first;
		size_t part = n < m->len - m->sent ? n : m->len - m->sent;

		m->sent += part;
		o->bytes -= part;
		n -= part;
		if (m->sent == m->len)
			remove_first(o);
	}
}

/* All that fits in one write; *whole: the kernel took all of it. */
static ssize_t
send_joined(struct output *o, int fd, bool *whole)
{
	struct iovec parts[TURN_MESSAGES];
	struct msghdr header = { .msg_iov = parts };
	size_t len = 0;
	ssize_t n;

	for (struct output_message *m = o->first;
	    m != NULL && header.msg_iovlen < TURN_MESSAGES; m = m->next) {
		struct iovec *part = &parts[header.msg_iovlen++];

		part->iov_base = m->data + m->sent;
		part->iov_len = m->len - m->sent;
		len += part->iov_len;
	}
	do {
		n = sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		n = 0;
	*whole = n >= 0 && (size_t)n == len;
	return n;
}

static ssize_t
send_first(struct output *o, int fd, bool *whole)
{
	const struct output_message *m = o->first;
	ssize_t n = try_send(fd, m->data + m->sent, m->len - m->sent);

	*whole = n >= 0 && (size_t)n == m->len - m->sent;
	return n;
}

enum output_status
output_go_on(struct output *o, int fd, bool joined, size_t *taken)
{
	int writes = joined ? 1 : TURN_MESSAGES;
	bool whole = true;

	*taken = 0;
	while (o->first != NULL && whole && writes-- > 0) {
		ssize_t n = joined ? send_joined(o, fd, &whole) :
		    send_first(o, fd, &whole);

		if (n < 0)
			return OUTPUT_FAILED;
		advance(o, (size_t)n);
		*taken += (size_t)n;
	}
	return o->first == NULL ? OUTPUT_DONE : OUTPUT_WAITS;
}

void
output_reset(struct output *o)
{
	while (o->first != NULL)
		remove_first(o);
}
