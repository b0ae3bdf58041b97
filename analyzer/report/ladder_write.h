/*
 * Ladders as text for a terminal, SVG, Mermaid and PlantUML.
 */
#ifndef ANALYZER_REPORT_LADDER_WRITE_H
#define ANALYZER_REPORT_LADDER_WRITE_H

#include <stdbool.h>

#include "analyzer/report/ladder.h"
#include "base/sink.h"

enum ladder_form { LADDER_AS_TEXT, LADDER_AS_SVG, LADDER_AS_MERMAID,
    LADDER_AS_PLANTUML };

struct ladder_style {
	enum ladder_form form;
	unsigned width;		/* of a text's lines, where that can be had */
	bool ascii;		/* text without a character beyond ASCII */
	const char *id;		/* SVG within a page: what its ids begin with;
				   NULL: it stands alone */
};

/* By the name of --as; -1 where there is none. */
int ladder_form_by_name(const char *name, enum ladder_form *out);

/* By the ending of a file (.txt .svg .mmd .mermaid .puml .plantuml); -1 where
 * it tells nothing. */
int ladder_form_by_path(const char *path, enum ladder_form *out);

/* After ladder_finish().  -1 with the reason in *err. */
int ladder_write(const struct ladder *ladder, const struct ladder_style *style,
    struct sink *sink, struct errbuf *err);

/* One of them each; ladder_write() chooses. */
int ladder_write_text(const struct ladder *ladder,
    const struct ladder_style *style, struct sink *sink, struct errbuf *err);

/* A picture: light, dark and on paper. */
int ladder_write_svg(const struct ladder *ladder,
    const struct ladder_style *style, struct sink *sink, struct errbuf *err);

/* What every such picture has within itself: for a page's policy. */
extern const char ladder_svg_style[];

/* Mermaid's sequenceDiagram. */
int ladder_write_mermaid(const struct ladder *ladder,
    const struct ladder_style *style, struct sink *sink, struct errbuf *err);

/* PlantUML's sequence diagram. */
int ladder_write_plantuml(const struct ladder *ladder,
    const struct ladder_style *style, struct sink *sink, struct errbuf *err);

#endif
