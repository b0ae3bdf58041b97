#include "analyzer/report/ladder_write.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/report/display.h"
#include "analyzer/report/ladder_label.h"
#include "analyzer/report/wrap.h"
#include "base/bytes.h"
#include "tests/unit/ladder_packets.h"
#include "tests/unit/stats_random.h"

struct memory_sink {
	struct sink sink;	/* first: the sink is the memory */
	struct bytes bytes;
};

static int
memory_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct memory_sink *m = (struct memory_sink *)(void *)sink;

	(void)err;
	return bytes_append(&m->bytes, data, n);
}

/* What the form makes of the ladder; to be freed. */
static char *
written(const struct ladder *ladder, enum ladder_form form, unsigned width,
    bool ascii)
{
	struct memory_sink m = { { memory_write }, { 0 } };
	struct ladder_style style = { form, width, ascii };
	struct errbuf err;

	ck_assert_int_eq(ladder_write(ladder, &style, &m.sink, &err), 0);
	ck_assert_int_eq(bytes_append(&m.bytes, "", 1), 0);
	return (char *)m.bytes.data;
}

static size_t
count_of(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		n++;
	}
	return n;
}

static void
check_has(const struct ladder *ladder, enum ladder_form form,
    const char *wanted)
{
	char *text = written(ladder, form, 100, false);

	ck_assert_msg(strstr(text, wanted) != NULL, "no %s in\n%s", wanted,
	    text);
	free(text);
}

static void
one_arrow(struct ladder *ladder, const struct exchange_row *row)
{
	ladder_init(ladder, false, false);
	add_row(ladder, row);
	finish(ladder);
}

START_TEST(an_arrow_has_all_that_is_asked_for)
{
	struct exchange_row row = make_row(1, 2, 0, 42);
	struct ladder ladder;

	one_arrow(&ladder, &row);
	check_has(&ladder, LADDER_AS_TEXT, "0.000000  │──── PSH,ACK ─────►│"
	    "  1001 → 1002  seq 4200 ack 7 len 100  \"hello…\"\n");
	check_has(&ladder, LADDER_AS_MERMAID, "    h0->>h1: 0.000000 PSH,ACK "
	    "seq 4200 ack 7 len 100 1001 → 1002<br/>\"hello…\"\n");
	check_has(&ladder, LADDER_AS_PLANTUML, "h0 -> h1 : 0.000000 PSH,ACK "
	    "seq 4200 ack 7 len 100 1001 → 1002\\n\"hello…\"\n");
	check_has(&ladder, LADDER_AS_SVG, ">PSH,ACK</tspan>");
	check_has(&ladder, LADDER_AS_SVG, "&quot;hello…&quot;");
	ladder.relative = true;
	check_has(&ladder, LADDER_AS_TEXT, "seq 1 ack 1 len 100");
	ladder_reset(&ladder);
}
END_TEST

START_TEST(protocols_differ_in_their_lines)
{
	struct exchange_row row = make_row(2, 1, 0, 42);
	struct ladder ladder;

	row.seq = row.ack = TABLE_NO_U64;
	row.protocol = "udp";
	one_arrow(&ladder, &row);
	check_has(&ladder, LADDER_AS_TEXT, "│╌╌╌╌╌╌ UDP ╌╌╌╌╌╌╌►│");
	check_has(&ladder, LADDER_AS_SVG, "<g class=\"udp\">");
	check_has(&ladder, LADDER_AS_MERMAID, "h0-->>h1");
	check_has(&ladder, LADDER_AS_PLANTUML, "h0 --> h1");
	ladder_reset(&ladder);
	row.protocol = "icmpv6";
	row.src_port = row.dst_port = TABLE_NO_U64;
	one_arrow(&ladder, &row);
	check_has(&ladder, LADDER_AS_TEXT, "│┈┈┈┈┈ ICMPv6 ┈┈┈┈┈►│");
	check_has(&ladder, LADDER_AS_SVG, "<g class=\"other\">");
	ladder_reset(&ladder);
}
END_TEST

