#include "analyzer/report/ladder_write.h"

#include <string.h>

static const struct form {
	const char *name;
	const char *endings[2];
	int (*write)(const struct ladder *, const struct ladder_style *,
	    struct sink *, struct errbuf *);
} forms[] = {
	[LADDER_AS_TEXT] = { "text", { ".txt" }, ladder_write_text },
	[LADDER_AS_SVG] = { "svg", { ".svg" }, ladder_write_svg },
	[LADDER_AS_MERMAID] = { "mermaid", { ".mmd", ".mermaid" },
	    ladder_write_mermaid },
	[LADDER_AS_PLANTUML] = { "plantuml", { ".puml", ".plantuml" },
	    ladder_write_plantuml },
};

enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

int
ladder_form_by_name(const char *name, enum ladder_form *out)
{
	for (int i = 0; i < FORMS; i++)
		if (strcmp(forms[i].name, name) == 0) {
			*out = (enum ladder_form)i;
			return 0;
		}
	return -1;
}

static bool
ends_in(const char *path, const char *ending)
{
	size_t len = strlen(path), tail = ending == NULL ? 0 : strlen(ending);

	return tail > 0 && len > tail &&
	    strcmp(path + len - tail, ending) == 0;
}

int
ladder_form_by_path(const char *path, enum ladder_form *out)
{
	for (int i = 0; i < FORMS; i++)
		if (ends_in(path, forms[i].endings[0]) ||
		    ends_in(path, forms[i].endings[1])) {
			*out = (enum ladder_form)i;
			return 0;
		}
	return -1;
}

int
ladder_write(const struct ladder *ladder, const struct ladder_style *style,
    struct sink *sink, struct errbuf *err)
{
	return forms[style->form].write(ladder, style, sink, err);
}
