/*
 * What looks like TLS 1.3 (RFC 8446) from outside: hellos that a dissector
 * reads, and records of noise where ciphertext would stand.
 *
 * All append to a buffer; -1: no memory.
 */
#ifndef TRAFFIC_SYNTH_VERBS_TLS_TEXT_H
#define TRAFFIC_SYNTH_VERBS_TLS_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/random.h"

/* server_name: NULL where there is none. */
int tls_client_hello(struct bytes *out, const char *server_name,
    struct random *random);

/* ServerHello, and what hides extensions, a certificate of so many bytes, its
 * signature and Finished. */
int tls_server_flight(struct bytes *out, size_t certificate_bytes,
    struct random *random);

/* Finished. */
int tls_client_finished(struct bytes *out, struct random *random);

/* So many bytes of a program (at least 1 is sent), in records of at most
 * 16384; each adds 22: its header, a type and a tag. */
int tls_data(struct bytes *out, size_t len, struct random *random);

#endif