START_TEST(what_is_wrong_shows_without_colour)
{
	struct exchange_row row = make_row(1, 2, 0, 42);
	struct ladder ladder;

	row.verdict_bits = TCP_IS_RETRANSMISSION | TCP_IS_FAST;
	row.verdict = "retransmission, fast retransmission";
	row.reason = "after_duplicate_acks";
	one_arrow(&ladder, &row);
	check_has(&ladder, LADDER_AS_TEXT, "│━━━━ PSH,ACK ━━━━━►│");
	check_has(&ladder, LADDER_AS_TEXT, "  fast retransmission (after\n");
	check_has(&ladder, LADDER_AS_SVG, "<g class=\"tcp again\">");
	ladder.items[0].event.fate = LADDER_LOST;
	check_has(&ladder, LADDER_AS_TEXT, "│──── PSH,ACK ────╳ │");
	check_has(&ladder, LADDER_AS_SVG, "class=\"cross\"");
	check_has(&ladder, LADDER_AS_MERMAID, "h0-xh1");
	check_has(&ladder, LADDER_AS_PLANTUML, ">x h1");
	ladder_reset(&ladder);
}
END_TEST

START_TEST(ascii_text_has_no_other_byte)
{
	struct exchange_row row = make_row(1, 2, 0, 42);
	struct ladder ladder;
	char *text;

	row.preview = "caf\u00e9 \u4f60";
	one_arrow(&ladder, &row);
	text = written(&ladder, LADDER_AS_TEXT, 100, true);
	ck_assert_ptr_nonnull(strstr(text, "1001 -> 1002"));
	ck_assert_ptr_nonnull(strstr(text, "\"caf? ?...\""));
	for (const char *at = text; *at != '\0'; at++)
		ck_assert_int_ge(*at, 0);
	free(text);
	ladder_reset(&ladder);
}
END_TEST

/* What would end a text, begin a tag or a directive, or move a cursor. */
static const char *const hostile[] = {
	"</text><script>alert(1)</script>", "&amp;<![CDATA[", "\x1b[2J\x07",
	"a;b#c\nend\n@enduml", "\xff\xfe\xc0\x80", "\u202etxt.exe",
	"-->\n%%{init}%%", "\"quoted\" 'so' \\n ~~ ** __ //",
	"$$\\frac{1}{0}$$ /' gone '/",
};

START_TEST(hostile_text_stays_text)
{
	struct exchange_row row = make_row(1, 2, 0, 42);
	struct ladder ladder;

	row.preview = hostile[_i];
	one_arrow(&ladder, &row);
	ladder.places[0].name = hostile[_i];
	ladder.place_count = 1;
	ladder.hosts[0].name = strdup(hostile[_i]);
	for (int form = LADDER_AS_TEXT; form <= LADDER_AS_PLANTUML; form++) {
		char *text = written(&ladder, (enum ladder_form)form, 100,
		    false);
		size_t lines = count_of(text, "\n");

		/* A terminal obeys controls only. */
		if (form != LADDER_AS_TEXT) {
			ck_assert_ptr_null(strstr(text, "<script"));
			ck_assert_ptr_null(strstr(text, "<![CDATA"));
		}
		if (form >= LADDER_AS_MERMAID)
			ck_assert_ptr_null(strstr(text, "%%{"));
		if (form == LADDER_AS_MERMAID)
			ck_assert_ptr_null(strstr(text, "$$"));
		if (form == LADDER_AS_PLANTUML)
			ck_assert_ptr_null(strstr(text, "/'"));
		ck_assert_ptr_null(strstr(text, "\x1b"));
		ck_assert_ptr_null(strstr(text, "\xff"));
		ck_assert_ptr_null(strstr(text, "\u202e"));
		if (form == LADDER_AS_PLANTUML)
			ck_assert_uint_eq(count_of(text, "@enduml"), 1);
		/* Names and previews begin no lines. */
		if (form >= LADDER_AS_MERMAID)
			ck_assert_uint_eq(lines,
			    form == LADDER_AS_MERMAID ? 4 : 6);
		free(text);
	}
	ladder_reset(&ladder);
}
END_TEST

