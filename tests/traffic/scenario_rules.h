/*
 * What scenario.h promises of every scenario that is accepted.
 */
#ifndef TESTS_TRAFFIC_SCENARIO_RULES_H
#define TESTS_TRAFFIC_SCENARIO_RULES_H

#include "traffic/scenario/scenario.h"

/* NULL: all of it holds; else what does not, in a few words. */
const char *scenario_rule_broken(const struct scenario *scenario);

#endif
