#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/chart.h"
#include "base/bytes.h"

struct memory {
	struct sink sink;	/* first: the sink is the memory */
	struct bytes bytes;
};

static int
memory_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct memory *m = (struct memory *)(void *)sink;

	(void)err;
	return bytes_append(&m->bytes, data, n);
}

/* The picture's text; to be freed. */
static char *
draw(struct chart *chart)
{
	struct memory m = { .sink = { memory_write } };
	struct errbuf err;

	chart->id = "it";
	chart->title = "Title";
	chart->description = "What it tells.";
	chart->plot_count = 1;
	ck_assert_int_eq(chart_write(chart, &m.sink, &err), 0);
	ck_assert_int_eq(bytes_append(&m.bytes, "", 1), 0);
	return (char *)m.bytes.data;
}

static void
ck_has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "lacks \"%s\"", part);
}

static void
ck_lacks(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) == NULL, "has \"%s\"", part);
}

static void
plot_steps(struct chart *chart, const struct chart_point *points, size_t n)
{
	struct chart_plot *plot = &chart->plots[0];

	memset(chart, 0, sizeof(*chart));
	plot->kind = CHART_STEPS;
	plot->heading = "Packets in each range";
	plot->x = (struct chart_axis){ AMOUNT_BYTES, "length", false };
	plot->y.unit = AMOUNT_COUNT;
	plot->series[0] = (struct chart_series){ NULL, points, n };
	plot->series_count = 1;
}

/* 702 - 32.5 pixels for 100 bytes, and 190 for 10 packets. */
START_TEST(steps_fall_to_zero_where_nothing_is)
{
	static const struct chart_point points[] = {
		{ 0, 10, 5 }, { 10, 20, 10 }, { 90, 100, 1 },
	};
	struct chart chart;
	char *svg;

	plot_steps(&chart, points, 3);
	svg = draw(&chart);
	ck_has(svg, "<path class=\"s0 steps\" d=\"M33 246V151H99.9V56H166.8"
	    "V246H635.1V227H702V246\"/>");
	ck_has(svg, ">100\xc2\xa0" "B</text>");
	ck_has(svg, ">length</text>");
	ck_has(svg, ">10</text>");
	free(svg);
}
END_TEST

/* From 50 to 50000 is three decades over 654.8 pixels; 0 stands at 50. */
START_TEST(long_lengths_have_marks_between_decades)
{
	static const struct chart_point points[] = {
		{ 0, 100, 10 }, { 49000, 50000, 1 },
	};
	struct chart chart;
	char *svg;

	plot_steps(&chart, points, 2);
	chart.plots[0].x.log = true;
	chart.plots[0].x.log_from = 50;
	svg = draw(&chart);
	ck_has(svg, "<path class=\"s0 steps\" d=\"M33 246V56H100.1V246H");
	ck_has(svg, ">50\xc2\xa0" "B</text>");
	ck_has(svg, ">200\xc2\xa0" "B</text>");
	ck_has(svg, ">5\xc2\xa0kB</text>");
	ck_lacks(svg, ">1\xc2\xa0" "B</text>");
	ck_lacks(svg, ">100\xc2\xa0kB</text>");
	free(svg);
}
END_TEST

START_TEST(one_point_is_drawn_and_none_is_said_in_words)
{
	static const struct chart_point point = { 7, 8, 1 };
	struct chart chart;
	char *svg;

	plot_steps(&chart, &point, 1);
	chart.plots[0].series[0].name = "third of three";
	chart.plots[0].series[0].look = 2;
	svg = draw(&chart);
	ck_has(svg, "class=\"s2 steps\"");
	ck_has(svg, "class=\"s2 line\"");	/* in the legend */
	ck_lacks(svg, "Nothing to show");
	free(svg);
	plot_steps(&chart, &point, 0);
	svg = draw(&chart);
	ck_has(svg, "Nothing to show.");
	ck_lacks(svg, "steps\" d");
	free(svg);
}
END_TEST

/* The longest span that times can have, and values as large as they get. */
START_TEST(extremes_overflow_nothing)
{
	static const struct chart_point points[] = {
		{ INT64_MIN, INT64_MIN + (int128)1, UINT64_MAX },
		{ INT64_MAX, INT64_MAX + (int128)1, 1 },
	};
	struct chart chart;
	char *svg;

	plot_steps(&chart, points, 2);
	chart.plots[0].x = (struct chart_axis){ AMOUNT_TIME, NULL, false };
	chart.plots[0].y.unit = AMOUNT_BYTES;
	svg = draw(&chart);
	ck_has(svg, ">1970-01-01<");
	ck_has(svg, ">2106-11-24<");
	ck_has(svg, "time from 1677-09-21 on, UTC");
	free(svg);
	chart.plots[0].series[0].points = (const struct chart_point[]){
	    { 0, 1, 3 }, { UINT64_MAX, UINT64_MAX + (int128)1, 5 } };
	chart.plots[0].x = (struct chart_axis){ AMOUNT_NS, "gap", true };
	svg = draw(&chart);
	ck_has(svg, ">0\xc2\xa0ns</text>");
	free(svg);
}
END_TEST

