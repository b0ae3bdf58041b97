#include "analyzer/report/pen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
pen_write(struct pen *pen, const char *text, size_t n)
{
	if (pen->status == 0)
		pen->status = pen->sink->write(pen->sink, text, n, pen->err);
}

void
pen_put(struct pen *pen, const char *text)
{
	pen_write(pen, text, strlen(text));
}

void
pen_repeat(struct pen *pen, const char *text, size_t times)
{
	for (; times > 0; times--)
		pen_put(pen, text);
}

void
pen_printf(struct pen *pen, const char *format, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	pen_write(pen, text, n < (int)sizeof(text) ? (size_t)n :
	    sizeof(text) - 1);
}
