/*
 * What a browser and a web server say in clear: HTTP/1.1 (RFC 9112).
 *
 * All append to a buffer; -1: no memory.
 */
#ifndef TRAFFIC_SYNTH_VERBS_HTTP_TEXT_H
#define TRAFFIC_SYNTH_VERBS_HTTP_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/random.h"

/* GET of an object of a page, both from 1; the first object is the page.  A
 * cookie fills it up to `want` bytes, where there is room for one. */
int http_request(struct bytes *out, const char *host, uint64_t page,
    uint64_t object, size_t want, struct random *random);

/* The header of an answer whose body has so many bytes. */
int http_response_head(struct bytes *out, uint64_t object,
    uint64_t body_bytes);

/* Text that looks like some, but says nothing. */
int http_body(struct bytes *out, size_t len, struct random *random);

#endif