/* The lines that tell where views were taken name hosts, too. */
START_TEST(the_name_of_a_views_host_stays_text)
{
	struct exchange_row row = make_row(1, 2, 0, 42);
	struct ladder ladder;

	one_arrow(&ladder, &row);
	for (size_t v = 0; v < 2; v++)
		ladder.places[v] = (struct ladder_place){ .name = "view",
		    .has_host = true, .host = host_ip(1 + (unsigned)v) };
	ladder.place_count = 2;
	ladder.hosts[0].name = strdup(hostile[_i]);
	for (int form = LADDER_AS_TEXT; form <= LADDER_AS_SVG; form++) {
		char *text = written(&ladder, (enum ladder_form)form, 100,
		    false);

		if (form == LADDER_AS_SVG)
			ck_assert_ptr_null(strstr(text, "<script"));
		ck_assert_ptr_null(strstr(text, "\x1b"));
		ck_assert_ptr_null(strstr(text, "\xff"));
		ck_assert_ptr_null(strstr(text, "\u202e"));
		free(text);
	}
	ladder_reset(&ladder);
}
END_TEST

/* Lines of a text are no wider than they may be. */
static void
check_widths(const char *text, size_t width)
{
	char *copy = strdup(text), *save, *line;

	for (line = strtok_r(copy, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save))
		ck_assert_msg(display_width(line) <= width, "%s", line);
	free(copy);
}

static void
add_anything(struct ladder *ladder, uint64_t *state)
{
	static const char *const protocols[] = { "tcp", "udp", "icmp", "gre" };
	struct exchange_row row = make_row(1 + (unsigned)random_below(state,
	    3), 1 + (unsigned)random_below(state, 3), 0, 1);
	char preview[49];
	size_t n = random_below(state, sizeof(preview));

	for (size_t i = 0; i < n; i++)
		preview[i] = (char)(1 + random_below(state, 255));
	preview[n] = '\0';
	row.time.ns = (int64_t)random_below(state, 3600) * 1000000000;
	row.protocol = protocols[random_below(state, 4)];
	row.preview = preview;
	row.options = "mss 1460, wscale 7, sack permitted, ts 1 2";
	row.flag_bits = random_below(state, 512);
	row.verdict_bits = random_below(state, 4) == 0 ?
	    random_below(state, 1 << 15) : 0;
	row.verdict = row.verdict_bits != 0 ? "something odd" : NULL;
	if (random_below(state, 10) == 0)
		row.src.version = row.dst.version = 0;
	add_row(ladder, &row);
}

START_TEST(every_form_draws_every_packet)
{
	uint64_t state = random_seed(__func__);

	for (unsigned long n = random_rounds(100); n > 0; n--) {
		struct ladder ladder;
		size_t packets = 1 + random_below(&state, 30), drawn;
		char *text;

		ladder_init(&ladder, true, false);
		for (size_t i = 0; i < packets; i++)
			add_anything(&ladder, &state);
		finish(&ladder);
		drawn = count_kind(&ladder, LADDER_ARROW) +
		    count_kind(&ladder, LADDER_NOTE);
		ck_assert_uint_eq(drawn, packets);
		text = written(&ladder, LADDER_AS_TEXT, 100, false);
		check_widths(text, 100);
		free(text);
		text = written(&ladder, LADDER_AS_SVG, 100, false);
		ck_assert_uint_eq(count_of(text, "<title>record "), packets);
		ck_assert_uint_eq(count_of(text, "<g "),
		    count_of(text, "</g>"));
		ck_assert_uint_eq(count_of(text, "<text "),
		    count_of(text, "</text>"));
		ck_assert_uint_eq(count_of(text, "<tspan "),
		    count_of(text, "</tspan>"));
		free(text);
		text = written(&ladder, LADDER_AS_MERMAID, 100, false);
		ck_assert_uint_eq(count_of(text, "\n"), 1 + ladder.count +
		    (ladder.host_count > 0 ? ladder.host_count : 1));
		free(text);
		ladder_reset(&ladder);
	}
}
END_TEST

