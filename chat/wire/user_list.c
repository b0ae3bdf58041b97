#include "chat/wire/user_list.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/memory.h"
#include "base/utf8.h"

/* How many bytes are written as they are: a list of thousands is mostly
 * these. */
static size_t
plain_bytes(const uint8_t *data, size_t len)
{
	size_t n = 0;

	while (n < len && data[n] >= ' ' && data[n] <= '~' &&
	    data[n] != '"' && data[n] != '\\')
		n++;
	return n;
}

static int
append_escaped(struct bytes *out, const uint8_t *data, size_t len,
    size_t *used)
{
	char escaped[JSON_ESCAPE_BYTES];
	uint32_t character = 0xfffd;

	*used = utf8_character(data, len, &character);
	if (*used == 0)
		*used = 1;
	return bytes_append(out, escaped,
	    (size_t)(json_escape(escaped, character) - escaped));
}

static int
append_text(struct bytes *out, const char *text)
{
	const uint8_t *data = (const uint8_t *)text;
	size_t len = strlen(text), n;
	int failed = bytes_append(out, "\"", 1);

	for (size_t at = 0; at < len && failed == 0; at += n) {
		n = plain_bytes(data + at, len - at);
		failed = n > 0 ? bytes_append(out, data + at, n) :
		    append_escaped(out, data + at, len - at, &n);
	}
	return failed != 0 ? failed : bytes_append(out, "\"", 1);
}

static int
append_entries(struct bytes *out, const struct user_entry *entries,
    size_t count)
{
	if (bytes_append(out, "!{", 2) != 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if ((i > 0 && bytes_append(out, ", ", 2) != 0) ||
		    append_text(out, entries[i].name) != 0 ||
		    bytes_append(out, ": ", 2) != 0 ||
		    append_text(out, entries[i].address) != 0)
			return -1;
	return bytes_append(out, "}", 1);
}

int
user_list_append(struct bytes *out, const struct user_entry *entries,
    size_t count)
{
	size_t before = out->len;

	if (append_entries(out, entries, count) == 0)
		return 0;
	out->len = before;
	return -1;
}

/* Between the texts of a flat object there is nothing else. */
static bool
stands_between(uint8_t byte)
{
	return byte != '\0' && strchr(" \t\r\n:,", byte) != NULL;
}

/* Takes the byte; WIRE_WHOLE: it ends the list. */
static enum wire_status
scan_byte(struct user_list_scan *scan, uint8_t byte)
{
	if (scan->seen < 2)
		return byte == "!{"[scan->seen] ? WIRE_PARTIAL : WIRE_BAD;
	if (scan->escaped)
		scan->escaped = false;
	else if (scan->in_text && byte == '\\')
		scan->escaped = true;
	else if (byte == '"')
		scan->in_text = !scan->in_text;
	else if (!scan->in_text && byte == '}')
		return WIRE_WHOLE;
	else if (!scan->in_text && !stands_between(byte))
		return WIRE_BAD;
	return WIRE_PARTIAL;
}

enum wire_status
user_list_next(struct user_list_scan *scan, const uint8_t *data, size_t len,
    size_t max, size_t *used)
{
	for (; scan->seen < len; scan->seen++) {
		enum wire_status status = scan->seen == max ? WIRE_BAD :
		    scan_byte(scan, data[scan->seen]);

		if (status == WIRE_PARTIAL)
			continue;
		*used = scan->seen + 1;
		if (status == WIRE_WHOLE)
			*scan = (struct user_list_scan){ 0 };
		return status;
	}
	return scan->seen == max ? WIRE_BAD : WIRE_PARTIAL;
}

static bool
is_address(const char *text)
{
	uint8_t bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 ||
	    inet_pton(AF_INET6, text, bytes) == 1;
}

static int
add_entry(struct user_list *list, const char *name, const json_t *address,
    struct errbuf *err)
{
	struct user_entry *entry = &list->entries[list->count];
	const char *text = json_string_value(address);

	if (text == NULL || !is_address(text)) {
		errbuf_set(err, "list of users: entry %zu has no address",
		    list->count + 1);
		return -1;
	}
	entry->name = strdup(name);
	entry->address = strdup(text);
	if (entry->name == NULL || entry->address == NULL) {
		free(entry->name);
		free(entry->address);
		errbuf_set(err, "list of users: out of memory");
		return -1;
	}
	list->count++;
	return 0;
}

static int
add_entries(struct user_list *list, json_t *object, struct errbuf *err)
{
	size_t count = json_object_size(object);
	const char *name;
	json_t *address;

	if (count > USER_LIST_MAX) {
		errbuf_set(err, "list of users: %zu of them, more than %d",
		    count, USER_LIST_MAX);
		return -1;
	}
	list->entries = memory_array(count, sizeof(*list->entries));
	if (list->entries == NULL && count > 0) {
		errbuf_set(err, "list of users: out of memory");
		return -1;
	}
	json_object_foreach(object, name, address)
		if (add_entry(list, name, address, err) != 0)
			return -1;
	return 0;
}

/* What jansson says of an error quotes the peer, so we say where it is. */
static json_t *
read_object(const uint8_t *data, size_t len, struct errbuf *err)
{
	struct user_list_scan scan = { 0 };
	json_error_t error;
	json_t *object;
	size_t used;

	if (user_list_next(&scan, data, len, len, &used) != WIRE_WHOLE ||
	    used != len) {
		errbuf_set(err, "list of users: not one JSON object of texts");
		return NULL;
	}
	object = json_loadb((const char *)data + 1, len - 1, 0, &error);
	if (object == NULL)
		errbuf_set(err, "list of users: no JSON near byte %d",
		    error.position);
	return object;
}

int
user_list_parse(struct user_list *list, const uint8_t *data, size_t len,
    struct errbuf *err)
{
	struct user_list found = { 0 };
	json_t *object = read_object(data, len, err);
	int status;

	if (object == NULL)
		return -1;
	status = add_entries(&found, object, err);
	json_decref(object);
	if (status != 0) {
		user_list_reset(&found);
		return -1;
	}
	user_list_reset(list);
	*list = found;
	return 0;
}

void
user_list_reset(struct user_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->entries[i].name);
		free(list->entries[i].address);
	}
	free(list->entries);
	*list = (struct user_list){ 0 };
}
