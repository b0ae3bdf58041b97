/*
 * Who is who: where a capture was taken, what a HOST means, which host is the
 * server.
 */
#include "analyzer/analyses/answers_internal.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"

static bool
is_place(const struct answers *a, const struct table_ip *ip)
{
	for (size_t v = 0; v < a->n; v++)
		if (sheet_ip_equal(&a->places[v], ip))
			return true;
	return false;
}

/* The only candidate that is not known to be another view's. */
static bool
find_place(struct answers *a, size_t view)
{
	struct table_ip ip[PLACES_CANDIDATES_MAX];
	const struct table_ip *found = NULL;
	size_t n = place_candidates(&a->views[view].hosts, ip);

	for (size_t i = 0; i < n; i++) {
		if (is_place(a, &ip[i]))
			continue;
		if (found != NULL)
			return false;
		found = &ip[i];
	}
	if (found == NULL)
		return false;
	a->places[view] = *found;
	return true;
}

void
answers_places(struct answers *a)
{
	bool again = a->question->places == NULL;

	for (size_t v = 0; !again && v < a->n; v++)
		a->places[v] = a->question->places[v];
	/* A place that is found may leave one candidate for another view. */
	while (again) {
		again = false;
		for (size_t v = 0; v < a->n; v++)
			if (a->places[v].version == 0 && find_place(a, v))
				again = true;
	}
}

size_t
answers_view_at(const struct answers *a, const struct table_ip *ip)
{
	for (size_t r = 0; r < a->n; r++)
		if (sheet_ip_equal(&a->places[a->rank[r]], ip))
			return a->rank[r];
	return a->n;
}

size_t
answers_stem(const char *file, const char **begin)
{
	const char *slash = strrchr(file, '/');
	const char *dot;

	*begin = slash == NULL ? file : slash + 1;
	dot = strchr(*begin, '.');
	return dot == NULL || dot == *begin ? strlen(*begin) :
	    (size_t)(dot - *begin);
}

static bool
is_stem(const char *file, const char *name)
{
	const char *begin;
	size_t len = answers_stem(file, &begin);

	return strlen(name) == len && strncmp(begin, name, len) == 0;
}

static bool
parse_ip(const char *text, struct table_ip *out)
{
	*out = (struct table_ip){ .version = 4 };
	if (inet_pton(AF_INET, text, out->bytes) == 1)
		return true;
	*out = (struct table_ip){ .version = 6 };
	if (inet_pton(AF_INET6, text, out->bytes) == 1)
		return true;
	*out = (struct table_ip){ .version = 0 };
	return false;
}

static bool
find_alias(const struct answers_alias *list, size_t n, const char *name,
    struct table_ip *out)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(list[i].name, name) == 0) {
			*out = list[i].ip;
			return true;
		}
	return false;
}

/* Of DNS the last answer counts no more than the first: it is the one that the
 * connections were made by. */
static bool
find_dns_name(const struct answers *a, const char *name, struct table_ip *out)
{
	for (size_t v = 0; v < a->n; v++)
		for (size_t i = 0; i < a->views[v].name_count; i++)
			if (strcasecmp(a->views[v].names[i].name, name) == 0 &&
			    a->views[v].names[i].address.version != 0) {
				*out = a->views[v].names[i].address;
				return true;
			}
	return false;
}

static bool
find_stem(const struct answers *a, const char *name, struct table_ip *out,
    bool *known)
{
	for (size_t v = 0; v < a->n; v++)
		if (is_stem(a->views[v].file, name)) {
			*known = true;
			*out = a->places[v];
			return out->version != 0;
		}
	return false;
}

static int
find_host(const struct answers *a, const char *host, struct table_ip *out,
    struct errbuf *err)
{
	const struct answers_question *q = a->question;
	bool is_capture = false;

	if (parse_ip(host, out) ||
	    find_alias(q->given, q->given_count, host, out) ||
	    find_stem(a, host, out, &is_capture) ||
	    find_alias(q->told, q->told_count, host, out) ||
	    find_dns_name(a, host, out))
		return 0;
	if (is_capture)
		errbuf_set(err, "%s: the capture does not show at which host "
		    "it was taken: give the address, or --name IP=%s", host,
		    host);
	else
		errbuf_set(err, "%s: no address, and no name that the "
		    "captures tell: give --name IP=%s", host, host);
	return -1;
}

int
answers_host_find(const struct answers_notes *views, size_t n,
    const struct answers_question *question, const char *host,
    struct table_ip *out, struct errbuf *err)
{
	struct answers a = { .views = views, .n = n, .question = question };

	if (parse_ip(host, out))
		return 0;
	answers_places(&a);
	return find_host(&a, host, out, err);
}

static const char *
alias_of(const struct answers_alias *list, size_t n, const struct table_ip *ip)
{
	for (size_t i = 0; i < n; i++)
		if (sheet_ip_equal(&list[i].ip, ip))
			return list[i].name;
	return NULL;
}

