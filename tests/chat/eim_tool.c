/*
 * eim_tool explain PROFILE C A NICKNAME TEXT: prints the walk through sealing
 * and opening with the IV 00 01 ... 0f.
 * eim_tool seal PROFILE C A NICKNAME TEXT: writes the package to stdout.
 * eim_tool open PROFILE C A: reads a package from stdin, prints "NICKNAME:
 * TEXT" or, with status 1, that it is not authentic.
 */
#include <stdio.h>
#include <string.h>

#include "chat/crypto/eim_explain.h"

enum { PACKAGE_BYTES_MAX = 1 << 16 };

struct call {
	enum eim_profile profile;
	struct secret c, a;
	struct eim_message message;
};

static int
explain(const struct call *call, struct bytes *out, struct errbuf *err)
{
	return eim_explain(call->profile, &call->c, &call->a, &call->message,
	    out, err);
}

static int
seal(const struct call *call, struct bytes *out, struct errbuf *err)
{
	const struct eim_message *m = &call->message;
	struct eim_keys keys;
	int status;

	if (eim_keys_make(&keys, call->profile, &call->c, &call->a, err) != 0)
		return -1;
	status = eim_seal(&keys, m->nickname, strlen(m->nickname), m->text,
	    strlen(m->text), m->iv, NULL, NULL, out, err);
	eim_keys_reset(&keys);
	return status;
}

static int
open_package(const struct call *call, struct bytes *out, struct errbuf *err)
{
	static uint8_t package[PACKAGE_BYTES_MAX];
	size_t len = fread(package, 1, sizeof(package), stdin);
	struct eim_opened opened;
	struct eim_keys keys;
	int status;

	if (eim_keys_make(&keys, call->profile, &call->c, &call->a, err) != 0)
		return -1;
	status = eim_open(&keys, package, len, NULL, NULL, &opened);
	eim_keys_reset(&keys);
	if (status != 0) {
		errbuf_set(err, "not authentic");
		return -1;
	}
	if (bytes_append(out, opened.nickname, opened.nickname_len) != 0 ||
	    bytes_append(out, ": ", 2) != 0 ||
	    bytes_append(out, opened.text, opened.text_len) != 0 ||
	    bytes_append(out, "\n", 1) != 0)
		status = -1;
	eim_opened_reset(&opened);
	return status;
}

static const struct {
	const char *name;
	int arguments;
	int (*run)(const struct call *call, struct bytes *out,
	    struct errbuf *err);
} verbs[] = {
	{ "explain", 7, explain },
	{ "seal", 7, seal },
	{ "open", 5, open_package },
};

static int
read_call(struct call *call, int argc, char **argv, struct errbuf *err)
{
	if (eim_profile_find(argv[2], &call->profile, err) != 0 ||
	    secret_set(&call->c, argv[3], strlen(argv[3])) != 0 ||
	    secret_set(&call->a, argv[4], strlen(argv[4])) != 0)
		return -1;
	for (uint8_t i = 0; i < EIM_IV_BYTES; i++)
		call->message.iv[i] = i;
	if (argc > 5) {
		call->message.nickname = argv[5];
		call->message.text = argv[6];
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct call call = { .profile = EIM_TOOLKIT };
	struct bytes out = { NULL, 0, 0 };
	struct errbuf err = { "usage: eim_tool VERB PROFILE C A [NICKNAME TEXT]"
	};
	int status = -1;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (argc == verbs[i].arguments &&
		    strcmp(argv[1], verbs[i].name) == 0 &&
		    read_call(&call, argc, argv, &err) == 0)
			status = verbs[i].run(&call, &out, &err);
	if (status == 0 && fwrite(out.data, 1, out.len, stdout) != out.len)
		status = -1;
	else if (status != 0)
		fprintf(stderr, "eim_tool: %s\n", err.text);
	secret_reset(&call.c);
	secret_reset(&call.a);
	bytes_reset(&out);
	return status != 0;
}
