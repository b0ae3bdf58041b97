/*
 * Names of files that others have chosen, made fit to be stored.
 */
#ifndef CHAT_NET_FILE_NAME_H
#define CHAT_NET_FILE_NAME_H

/* Of a cleaned name, with the terminator. */
enum { FILE_NAME_BYTES = 201 };

/*
 * Separators, controls and bad UTF-8 are '_', and so is a point at the
 * beginning; no blanks at its ends; "unnamed" if nothing is left; at most
 * FILE_NAME_BYTES - 1, cut between characters.
 */
void file_name_clean(const char *name, char out[FILE_NAME_BYTES]);

/* Behind the last separator, '/' or '\', that has something behind it. */
const char *file_name_last(const char *name);

#endif
