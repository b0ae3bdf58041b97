/*
 * `caps`, the open and secure mode exercise.  No framing: an action is a word
 * and then an option of one byte, each in a write of its own.
 *
 *	word, '1'		open mode: the word comes back, its ASCII
 *				letters in upper case
 *	ciphertext, '2'		secure mode: two answers, the plain text and
 *				the ciphertext again (caps_cipher.h)
 *	"No data", '3'		quit: the connection ends
 *
 * How our server tells word and option apart, since TCP keeps no boundaries:
 * a read of exactly one byte '1' to '3' after the beginning of a word is the
 * option.  Any other read goes on with the word.  When nothing follows for
 * CAPS_OPTION_WAIT_NS (or the client sends no more), and the word's last byte
 * (not its only one) is '1' to '3', both came joined and that byte is the
 * option.  So a word that ends in such a digit is told apart as long as its
 * option comes within that time; a word that comes in one-byte reads must not
 * hold these digits.
 *
 * Our client waits CAPS_PAUSE_NS between the two, so that the original server
 * reads them apart (joined, they would make it spin), and knows the length of
 * each answer.  Our server waits as long between the two answers of secure mode
 * (the original's second waits for an ACK, by Nagle), and reads nothing more of
 * that client until both are out.
 *
 * Intended differences from the original server: many clients are served at
 * once; a ciphertext that is no multiple of 16 bytes, and a word longer than
 * settings->line_max, end that client's connection instead of the server; the
 * plain text of secure mode need not be UTF-8.
 */
#ifndef CHAT_PROTOCOLS_CAPS_H
#define CHAT_PROTOCOLS_CAPS_H

#include "base/bytes.h"
#include "chat/protocols/protocol.h"

enum { CAPS_OPEN = '1', CAPS_SECURE = '2', CAPS_QUIT = '3' };

/* The longest wait of TCP for an ACK (Nagle on a link of 200 ms) fits in. */
#define CAPS_OPTION_WAIT_NS	INT64_C(300000000)
#define CAPS_PAUSE_NS		INT64_C(50000000)

/* Appends the bytes in lower-case hex; -1 without memory. */
int caps_hex(struct bytes *out, const uint8_t *data, size_t len);

extern const struct side caps_server, caps_client;

#endif
