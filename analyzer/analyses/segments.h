/*
 * tcp-segments: a row a TCP segment, what it is and why.  The rows are those of
 * exchange (exchange.h), fewer of them and of their columns.
 */
#ifndef ANALYZER_ANALYSES_SEGMENTS_H
#define ANALYZER_ANALYSES_SEGMENTS_H

#include "base/table.h"

/* Columns of struct exchange_row. */
extern const struct table segments_table;

#endif
