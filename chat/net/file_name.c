#include "chat/net/file_name.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

static void
trim(char *name)
{
	size_t len = strlen(name), blanks = strspn(name, " ");

	memmove(name, name + blanks, len - blanks + 1);
	len -= blanks;
	while (len > 0 && name[len - 1] == ' ')
		name[--len] = '\0';
}

void
file_name_clean(const char *name, char out[FILE_NAME_BYTES])
{
	const uint8_t *p = (const uint8_t *)name;
	size_t left = strlen(name), len = 0;

	/* Before anything is cut: what follows blanks and newlines counts. */
	while (left > 0 && (*p <= ' ' || *p == 0x7f)) {
		p++;
		left--;
	}
	while (left > 0 && (p[left - 1] <= ' ' || p[left - 1] == 0x7f))
		left--;
	while (left > 0) {
		size_t n = utf8_printable(p, left);
		size_t step = n == 0 ? 1 : n;

		if (len + step > FILE_NAME_BYTES - 1)
			break;
		if (n == 0 || *p == '/' || *p == '\\')
			out[len] = '_';
		else
			memcpy(out + len, p, n);
		len += step;
		p += step;
		left -= step;
	}
	out[len] = '\0';
	trim(out);
	if (out[0] == '.')
		out[0] = '_';
	if (strspn(out, "._ ") == strlen(out))
		strcpy(out, "unnamed");
}

const char *
file_name_last(const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		if ((*p == '/' || *p == '\\') && p[1] != '\0')
			name = p + 1;
	return name;
}
