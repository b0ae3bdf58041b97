/*
 * The page and what it loads, part of the program.  Generated from web/ when
 * the program is built.
 */
#ifndef ANALYZER_DASHBOARD_ASSETS_H
#define ANALYZER_DASHBOARD_ASSETS_H

#include <stddef.h>
#include <stdint.h>

struct asset {
	const char *path;	/* "/", "/app.js" */
	const char *type;	/* "text/javascript; charset=utf-8" */
	const uint8_t *gzip;	/* the bytes, compressed */
	size_t gzip_len;
	const char *etag;	/* of the bytes, in quotes */
};

/* `path` NULL at the end. */
extern const struct asset assets[];

#endif
