#include "analyzer/report/picture.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/report/panel_rows.h"
#include "analyzer/report/panels.h"
#include "base/memory.h"

struct picture *
picture_new(const char *panel, const struct grid *grid, size_t points,
    struct errbuf *err)
{
	const struct panel *p = panel_find(panel);
	struct picture *made = memory_array(1, sizeof(*made));

	if (made != NULL)
		made->points = memory_array(points + 1,
		    sizeof(*made->points));
	if (made == NULL || made->points == NULL) {
		free(made);
		errbuf_set(err, "out of memory for a picture");
		return NULL;
	}
	made->grid = grid;
	snprintf(made->title, PICTURE_TEXT, "%s%s%s", p->title,
	    grid_rows(grid) == 0 ? "" : ": ",
	    grid_rows(grid) == 0 ? "" : panel_text(grid, 0, "file"));
	panel_finding(p, grid, made->description, PICTURE_TEXT);
	made->chart.id = p->name;
	made->chart.title = made->title;
	made->chart.description = made->description;
	return made;
}

struct chart_plot *
picture_plot(struct picture *p, enum chart_kind kind, const char *heading,
    enum amount_unit x, enum amount_unit y)
{
	struct chart_plot *plot = &p->chart.plots[p->chart.plot_count++];

	plot->kind = kind;
	plot->heading = heading;
	plot->x.unit = x;
	plot->y.unit = y;
	return plot;
}

int
picture_finish(struct picture *p, struct sink *sink, struct errbuf *err)
{
	int status = chart_write(&p->chart, sink, err);

	free(p->points);
	free(p);
	return status;
}
