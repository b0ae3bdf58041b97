#include <inttypes.h>
#include <stdio.h>

#include "base/program.h"
#include "base/text.h"
#include "traffic/commands/command.h"
#include "traffic/verify/verify.h"

enum { NOTHING_READ = 3, COUNT_BYTES = 32 };

static void
say(void *context, const char *line)
{
	(void)context;
	printf("%s\n", line);
}

/* "1,532", for people. */
static const char *
counted(char out[COUNT_BYTES], uint64_t n)
{
	char digits[TEXT_U64_BYTES], *at = out;
	size_t len = (size_t)(text_u64(digits, n) - digits);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = '\0';
	return out;
}

static void
print_summary(const struct verify_result *r)
{
	char text[COUNT_BYTES];

	printf("%s: %zu %s, ", r->scenario, r->captures,
	    r->captures == 1 ? "capture" : "captures");
	printf("%s frames, ", counted(text, r->frames));
	printf("%s numbers compared, ", counted(text, r->numbers));
	printf("%s %s", counted(text, r->differences),
	    r->differences == 1 ? "difference" : "differences");
	if (r->guesses > 0)
		printf("; %s of ", counted(text, r->right));
	if (r->guesses > 0)
		printf("%s segments that fill a gap taken for what they are",
		    counted(text, r->guesses));
	if (r->missing > 0)
		printf("; %zu not read, or not to the end", r->missing);
	putchar('\n');
}

static int
run(const struct labgen_options *options, struct errbuf *err)
{
	const struct verify_calls calls = { say, NULL };
	struct verify_result result;

	if (verify_folder(options->operand, &calls, &result, err) == -1)
		return result.captures == 0 ? NOTHING_READ : PROGRAM_FAILED;
	print_summary(&result);
	if (program_check_output("labgen") != PROGRAM_DONE)
		return PROGRAM_FAILED;
	if (result.captures == 0 && result.missing > 0)
		return NOTHING_READ;
	return result.differences == 0 && result.missing == 0 ?
	    PROGRAM_DONE : PROGRAM_FAILED;
}

const struct labgen_command command_verify = {
	.name = "verify",
	.synopsis = "verify DIR",
	.purpose = "pcapstat's numbers of captures against their truth",
	.text = "Reads the captures in DIR as pcapstat does, and compares what "
	    "it finds with\nwhat truth.json says can be known at each: a line "
	    "for each difference, and\none that sums up.  Status 0 where there "
	    "is none.",
	.groups = LABGEN_VERIFY,
	.operand = "DIR",
	.run = run,
};