START_TEST(short_spans_are_told_since_their_start)
{
	static const struct chart_point points[] = {
		{ 1767225600100000000, 1767225600200000000, 1 },
		{ 1767225602000000000, 1767225602100000000, 1 },
	};
	static const struct chart_point hours[] = {
		{ 1767225600000000000, 1767225660000000000, 1 },
		{ 1767240000000000000, 1767240060000000000, 1 },
	};
	struct chart chart;
	char *svg;

	plot_steps(&chart, points, 2);
	chart.plots[0].x = (struct chart_axis){ AMOUNT_TIME, NULL, false };
	svg = draw(&chart);
	ck_has(svg, "time since 2026-01-01T00:00:00.100Z");
	ck_has(svg, ">0.5\xc2\xa0s</text>");
	free(svg);
	chart.plots[0].series[0].points = hours;
	svg = draw(&chart);
	ck_has(svg, "time of day on 2026-01-01, UTC");
	ck_has(svg, ">02:00</text>");
	free(svg);
}
END_TEST

START_TEST(curves_keep_what_they_have_reached)
{
	static const struct chart_point points[] = {
		{ 1, 2, 250000000000 }, { 100, 200, 1000000000000 },
	};
	struct chart chart;
	char *svg;

	plot_steps(&chart, points, 2);
	chart.plots[0].kind = CHART_CURVES;
	chart.plots[0].x = (struct chart_axis){ AMOUNT_NS, "gap", true };
	chart.plots[0].y.unit = AMOUNT_SHARE;
	svg = draw(&chart);
	/* From 1 to 1000 ns: three decades. */
	ck_has(svg, "d=\"M54 246L119 198.5H485.9L551 56H702\"");
	ck_has(svg, ">100\xc2\xa0%</text>");
	ck_has(svg, ">10\xc2\xa0ns</text>");
	free(svg);
}
END_TEST

START_TEST(bars_are_stacked_and_labels_are_text)
{
	struct chart chart = { 0 };
	struct chart_plot *plot = &chart.plots[0];
	char *svg;

	plot->kind = CHART_BARS;
	plot->heading = "Bytes";
	plot->x.unit = AMOUNT_BYTES;
	plot->series[0].name = "one way";
	plot->series[1].name = "other way";
	plot->series_count = 2;
	plot->bars[0] = (struct chart_bar){ "<a>&\"\n", { 600, 400 } };
	plot->bars[1] = (struct chart_bar){ "none", { 0, 0 } };
	plot->bar_count = 2;
	plot->has_limit = true;
	plot->limit = 500;
	plot->limit_name = "dashed: half";
	svg = draw(&chart);
	ck_has(svg, "&lt;a&gt;&amp;&quot;?");
	ck_lacks(svg, "<a>");
	ck_has(svg, "class=\"s0 bar\" x=\"10\" y=\"84\" width=\"366\"");
	ck_has(svg, "class=\"s1 bar\" x=\"376\" y=\"84\" width=\"244\"");
	ck_has(svg, ">1\xc2\xa0kB</text>");
	ck_has(svg, "class=\"limit\" d=\"M315 ");
	ck_has(svg, ">other way</text>");
	free(svg);
}
END_TEST

START_TEST(pictures_of_one_page_are_told_apart)
{
	struct chart chart;
	char *svg;

	plot_steps(&chart, NULL, 0);
	svg = draw(&chart);
	ck_has(svg, "aria-labelledby=\"it-title it-desc\"");
	ck_has(svg, "<title id=\"it-title\">Title</title>");
	ck_has(svg, "<desc id=\"it-desc\">What it tells.</desc>");
	for (const char *at = chart_style; *at != '\0';
	    at = strchr(at, '\n') + 1)
		ck_assert(strncmp(at, ".chart ", 7) == 0 ||
		    strncmp(at, "@media ", 7) == 0 || *at == '}');
	free(svg);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("chart");
	TCase *tc = tcase_create("chart");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, steps_fall_to_zero_where_nothing_is);
	tcase_add_test(tc, long_lengths_have_marks_between_decades);
	tcase_add_test(tc, one_point_is_drawn_and_none_is_said_in_words);
	tcase_add_test(tc, extremes_overflow_nothing);
	tcase_add_test(tc, short_spans_are_told_since_their_start);
	tcase_add_test(tc, curves_keep_what_they_have_reached);
	tcase_add_test(tc, bars_are_stacked_and_labels_are_text);
	tcase_add_test(tc, pictures_of_one_page_are_told_apart);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
