#include "chat/crypto/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 4096 };

int
secret_set(struct secret *secret, const void *data, size_t len)
{
	uint8_t *copy;

	if (len == SIZE_MAX)
		return -1;
	copy = malloc(len + 1);
	if (copy == NULL)
		return -1;
	if (len != 0)
		memcpy(copy, data, len);
	copy[len] = '\0';
	/* Only now: the data may be the secret's own. */
	secret_reset(secret);
	*secret = (struct secret){ copy, len };
	return 0;
}

void
secret_reset(struct secret *secret)
{
	if (secret->data != NULL)
		OPENSSL_cleanse(secret->data, secret->len);
	free(secret->data);
	*secret = (struct secret){ NULL, 0 };
}

static int
set(struct secret *secret, const void *data, size_t len, struct errbuf *err)
{
	if (secret_set(secret, data, len) == 0)
		return 0;
	errbuf_set(err, "out of memory for a secret of %zu bytes", len);
	return -1;
}

/* As many bytes as there are, but at most `room`; -1 with errno. */
static ssize_t
read_some(int fd, uint8_t *data, size_t room)
{
	size_t len = 0;

	while (len < room) {
		ssize_t n = read(fd, data + len, room - len);

		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			len += (size_t)n;
	}
	return (ssize_t)len;
}

static int
set_from_fd(struct secret *secret, int fd, const char *path,
    struct errbuf *err)
{
	/* With its newline, and one byte that tells of more. */
	uint8_t data[FILE_BYTES_MAX + 2];
	ssize_t got = read_some(fd, data, sizeof(data));
	size_t len = got < 0 ? 0 : (size_t)got;
	int status = -1;

	if (len != 0 && data[len - 1] == '\n')
		len--;
	if (got < 0)
		errbuf_set(err, "%s: %s", path, strerror(errno));
	else if (len > FILE_BYTES_MAX)
		errbuf_set(err, "%s: a secret is at most %d bytes long", path,
		    FILE_BYTES_MAX);
	else
		status = set(secret, data, len, err);
	OPENSSL_cleanse(data, sizeof(data));
	return status;
}

static int
set_from_file(struct secret *secret, const char *path, struct errbuf *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int status;

	if (fd < 0) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	status = set_from_fd(secret, fd, path, err);
	close(fd);
	return status;
}

int
secret_from_argument(struct secret *secret, char *argument,
    struct errbuf *err)
{
	bool escaped = argument[0] == '@' && argument[1] == '@';
	size_t len = strlen(argument);
	int status;

	if (argument[0] == '@' && !escaped)
		return set_from_file(secret, argument + 1, err);
	status = set(secret, argument + escaped, len - escaped, err);
	memset(argument, '*', len);
	return status;
}

int
secret_from_environment(struct secret *secret, const char *variable,
    struct errbuf *err)
{
	char *value = getenv(variable);
	int status;

	if (value == NULL) {
		secret_reset(secret);
		return 0;
	}
	status = set(secret, value, strlen(value), err);
	/* The environment that a process began with can be read in /proc long
	 * after the variable is gone. */
	OPENSSL_cleanse(value, strlen(value));
	unsetenv(variable);
	return status;
}
