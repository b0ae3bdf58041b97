/*
 * wire_lines: what chat/wire writes and reads, for a test to hold against other
 * programs.  A line of standard input is a command, its values in hex, "-" for
 * none; a line of standard output answers it.
 *
 *	write MESSAGE A B	the message of two fields
 *	read MESSAGE HEX	its fields, or "refused"
 *	relayed HEX		"yes", or "no"
 *	users [NAME ADDRESS]...	the list
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat/wire/eim_package.h"
#include "chat/wire/im_message.h"
#include "chat/wire/user_list.h"
#include "tests/tools/hex.h"

enum { LINE_BYTES = 1 << 16, WORDS = 64 };

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "wire_lines: %s\n", what);
	exit(1);
}

/* A word of the line, which it is written over, with a terminator. */
static struct wire_span
value_of(char *word)
{
	size_t len = strcmp(word, "-") == 0 ? 0 : strlen(word);
	uint8_t *bytes = malloc(len / 2 + 1);

	if (bytes == NULL)
		die("out of memory");
	word[len] = '\0';
	len = hex_bytes(word, bytes, len / 2);
	memcpy(word, bytes, len);
	word[len] = '\0';
	free(bytes);
	return (struct wire_span){ (uint8_t *)word, len };
}

static void
print_hex(const uint8_t *data, size_t len, const char *end)
{
	if (len == 0)
		putchar('-');
	for (size_t i = 0; i < len; i++)
		printf("%02x", data[i]);
	fputs(end, stdout);
}

static int
im_read(const uint8_t *data, size_t len, struct wire_span *a,
    struct wire_span *b, int (*parse)(const uint8_t *, size_t,
    struct im_message *))
{
	struct im_message m;

	if (parse(data, len, &m) != 0)
		return -1;
	*a = (struct wire_span){ (const uint8_t *)m.nickname, m.nickname_len };
	*b = (struct wire_span){ (const uint8_t *)m.text, m.text_len };
	return 0;
}

static int
read_message(const uint8_t *data, size_t len, struct wire_span *a,
    struct wire_span *b)
{
	return im_read(data, len, a, b, im_message_parse);
}

static int
read_im(const uint8_t *data, size_t len, struct wire_span *a,
    struct wire_span *b)
{
	return im_read(data, len, a, b, eim_message_parse);
}

static int
write_message(struct bytes *out, const uint8_t *a, size_t a_len,
    const uint8_t *b, size_t b_len)
{
	return im_message_append(out, (const char *)a, a_len, (const char *)b,
	    b_len);
}

static int
write_im(struct bytes *out, const uint8_t *a, size_t a_len, const uint8_t *b,
    size_t b_len)
{
	return eim_message_append(out, (const char *)a, a_len, (const char *)b,
	    b_len);
}

static const struct message {
	const char *name;
	int (*write)(struct bytes *, const uint8_t *, size_t, const uint8_t *,
	    size_t);
	int (*read)(const uint8_t *, size_t, struct wire_span *,
	    struct wire_span *);
} messages[] = {
	{ "Message", write_message, read_message },
	{ "demo.EncryptedPackage", encrypted_package_append,
	    encrypted_package_parse },
	{ "demo.PlaintextAndMAC", plaintext_and_mac_append,
	    plaintext_and_mac_parse },
	{ "demo.IM", write_im, read_im },
};

static const struct message *
message_of(const char *name)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (strcmp(messages[i].name, name) == 0)
			return &messages[i];
	die("no such message");
}

static void
print_written(char **word)
{
	struct wire_span a = value_of(word[2]), b = value_of(word[3]);
	struct bytes out = { 0 };

	if (message_of(word[1])->write(&out, a.data, a.len, b.data, b.len) != 0)
		die("out of memory");
	print_hex(out.data, out.len, "\n");
	bytes_reset(&out);
}

static void
print_read(char **word)
{
	struct wire_span data = value_of(word[2]), a, b;

	if (message_of(word[1])->read(data.data, data.len, &a, &b) != 0) {
		puts("refused");
		return;
	}
	print_hex(a.data, a.len, " ");
	print_hex(b.data, b.len, "\n");
}

static void
print_users(char **word, size_t count)
{
	struct user_entry entries[WORDS / 2];
	struct bytes out = { 0 };

	for (size_t i = 0; i < count; i++) {
		value_of(word[2 * i]);
		value_of(word[2 * i + 1]);
		entries[i] = (struct user_entry){ word[2 * i],
			word[2 * i + 1] };
	}
	if (user_list_append(&out, entries, count) != 0)
		die("out of memory");
	print_hex(out.data, out.len, "\n");
	bytes_reset(&out);
}

static void
answer(char **word, size_t words)
{
	if (words == 4 && strcmp(word[0], "write") == 0) {
		print_written(word);
	} else if (words == 3 && strcmp(word[0], "read") == 0) {
		print_read(word);
	} else if (words == 2 && strcmp(word[0], "relayed") == 0) {
		struct wire_span data = value_of(word[1]);

		puts(encrypted_package_relayed(data.data, data.len) == 0 ?
		    "yes" : "no");
	} else if (words % 2 == 1 && strcmp(word[0], "users") == 0) {
		print_users(word + 1, words / 2);
	} else
		die("no such command");
}

int
main(void)
{
	static char line[LINE_BYTES];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *word[WORDS], *rest = line;
		size_t words = 0;

		while (words < WORDS &&
		    (word[words] = strtok_r(rest, " \n", &rest)) != NULL)
			words++;
		answer(word, words);
	}
	return 0;
}