START_TEST(durations_have_three_digits)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 ns" }, { 999, "999 ns" }, { 1000, "1.00 µs" },
		{ 12345, "12.3 µs" }, { 999499, "999 µs" },
		{ 999500, "1.00 ms" }, { 99949999, "99.9 ms" },
		{ 999500000, "1.00 s" }, { 1350000000, "1.35 s" },
		{ 59949999999, "59.9 s" }, { 99950000000, "1.67 min" },
		{ 3600000000000, "60.0 min" }, { 86400000000000, "24.0 h" },
		{ 864000000000000, "10.0 d" }, { -1500000, "-1.50 ms" },
	};
	char text[32];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ladder_duration(text, sizeof(text), cases[i].ns);
		ck_assert_str_eq(text, cases[i].text);
	}
}
END_TEST

START_TEST(widths_are_those_of_a_terminal)
{
	ck_assert_uint_eq(display_width("abc"), 3);
	ck_assert_uint_eq(display_width("caf\u00e9"), 4);
	ck_assert_uint_eq(display_width("e\u0301"), 1);
	ck_assert_uint_eq(display_width("\u4f60\u597d"), 4);
	ck_assert_uint_eq(display_width("\U0001f600"), 2);
	ck_assert_uint_eq(display_fit("\u4f60\u597d", 3), 3);
	ck_assert_uint_eq(display_fit("abc", 9), 3);
}
END_TEST

START_TEST(lines_of_words_fit_at_any_width)
{
	static const char text[] = "some words, \u4f60\u597d and "
	    "averyveryverylongone of them";

	for (size_t width = 2; width < 60; width++) {
		struct wrap wrap = { 0 };
		size_t bytes = 0;

		ck_assert_int_eq(wrap_add(&wrap, 0, text), 0);
		ck_assert_int_eq(wrap_set(&wrap, width), 0);
		for (size_t i = 0; i < wrap.line_count; i++)
			ck_assert_uint_le(wrap.lines[i].width, width);
		for (size_t i = 0; i < wrap.count; i++)
			bytes += wrap.words[i].len;
		/* All but the spaces. */
		ck_assert_uint_eq(bytes, strlen(text) - 6);
		ck_assert_uint_eq(wrap.lines[wrap.line_count - 1].end,
		    wrap.count);
		wrap_reset(&wrap);
	}
}
END_TEST

START_TEST(forms_are_known_by_name_and_ending)
{
	enum ladder_form form;

	ck_assert_int_eq(ladder_form_by_name("svg", &form), 0);
	ck_assert_int_eq(form, LADDER_AS_SVG);
	ck_assert_int_eq(ladder_form_by_name("png", &form), -1);
	ck_assert_int_eq(ladder_form_by_path("a/b.mmd", &form), 0);
	ck_assert_int_eq(form, LADDER_AS_MERMAID);
	ck_assert_int_eq(ladder_form_by_path("b.plantuml", &form), 0);
	ck_assert_int_eq(form, LADDER_AS_PLANTUML);
	ck_assert_int_eq(ladder_form_by_path("svg", &form), -1);
	ck_assert_int_eq(ladder_form_by_path(".svg", &form), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ladder_write");
	TCase *tc = tcase_create("ladder_write");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_arrow_has_all_that_is_asked_for);
	tcase_add_test(tc, protocols_differ_in_their_lines);
	tcase_add_test(tc, what_is_wrong_shows_without_colour);
	tcase_add_test(tc, ascii_text_has_no_other_byte);
	tcase_add_loop_test(tc, hostile_text_stays_text, 0,
	    sizeof(hostile) / sizeof(hostile[0]));
	tcase_add_loop_test(tc, the_name_of_a_views_host_stays_text, 0,
	    sizeof(hostile) / sizeof(hostile[0]));
	tcase_add_test(tc, every_form_draws_every_packet);
	tcase_add_test(tc, durations_have_three_digits);
	tcase_add_test(tc, widths_are_those_of_a_terminal);
	tcase_add_test(tc, lines_of_words_fit_at_any_width);
	tcase_add_test(tc, forms_are_known_by_name_and_ending);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
