/*
 * Commands for ip(8) and tc(8), a line each, as their -batch option reads them.
 *
 * A line that finds no memory is lost, and so is all that follows: the text
 * says so once, at its end (`failed`), and is not to be used.
 */
#ifndef TRAFFIC_HOSTS_COMMAND_TEXT_H
#define TRAFFIC_HOSTS_COMMAND_TEXT_H

#include <stdbool.h>

#include "base/bytes.h"
#include "traffic/scenario/scenario.h"

struct command_text {
	struct bytes text;
	bool failed;
};

/* Frees the text; the struct is an empty one again. */
void command_text_reset(struct command_text *commands);

/* Adds what the format gives; a line ends in \n. */
void command_add(struct command_text *commands, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "10.20.30.2", "fd00::2", "02:00:00:00:00:01" behind what is there. */
void command_add_address(struct command_text *commands,
    const struct scenario_address *address);

/* Two hexadecimal digits a byte, in lower case. */
void command_add_mac(struct command_text *commands, const uint8_t mac[6]);

#endif
