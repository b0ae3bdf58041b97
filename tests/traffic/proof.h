/*
 * For the tests of labgen verify: a folder with what synth makes of a scenario
 * of all kinds, three captures and their truth, which may be changed.
 */
#ifndef TESTS_TRAFFIC_PROOF_H
#define TESTS_TRAFFIC_PROOF_H

#include <check.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "traffic/verify/verify.h"

enum { PROOF_PATH_BYTES = 128 };

/* Of a file in the folder: a.pcap, b.pcapng, lab.pcap, truth.json. */
void proof_path(char path[PROOF_PATH_BYTES], const char *file);

/* With that seed; whole frames, or so many bytes of each. */
void proof_synthesize(uint64_t seed);
void proof_synthesize_cut(uint64_t seed, uint32_t snaplen);

/* What verify_folder() returns; what it says is kept until the next time. */
int proof_verify(struct verify_result *result, struct errbuf *err);
void proof_say(void *context, const char *line);
const char *proof_said(void);
void proof_forget(void);

/* For the caller to release. */
json_t *proof_load_truth(void);
void proof_store_truth(json_t *root);

/* Appends what is in the file. */
void proof_load_file(const char *file, struct bytes *b);
void proof_store_file(const char *file, const uint8_t *data, size_t n);

/* Runs the tests; for main() to return. */
int proof_main(const char *name, TCase *tests);

#endif
