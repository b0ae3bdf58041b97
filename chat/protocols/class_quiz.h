/*
 * `class`: a quiz, its text as every client gets it, and how answers score.
 *
 * Questions: lines.  One that begins with a., b., c. or d. has options of the
 * question above it, every other line that is not empty is a question.
 * Answers: the first line that is not empty, letters between blanks, one a
 * question.
 */
#ifndef CHAT_PROTOCOLS_CLASS_QUIZ_H
#define CHAT_PROTOCOLS_CLASS_QUIZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"

enum { CLASS_QUIZ_MAX = 65536 };	/* bytes of its text, of a file */

struct class_quiz {
	struct bytes text;	/* payload of quiz_question */
	struct bytes key;	/* right answers, each with a '\0' */
	unsigned count;		/* of them; 0: there is no quiz */
	uint64_t number;	/* among those that were made, from 1 */
};

/* From the bytes of the two files, which end at their lengths.  The quiz is the
 * old one after -1. */
int class_quiz_make(struct class_quiz *quiz, const struct bytes *questions,
    const struct bytes *answers, struct errbuf *err);

/* A zeroed struct is no quiz. */
void class_quiz_reset(struct class_quiz *quiz);

/* How many of the answers, words between blanks in any case, are right; -1:
 * they are fewer than the questions.  What is too many does not count. */
int class_quiz_score(const struct class_quiz *quiz, const uint8_t *answers,
    size_t len);

/* Appends "NAME,score\n" as RFC 4180 has it; -1 without memory. */
int class_quiz_row(struct bytes *out, const char *name, int score);

#endif
