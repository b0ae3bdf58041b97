#include "analyzer/dashboard/message.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

struct header {
	uint32_t kind, panel;
	uint32_t len[FORM_COUNT];
};

static size_t
most(uint32_t kind)
{
	return kind == MESSAGE_PANEL ? MESSAGE_FORM_MAX : MESSAGE_LINE_MAX;
}

/* Writes all that the vector names, which it uses up. */
static int
write_all(int fd, struct iovec *at, int count, struct errbuf *err)
{
	while (count > 0) {
		ssize_t n = at->iov_len == 0 ? 0 : writev(fd, at, count);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			errbuf_set(err, "the server: %s", strerror(errno));
			return -1;
		}
		while (count > 0 && (size_t)n >= at->iov_len) {
			n -= (ssize_t)at->iov_len;
			at++;
			count--;
		}
		if (count > 0) {
			at->iov_base = (char *)at->iov_base + n;
			at->iov_len -= (size_t)n;
		}
	}
	return 0;
}

int
message_write(int fd, const struct message *m, struct errbuf *err)
{
	struct header header = { (uint32_t)m->kind, m->panel, { 0 } };
	struct iovec vector[1 + FORM_COUNT] = { { &header, sizeof(header) } };

	for (int i = 0; i < FORM_COUNT; i++) {
		if (m->parts[i].len > most(header.kind)) {
			errbuf_set(err, "more than %zu bytes",
			    most(header.kind));
			return -1;
		}
		header.len[i] = (uint32_t)m->parts[i].len;
		vector[1 + i].iov_base = (void *)(uintptr_t)m->parts[i].data;
		vector[1 + i].iov_len = m->parts[i].len;
	}
	return write_all(fd, vector, 1 + FORM_COUNT, err);
}

int
message_read(struct message_reader *r, int fd, struct errbuf *err)
{
	uint8_t *at = bytes_reserve(&r->bytes, READ_BYTES);
	ssize_t n;

	if (at == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	n = read(fd, at, READ_BYTES);
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return 1;
	if (n == -1) {
		errbuf_set(err, "a worker: %s", strerror(errno));
		return -1;
	}
	r->bytes.len += (size_t)n;
	return n > 0;
}

/* The bytes of the whole message; 0 where the header is none. */
static size_t
whole(const struct header *h)
{
	size_t sum = sizeof(*h);

	if (h->kind > MESSAGE_STATUS)
		return 0;
	for (int i = 0; i < FORM_COUNT; i++) {
		if (h->len[i] > most(h->kind))
			return 0;
		sum += h->len[i];
	}
	if (h->kind == MESSAGE_STATUS &&
	    h->len[0] != sizeof(struct message_status))
		return 0;
	return sum;
}

int
message_next(struct message_reader *r, size_t *at, struct message *out,
    struct errbuf *err)
{
	const uint8_t *data = r->bytes.data;
	size_t left = r->bytes.len - *at, len;
	struct header h;

	if (left < sizeof(h))
		return 0;
	memcpy(&h, data + *at, sizeof(h));
	len = whole(&h);
	if (len == 0) {
		errbuf_set(err, "a worker: its message is none");
		return -1;
	}
	if (left < len)
		return 0;
	*out = (struct message){ (enum message_kind)h.kind, h.panel,
	    { { 0 } } };
	data += *at + sizeof(h);
	for (int i = 0; i < FORM_COUNT; i++) {
		out->parts[i] = (struct message_part){ data, h.len[i] };
		data += h.len[i];
	}
	*at += len;
	return 1;
}

void
message_forget(struct message_reader *r, size_t at)
{
	if (at == 0)
		return;
	memmove(r->bytes.data, r->bytes.data + at, r->bytes.len - at);
	r->bytes.len -= at;
}

void
message_reset(struct message_reader *r)
{
	bytes_reset(&r->bytes);
}
