#include <string.h>

#include "base/distance.h"
#include "traffic/scenario/scenario.h"

enum { TYPOS_MAX = 3 };

static const char *
nearest(const char *word)
{
	unsigned least = TYPOS_MAX + 1;
	const char *name = NULL;

	for (size_t i = 0; shipped_scenarios[i].name != NULL; i++) {
		unsigned d = edit_distance(shipped_scenarios[i].name, word);

		if (d < least) {
			least = d;
			name = shipped_scenarios[i].name;
		}
	}
	return name;
}

const struct shipped_scenario *
scenario_shipped(const char *name, struct errbuf *err)
{
	const char *near = nearest(name);

	for (size_t i = 0; shipped_scenarios[i].name != NULL; i++)
		if (strcmp(shipped_scenarios[i].name, name) == 0)
			return &shipped_scenarios[i];
	if (near == NULL)
		errbuf_set(err, "%s: no such scenario; `labgen list` has "
		    "those there are, a file has a . or / in its name", name);
	else
		errbuf_set(err, "%s: no such scenario; there is %s", name,
		    near);
	return NULL;
}

struct scenario *
scenario_open(const char *word, struct errbuf *err)
{
	const struct shipped_scenario *shipped;

	if (strcmp(word, "-") == 0 || strpbrk(word, "./") != NULL)
		return scenario_read(word, err);
	shipped = scenario_shipped(word, err);
	if (shipped == NULL)
		return NULL;
	return scenario_parse(shipped->name, shipped->text, shipped->len,
	    err);
}
