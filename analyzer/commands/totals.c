#include "analyzer/commands/totals.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/analyses/anomalies.h"
#include "analyzer/commands/live_input.h"
#include "analyzer/commands/run.h"
#include "base/text.h"

static void
print_lines(const struct bytes *lines)
{
	const char *at = (const char *)lines->data;
	const char *end;

	if (lines->len == 0)
		return;		/* then `at` is NULL, too */
	end = at + lines->len;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		run_tell("%.*s", (int)(stop - at), at);
		at = stop + 1;
	}
}

static void
add_account(struct account *sum, const struct account *a)
{
	sum->directions.in += a->directions.in;
	sum->directions.out += a->directions.out;
	sum->directions.other += a->directions.other;
	sum->directions.skipped += a->directions.skipped;
	sum->filtered += a->filtered;
	sum->truncated += a->truncated;
	sum->malformed += a->malformed;
	sum->unsupported += a->unsupported;
}

void
totals_add_flows(struct totals *t, const struct analysis_account *a)
{
	t->flows.flows += a->flows;
	t->flows.in_flows += a->in_flows;
	t->flows.not_ip += a->not_ip;
	t->flows.cut += a->cut;
	t->flows.lone_fragments += a->lone_fragments;
	t->flows.evicted += a->evicted;
	analysis_scores_add(&t->flows.packet_scores, &a->packet_scores);
	analysis_scores_add(&t->flows.flow_scores, &a->flow_scores);
}

void
totals_add(struct totals *t, const struct engine_result *r)
{
	totals_add_flows(t, &r->flows);
	t->told++;
	if (r->input->live != NULL)
		t->live = r->input->live;
	t->output_failed |= r->output_failed;
	if (r->status == INPUT_FOREIGN)
		t->foreign++;
	else if (r->status != INPUT_OK)
		t->bad++;
	if (r->status != INPUT_FOREIGN && r->status != INPUT_UNREADABLE)
		t->read++;
	add_account(&t->account, &r->account);
	if (r->status == INPUT_FOREIGN && !t->options->verbose)
		return;
	progress_pause(t->progress);
	print_lines(&r->lines);
	progress_resume(t->progress);
}

void
totals_add_known(struct totals *t, const struct account *account, bool good)
{
	t->told++;
	t->read++;
	t->bad += !good;
	add_account(&t->account, account);
}

static int
exit_status(const struct totals *t, size_t missing)
{
	const struct account *a = &t->account;

	if (t->read == 0)
		return EXIT_NOTHING;
	if (t->bad > 0 || missing > 0 || t->output_failed ||
	    t->told < t->inputs || t->flows.evicted > 0)
		return EXIT_PARTIAL;
	if (t->options->strict &&
	    a->truncated + a->malformed + a->unsupported > 0)
		return EXIT_PARTIAL;
	return EXIT_OK;
}

static const char *
plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* Where there are conversations: each packet is in one, or there is a reason
 * why it is not. */
static void
print_flows(const struct analysis_account *a)
{
	unsigned long long none = a->not_ip + a->cut + a->lone_fragments;

	if (a->flows == 0 && none == 0)
		return;
	fprintf(stderr, "%llu %s in %llu %s, %llu in none",
	    (unsigned long long)a->in_flows,
	    plural(a->in_flows, "packet", "packets"),
	    (unsigned long long)a->flows, plural(a->flows, "flow", "flows"),
	    none);
	if (none > 0)
		fprintf(stderr, " (%llu not IP, %llu without addresses, %llu "
		    "later fragments without a first)",
		    (unsigned long long)a->not_ip, (unsigned long long)a->cut,
		    (unsigned long long)a->lone_fragments);
	fputc('\n', stderr);
}

/* A number of 10^-9. */
static void
print_fraction(const char *before, uint32_t value)
{
	char text[TEXT_SECONDS_BYTES + 1];

	*text_decimal(text, (int128)value * 1000) = '\0';
	fprintf(stderr, "%s%s", before, text);
}

/* Where rows were scored: by which rule some are anomalous.  Each capture may
 * have its own threshold. */
static void
print_scores(const struct options *o, const char *rows,
    const struct analysis_scores *s)
{
	if (s->scored == 0)
		return;
	fprintf(stderr, "%llu of %llu %s anomalous",
	    (unsigned long long)s->anomalous, (unsigned long long)s->scored,
	    rows);
	print_fraction(": score above ", s->least);
	if (s->largest != s->least)
		print_fraction(" to ", s->largest);
	if (o->settings.anomalies.contamination != 0)
		print_fraction(", by contamination ",
		    o->settings.anomalies.contamination);
	else if (o->settings.anomalies.threshold == 0)
		fprintf(stderr, " (rule: %s)", ANOMALY_USUAL_RULE);
	fputc('\n', stderr);
}

int
totals_finish(const struct totals *t, size_t missing)
{
	const struct account *a = &t->account;
	const struct direction_counts *d = &a->directions;
	unsigned long long records = account_records(a);

	progress_end(t->progress);
	/* Where the output failed, that has been told. */
	if (t->told < t->inputs && !t->output_failed)
		run_tell("interrupted: %zu of %zu inputs were read", t->told,
		    t->inputs);
	else if (t->told == t->inputs && t->read == 0 && t->bad == 0 &&
	    missing == 0)
		run_complain("no capture found");
	if (t->flows.evicted > 0)
		run_tell("%llu %s evicted: more than --max-memory allows; "
		    "what follows of %s is another flow",
		    (unsigned long long)t->flows.evicted,
		    plural(t->flows.evicted, "flow was", "flows were"),
		    plural(t->flows.evicted, "it", "them"));
	if (t->options->quiet)
		return exit_status(t, missing);
	if (t->foreign > 0 && !t->options->verbose)
		run_tell("%zu %s passed over: no %s (-v names them)",
		    t->foreign, plural(t->foreign, "file", "files"),
		    plural(t->foreign, "capture", "captures"));
	if (t->options->verbose)
		run_tell("%zu %s read; %llu packets truncated by the snaplen, "
		    "%llu malformed, %llu unsupported",
		    t->read, plural(t->read, "capture", "captures"),
		    (unsigned long long)a->truncated,
		    (unsigned long long)a->malformed,
		    (unsigned long long)a->unsupported);
	print_flows(&t->flows);
	print_scores(t->options, "packets", &t->flows.packet_scores);
	print_scores(t->options, "flows", &t->flows.flow_scores);
	fprintf(stderr, "%llu %s: %llu in, %llu out, %llu other; %llu skipped, "
	    "%llu filtered\n", records, plural(records, "packet", "packets"),
	    (unsigned long long)d->in, (unsigned long long)d->out,
	    (unsigned long long)d->other, (unsigned long long)d->skipped,
	    (unsigned long long)a->filtered);
	if (t->live != NULL)
		live_input_print_drops(t->live);
	return exit_status(t, missing);
}
