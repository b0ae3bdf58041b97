#include "analyzer/report/markup.h"

#include "analyzer/report/display.h"

void
markup_escape(struct pen *pen, const char *text, size_t len)
{
	size_t plain = 0;

	for (size_t i = 0; i < len; i++) {
		const char *entity = text[i] == '&' ? "&amp;" :
		    text[i] == '<' ? "&lt;" : text[i] == '>' ? "&gt;" :
		    text[i] == '"' ? "&quot;" : NULL;

		if (entity == NULL)
			continue;
		pen_write(pen, text + plain, i - plain);
		pen_put(pen, entity);
		plain = i + 1;
	}
	pen_write(pen, text + plain, len - plain);
}

void
markup_foreign(struct pen *pen, const char *text)
{
	struct bytes clean = { 0 };

	if (pen->status == 0 && display_clean(&clean, text) == -1) {
		pen->status = -1;
		errbuf_set(pen->err, "out of memory for a text");
	} else if (clean.len > 0) {
		markup_escape(pen, (const char *)clean.data, clean.len);
	}
	bytes_reset(&clean);
}
