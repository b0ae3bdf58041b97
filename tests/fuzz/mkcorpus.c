/*
 * mkcorpus DIR: writes into DIR/decode, DIR/session and DIR/text what fuzzing
 * begins with: a frame of each kind that decode knows, a chat of each protocol
 * and end, and a text of each kind that is parsed.  Other targets begin with
 * tests/captures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/session_seeds.h"
#include "tests/unit/decode_frames.h"

static _Noreturn void
die(const char *path)
{
	fprintf(stderr, "mkcorpus: ");
	perror(path);
	exit(1);
}

static void
write_file(const char *dir, const char *name, const uint8_t *data, size_t len)
{
	char path[4096];
	FILE *to;
	int failed;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	to = fopen(path, "wb");
	if (to == NULL)
		die(path);
	failed = fwrite(data, 1, len, to) != len;
	if (fclose(to) != 0 || failed)
		die(path);
}

/* "802.11 qos data" to "802.11-qos-data". */
static void
name_file(char *name, size_t size, const char *words)
{
	snprintf(name, size, "%s", words);
	for (char *at = name; *at != '\0'; at++)
		if (strchr(" ,'/", *at) != NULL)
			*at = '-';
}

/* As fuzz_decode.c reads them: whole, and cut by 20 bytes. */
static void
write_frame(const char *dir, const struct known_frame *k)
{
	uint8_t data[4 + SHOT_BYTES_MAX] = {
		(uint8_t)(k->link_type >> 8), (uint8_t)k->link_type, 0, 0,
	};
	size_t len = shot_hex(k->hex, data + 4);
	char name[256];

	name_file(name, sizeof(name), k->name);
	write_file(dir, name, data, 4 + len);
	if (len <= 20)
		return;
	data[3] = 20;
	strcat(name, "-cut");
	write_file(dir, name, data, 4 + len - 20);
}

/* As fuzz_text.c reads them: the first letter says what it is. */
static const struct {
	const char *name, *text;
} texts[] = {
	{ "number", "d18446744073709551615" },
	{ "number-zeros", "d0001" },
	{ "size", "e16777215TiB" },
	{ "size-suffix", "e128k" },
	{ "time-date", "f2021-11-28" },
	{ "time-zone", "f2021-11-28T19:17:19.123456789+01:00" },
	{ "time-space", "f2021-11-28 18:17Z" },
	{ "time-epoch", "f1638123439.726486" },
	{ "time-negative", "f-9223372036.854775807" },
	{ "networks", "g192.168.0.0/16,fd00::/8,10.0.0.1" },
	{ "networks-ipv4-in-ipv6", "g::ffff:10.0.0.0/104" },
	{ "columns", "hfile,packets_in,time_in_mean" },
};

static void
write_session(const char *dir, const struct session_seed *seed)
{
	uint8_t data[4096] = { seed->played, seed->how };
	size_t n = 2;

	for (size_t i = 0; i < seed->count; i++) {
		const struct session_step *step = &seed->steps[i];

		data[n++] = (uint8_t)(step->peer << 4 | step->what);
		if (session_takes_number(step->what))
			data[n++] = step->number;
		if (step->bytes == NULL)
			continue;
		data[n++] = (uint8_t)(step->len >> 8);
		data[n++] = (uint8_t)step->len;
		memcpy(data + n, step->bytes, step->len);
		n += step->len;
	}
	write_file(dir, seed->name, data, n);
}

static void
enter(char *path, size_t size, const char *dir, const char *name)
{
	if ((size_t)snprintf(path, size, "%s/%s", dir, name) >= size) {
		fprintf(stderr, "mkcorpus: %s: name too long\n", dir);
		exit(1);
	}
	mkdir(path, 0777);	/* there or not, a file in it will tell */
}

int
main(int argc, char **argv)
{
	char dir[2048];

	if (argc != 2) {
		fprintf(stderr, "usage: mkcorpus DIR\n"
		    "Writes the first inputs of fuzz targets.\n");
		return 2;
	}
	enter(dir, sizeof(dir), argv[1], "decode");
	for (size_t i = 0; i < KNOWN_FRAMES; i++)
		write_frame(dir, &known_frames[i]);
	enter(dir, sizeof(dir), argv[1], "session");
	for (size_t i = 0; i < SESSION_SEEDS; i++)
		write_session(dir, &session_seeds[i]);
	enter(dir, sizeof(dir), argv[1], "text");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		write_file(dir, texts[i].name, (const uint8_t *)texts[i].text,
		    strlen(texts[i].text));
	return 0;
}
