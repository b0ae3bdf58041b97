/*
 * The facts sheet of UDP: what its header is made of, and what follows from
 * that, beside the header of one datagram.
 */
#ifndef ANALYZER_REPORT_UDP_FACTS_H
#define ANALYZER_REPORT_UDP_FACTS_H

#include <stdio.h>

#include "analyzer/analyses/udp.h"

/* `example` may be NULL.  What could not be written shows in ferror(). */
void udp_facts_print(FILE *file, const struct udp_datagram *example);

#endif
