#include "traffic/hosts/command_text.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

/* The longest piece that one call adds. */
enum { PIECE_MAX = 512 };

void
command_text_reset(struct command_text *commands)
{
	bytes_reset(&commands->text);
	commands->failed = false;
}

void
command_add(struct command_text *commands, const char *format, ...)
{
	char piece[PIECE_MAX];
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(piece, sizeof(piece), format, ap);
	va_end(ap);
	if (commands->failed || len < 0 || len >= PIECE_MAX ||
	    bytes_append(&commands->text, piece, (size_t)len) == -1)
		commands->failed = true;
}

void
command_add_address(struct command_text *commands,
    const struct scenario_address *address)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(address->version == 4 ? AF_INET : AF_INET6, address->bytes,
	    text, sizeof(text));
	command_add(commands, "%s", text);
}

void
command_add_mac(struct command_text *commands, const uint8_t mac[6])
{
	command_add(commands, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
	    mac[2], mac[3], mac[4], mac[5]);
}
