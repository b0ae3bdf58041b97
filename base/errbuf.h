/*
 * One line that says what went wrong.
 *
 * A function that can fail returns -1 or NULL and writes here one line without
 * full stop or program name, naming the file or peer.  Only main prints it.
 */
#ifndef BASE_ERRBUF_H
#define BASE_ERRBUF_H

#include <limits.h>

/* A path as long as they come, and what is wrong with it. */
enum { ERRBUF_BYTES = PATH_MAX + 512 };

struct errbuf {
	char text[ERRBUF_BYTES];	/* always terminated; "" when unset */
};

/* Writes the line; what does not fit is cut.  Control characters (a file name
 * may hold a newline) become '?', so that it stays one line. */
void errbuf_set(struct errbuf *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "CONTEXT: " in front of the line that is there. */
void errbuf_prefix(struct errbuf *err, const char *context);

#endif
