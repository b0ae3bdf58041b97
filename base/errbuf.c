#include "base/errbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
one_line(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

void
errbuf_set(struct errbuf *err, const char *format, ...)
{
	/* The arguments may point into err->text itself. */
	char line[ERRBUF_BYTES];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	one_line(line);
	memcpy(err->text, line, sizeof(line));
}

void
errbuf_prefix(struct errbuf *err, const char *context)
{
	errbuf_set(err, "%s: %s", context, err->text);
}
