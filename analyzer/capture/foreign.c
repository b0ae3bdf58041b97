#include "analyzer/capture/foreign.h"

#include <stdbool.h>
#include <string.h>

static const struct signature {
	const char *bytes;
	size_t count, offset;
	const char *name;
} signatures[] = {
	{ "snoop\0\0\0", 8, 0, "a snoop capture (RFC 1761), which is not supported" },
	{ "GMBU", 4, 0, "a Network Monitor capture, which is not supported" },
	{ "RTSS", 4, 0, "a Network Monitor capture, which is not supported" },
	{ "TRSNIFF data", 12, 0, "a Sniffer capture, which is not supported" },
	{ "XCP\0", 4, 0, "a NetXRay capture, which is not supported" },
	{ "iptrace", 7, 0, "an AIX iptrace capture, which is not supported" },
	{ "btsnoop\0", 8, 0, "a btsnoop capture, which is not supported" },
	{ "\x7f" "ELF", 4, 0, "an executable (ELF)" },
	{ "MZ", 2, 0, "an executable (Windows)" },
	{ "#!", 2, 0, "a script" },
	{ "!<arch>", 7, 0, "an ar archive" },
	{ "\x89PNG", 4, 0, "a picture (PNG)" },
	{ "\xff\xd8\xff", 3, 0, "a picture (JPEG)" },
	{ "GIF8", 4, 0, "a picture (GIF)" },
	{ "%PDF", 4, 0, "a PDF" },
	{ "PK\3\4", 4, 0, "a ZIP archive; unpack it first" },
	{ "7z\xbc\xaf\x27\x1c", 6, 0, "a 7-Zip archive; unpack it first" },
	{ "BZh", 3, 0, "compressed with bzip2; decompress it first" },
	{ "\x1f\x9d", 2, 0, "compressed with compress; decompress it first" },
	{ "\x1f\x8b", 2, 0, "compressed with gzip once more" },
	{ "\x28\xb5\x2f\xfd", 4, 0, "compressed with zstd once more" },
	{ "ustar", 5, 257, "a tar archive; unpack it first" },
	{ "SQLite format 3", 15, 0, "an SQLite database" },
	{ "\1\0\0\0", 4, 0, "a pcapng block without a section header before it" },
};

/* Endace ERF has no magic: a record is an eight byte time, a type, flags, its
 * length and the wire length, all of which hold narrow values. */
static bool
looks_like_erf(const uint8_t *p, size_t n)
{
	size_t at = 0;
	int records = 0;

	while (n - at >= 16 && records < 3) {
		unsigned type = p[at + 8] & 0x7f;
		size_t len = (size_t)p[at + 10] << 8 | p[at + 11];

		if (type == 0 || type > 48 || len < 16)
			return false;
		records++;
		if (len > n - at)
			break;
		at += len;
	}
	return records >= 2;
}

/* No NUL and few control characters: prose, CSV, a log. */
static bool
looks_like_text(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x20 && memchr("\t\n\r\f\x1b", p[i], 5) == NULL)
			return false;
	return true;
}

const char *
foreign_name(const uint8_t *data, size_t n)
{
	if (n == 0)
		return "it is empty";
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]);
	    i++) {
		const struct signature *s = &signatures[i];

		if (n >= s->offset + s->count && memcmp(data + s->offset,
		    s->bytes, s->count) == 0)
			return s->name;
	}
	if (looks_like_text(data, n))
		return "text";
	if (looks_like_erf(data, n))
		return "an ERF capture, which is not supported";
	return "no format that we know";
}
