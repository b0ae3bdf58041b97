/*
 * Scenarios: one that is accepted keeps what scenario.h promises, one that is
 * not has a fault in one line, with line and column within the text.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/traffic/scenario_rules.h"

static void
check_place(const struct errbuf *err, const uint8_t *data, size_t len)
{
	const char *at = err->text + strlen("input:");
	size_t lines = 1;
	char *end;
	unsigned long line, column;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	FUZZ_CHECK(strncmp(err->text, "input:", strlen("input:")) == 0);
	line = strtoul(at, &end, 10);
	FUZZ_CHECK(line >= 1 && line <= lines && *end == ':');
	column = strtoul(end + 1, &end, 10);
	FUZZ_CHECK(column >= 1 && column <= len + 1);
	FUZZ_CHECK(end[0] == ':' && end[1] == ' ' && end[2] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct errbuf err = { "" };
	struct scenario *s = scenario_parse("input", (const char *)data, len,
	    &err);
	const char *broken = s == NULL ? NULL : scenario_rule_broken(s);

	if (broken != NULL)
		fuzz_fail("%s", broken);
	if (s == NULL) {
		fuzz_check_line(&err, NULL);
		check_place(&err, data, len);
	}
	scenario_free(s);
	return 0;
}