static const char *
dns_name_of(const struct answers *a, const struct table_ip *ip)
{
	for (size_t v = 0; v < a->n; v++)
		for (size_t i = 0; i < a->views[v].name_count; i++)
			if (sheet_ip_equal(&a->views[v].names[i].address, ip))
				return a->views[v].names[i].name;
	return NULL;
}

const char *
answers_name_of(const struct answers *a, const struct table_ip *ip)
{
	const struct answers_question *q = a->question;
	const char *name = alias_of(q->given, q->given_count, ip);
	const char *begin;

	for (size_t v = 0; name == NULL && a->n > 1 && v < a->n; v++)
		if (sheet_ip_equal(&a->places[v], ip)) {
			size_t len = answers_stem(a->views[v].file, &begin);

			name = sheet_printf(a->sheet, "%.*s", (int)len, begin);
		}
	if (name == NULL)
		name = alias_of(q->told, q->told_count, ip);
	if (name == NULL)
		name = dns_name_of(a, ip);
	return name == NULL ? NULL : sheet_text(a->sheet, name);
}

/* Connections that the host accepted, in the view that shows most of them: the
 * same one in two views is one. */
static size_t
accepted_by(const struct answers *a, const struct table_ip *ip)
{
	size_t most = 0;

	for (size_t v = 0; v < a->n; v++) {
		const struct answers_notes *notes = &a->views[v];
		size_t count = 0;

		for (size_t i = 0; i < notes->connection_count; i++)
			if (notes->connections[i].synack.frame !=
			    TABLE_NO_U64 && sheet_ip_equal(
			    &notes->connections[i].server.ip, ip))
				count++;
		if (count > most)
			most = count;
	}
	return most;
}

/* Each host is asked about once: those that are counted, a few hundred. */
static int
find_server(struct answers *a, struct errbuf *err)
{
	struct table_ip other = { .version = 0 };
	size_t most = 0;

	for (size_t v = 0; v < a->n; v++)
		for (size_t i = 0; i < a->views[v].hosts.count; i++) {
			const struct table_ip *ip =
			    &a->views[v].hosts.list[i].ip;
			size_t count = sheet_ip_equal(ip, &a->server) ? 0 :
			    accepted_by(a, ip);

			if (count == 0 || count < most)
				continue;
			other = count == most ? *ip :
			    (struct table_ip){ .version = 0 };
			if (count > most)
				a->server = *ip;
			most = count;
		}
	a->has_server = most > 0;
	if (other.version != 0) {
		char one[TEXT_IP_BYTES + 1], two[TEXT_IP_BYTES + 1];

		*text_ip(one, &a->server) = '\0';
		*text_ip(two, &other) = '\0';
		errbuf_set(err, "%s and %s accept as many connections: say by "
		    "--server which is the server", one, two);
		return -1;
	}
	return 0;
}

int
answers_server(struct answers *a, struct errbuf *err)
{
	if (a->question->server == NULL)
		return find_server(a, err);
	if (find_host(a, a->question->server, &a->server, err) == -1) {
		errbuf_prefix(err, "--server");
		return -1;
	}
	a->has_server = true;
	return 0;
}

bool
answers_is_among(const struct table_ip *ip, const struct table_ip *list,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sheet_ip_equal(ip, &list[i]))
			return true;
	return false;
}

/* The addresses of HOSTs. */
static struct table_ip *
find_all(struct answers *a, const char *const *hosts, size_t n,
    const char *option, struct errbuf *err)
{
	struct table_ip *list = memory_array(n, sizeof(*list));

	if (list == NULL) {
		a->sheet->no_memory = true;
		errbuf_set(err, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		if (find_host(a, hosts[i], &list[i], err) == -1) {
			errbuf_prefix(err, option);
			free(list);
			return NULL;
		}
	return list;
}

/* Who connected to the server, in that order. */
static int
find_clients(struct answers *a, struct errbuf *err)
{
	a->clients = memory_array(a->merged_count + 1, sizeof(*a->clients));
	if (a->clients == NULL) {
		a->sheet->no_memory = true;
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < a->merged_count; i++) {
		const struct table_ip *ip =
		    &answers_of(&a->merged[i])->client.ip;

		/* There may be thousands. */
		if (a->client_count < ANSWERS_CLIENTS_MAX &&
		    !answers_is_among(ip, a->clients, a->client_count))
			a->clients[a->client_count++] = *ip;
	}
	return 0;
}

int
answers_people(struct answers *a, struct errbuf *err)
{
	const struct answers_question *q = a->question;

	if (q->client_count > 0) {
		a->clients = find_all(a, q->clients, q->client_count,
		    "--client", err);
		if (a->clients == NULL)
			return -1;
		a->client_count = q->client_count;
	} else if (find_clients(a, err) == -1) {
		return -1;
	}
	if (q->peer_count == 0)
		return 0;
	a->peers = find_all(a, q->peers, q->peer_count, "--peer", err);
	if (a->peers == NULL)
		return -1;
	a->peer_count = q->peer_count;
	return 0;
}
