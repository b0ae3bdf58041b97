#include "analyzer/commands/host_names.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analyzer/capture/reader.h"
#include "analyzer/commands/run.h"
#include "base/memory.h"

enum { FRAMES = 128 };

/* "IP=NAME". */
static int
parse(const char *text, struct host_name *out, struct errbuf *err)
{
	const char *equals = strchr(text, '=');
	char address[INET6_ADDRSTRLEN];
	size_t len = equals == NULL ? 0 : (size_t)(equals - text);

	*out = (struct host_name){ 0 };
	if (len > 0 && len < sizeof(address)) {
		memcpy(address, text, len);
		address[len] = '\0';
		out->ip.version = inet_pton(AF_INET, address,
		    out->ip.bytes) == 1 ? 4 : inet_pton(AF_INET6, address,
		    out->ip.bytes) == 1 ? 6 : 0;
	}
	if (out->ip.version == 0 || equals[1] == '\0') {
		errbuf_set(err, "--name %s: not IP=NAME", text);
		return -1;
	}
	out->name = equals + 1;
	return 0;
}

int
host_names_init(struct host_names *names, const struct options *options,
    struct errbuf *err)
{
	size_t n = options->names.count;

	*names = (struct host_names){ 0 };
	names->given = memory_array(n + 1, sizeof(*names->given));
	if (names->given == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (parse(options->names.texts[i], &names->given[i], err) ==
		    -1)
			return -1;
		names->given_count++;
	}
	return 0;
}

static void
read_blocks(struct names *names, const char *path,
    const volatile sig_atomic_t *stop)
{
	struct frame frames[FRAMES];
	struct reader_classic classic;
	struct errbuf ignored;
	struct reader *reader = reader_open_stoppable(path, stop, NULL,
	    &ignored);
	size_t n;

	if (reader == NULL)
		return;
	if (!reader_classic(reader, &classic)) {
		reader_observe(reader, names_observe, names);
		while (!*stop && reader_next(reader, frames, FRAMES, &n,
		    &ignored) == READER_OK)
			;
	}
	reader_close(reader);
}

static void
tell_refused(const struct names *names)
{
	unsigned long long n = names_refused(names);

	if (n > 0)
		run_tell("%llu %s of host names not taken: malformed, or more "
		    "than %d addresses", n, n == 1 ? "record" : "records",
		    NAMES_MAX);
}

int
host_names_read(struct host_names *names, const struct inputs *inputs,
    const volatile sig_atomic_t *stop, struct errbuf *err)
{
	names->told = names_new(err);
	if (names->told == NULL)
		return -1;
	for (size_t i = 0; i < inputs->count && !*stop; i++) {
		const char *path = inputs->list[i].path;
		struct stat st;

		if (strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
		    S_ISREG(st.st_mode))
			read_blocks(names->told, path, stop);
	}
	tell_refused(names->told);
	return 0;
}

const char *
host_names_find(const struct host_names *names, const struct table_ip *ip)
{
	size_t len = ip->version == 6 ? 16 : 4;

	for (size_t i = 0; i < names->given_count; i++)
		if (names->given[i].ip.version == ip->version &&
		    memcmp(names->given[i].ip.bytes, ip->bytes, len) == 0)
			return names->given[i].name;
	return names->told == NULL ? NULL :
	    names_find(names->told, ip->version, ip->bytes);
}

void
host_names_reset(struct host_names *names)
{
	free(names->given);
	names_free(names->told);
	*names = (struct host_names){ 0 };
}
