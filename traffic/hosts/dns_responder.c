#include "traffic/hosts/dns_responder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "traffic/hosts/sockets.h"
#include "traffic/synth/verbs/dns_answer.h"

enum { DATAGRAM_MAX = 65535 };

/* Questions without an answer: what is no question, and short memory. */
static void
answer(const struct dns_responder *r, int fd, const uint8_t *data, size_t len,
    const struct socket_address *from)
{
	struct dns_message m;
	struct bytes out = { .len = 0 };
	struct errbuf err;

	if (dns_message_read(&m, data, len) == -1 || m.is_answer)
		return;
	dns_answer(r->scenario, &m);
	if (dns_message_write(&m, DNS_UDP_MAX, &out, &err) == 0 &&
	    sendto(fd, out.data, out.len, 0, &from->sa, from->len) == -1)
		fprintf(stderr, "sendto: %s\n", strerror(errno));
	bytes_reset(&out);
}

int
dns_responder_run(void *context)
{
	const struct dns_responder *r = context;
	struct socket_address from;
	struct errbuf err;
	uint8_t data[DATAGRAM_MAX];
	int fd = socket_listen(SOCK_DGRAM, r->port, &err);

	if (fd == -1) {
		dprintf(STDERR_FILENO, "%s\n", err.text);
		return 1;
	}
	dprintf(STDOUT_FILENO, "listening\n");
	for (;;) {
		ssize_t n;

		from.len = sizeof(from.storage);
		n = recvfrom(fd, data, sizeof(data), 0, &from.sa, &from.len);
		if (n >= 0)
			answer(r, fd, data, (size_t)n, &from);
	}
}
