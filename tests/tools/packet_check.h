/*
 * What holds for every packet that decode gives, and whether two of them say
 * the same: for unit tests and fuzz targets alike.
 */
#ifndef TESTS_TOOLS_PACKET_CHECK_H
#define TESTS_TOOLS_PACKET_CHECK_H

#include <stdbool.h>

#include "analyzer/decode/packet.h"
#include "base/errbuf.h"

/* Is all that flags and counts declare to be there the same in both?  If not,
 * *why names the field. */
bool packet_check_same(const struct packet *a, const struct packet *b,
    struct errbuf *why);

/* Do its parts agree, and do its offsets lie inside the frame, however broken
 * that is?  If not, *why says which do not. */
bool packet_check_sound(const struct packet *p, struct errbuf *why);

#endif
