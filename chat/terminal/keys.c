#include "chat/terminal/keys.h"

#include <string.h>

#include "base/utf8.h"

enum { ESCAPE = 0x1b };

static const char paste[] = "\033[200~", pasted[] = "\033[201~";

enum { PASTE_BYTES = sizeof(paste) - 1 };

/* What the keys of terminals send, and what libedit is told instead. */
static const struct {
	const char *bytes, *command;
} commands[] = {
	{ "\033[A", "\020" },	{ "\033OA", "\020" },	/* up: ^P */
	{ "\033[B", "\016" },	{ "\033OB", "\016" },	/* down: ^N */
	{ "\033[C", "\006" },	{ "\033OC", "\006" },	/* right: ^F */
	{ "\033[D", "\002" },	{ "\033OD", "\002" },	/* left: ^B */
	{ "\033[H", "\001" },	{ "\033OH", "\001" },	/* home: ^A */
	{ "\033[1~", "\001" },	{ "\033[7~", "\001" },
	{ "\033[F", "\005" },	{ "\033OF", "\005" },	/* end: ^E */
	{ "\033[4~", "\005" },	{ "\033[8~", "\005" },
	{ "\033[3~", KEY_DELETE },
	{ "\033[1;5C", "\033f" }, { "\033Oc", "\033f" },	/* ctrl-right */
	{ "\033[1;5D", "\033b" }, { "\033Od", "\033b" },	/* ctrl-left */
	{ "\033[1;3C", "\033f" }, { "\033[1;3D", "\033b" },	/* with alt */
	{ "\033b", "\033b" },	{ "\033f", "\033f" },	/* by words */
	{ "\033d", "\033d" },	{ "\033\177", "\027" },
	{ "\001", "\001" },	{ "\002", "\002" },	/* Emacs' own */
	{ "\005", "\005" },	{ "\006", "\006" },
	{ "\010", "\010" },	{ "\177", "\010" },	/* backspace */
	{ "\013", "\013" },	{ "\014", "\014" },	/* kill, clear */
	{ "\016", "\016" },	{ "\020", "\020" },
	{ "\024", "\024" },	{ "\025", "\025" },
	{ "\027", "\027" },	{ "\031", "\031" },
};

/* ESC [ PARAMETERS FINAL.  A byte that can be no part of it ends it. */
static size_t
control_length(const uint8_t *data, size_t len)
{
	if (len > 2 && data[2] == '[')	/* F1 to F5 of the Linux console */
		return len > 3 ? 4 : 0;
	for (size_t i = 2; i < len; i++) {
		if (data[i] >= 0x40 && data[i] <= 0x7e)
			return i + 1;
		if (data[i] < 0x20 || data[i] > 0x7e)
			return i;
		if (i + 1 == KEY_BYTES_MAX)
			return KEY_BYTES_MAX;
	}
	return 0;
}

/* As far as the bytes can still become a character. */
static size_t
character_length(const uint8_t *data, size_t len)
{
	size_t wanted = utf8_expected(data[0]);

	for (size_t i = 1; i < wanted && i < len; i++)
		if ((data[i] & 0xc0) != 0x80)
			return 1;
	if (wanted == 0)
		return 1;
	return wanted <= len ? wanted : 0;
}

size_t
key_length(const uint8_t *data, size_t len)
{
	size_t n;

	if (len == 0)
		return 0;
	if (data[0] != ESCAPE)
		return character_length(data, len);
	if (len == 1)
		return 0;
	if (data[1] == '[')
		return control_length(data, len);
	if (data[1] == 'O')
		return len > 2 ? 3 : 0;
	if (data[1] == ESCAPE)
		return 1;
	n = character_length(data + 1, len - 1);
	return n == 0 ? 0 : n + 1;
}

struct key
key_read(const uint8_t *data, size_t len)
{
	const struct key nothing = { KEY_NOTHING, NULL };

	if (len == 0)
		return nothing;
	if (len == 1 && (data[0] == '\n' || data[0] == '\r'))
		return (struct key){ KEY_ENTER, NULL };
	if (len == 1 && data[0] == 4)
		return (struct key){ KEY_END, NULL };
	if (len == PASTE_BYTES && memcmp(data, paste, len) == 0)
		return (struct key){ KEY_PASTE, NULL };
	if (utf8_printable(data, len) == len)
		return (struct key){ KEY_CHARACTER, NULL };
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strlen(commands[i].bytes) == len &&
		    memcmp(commands[i].bytes, data, len) == 0)
			return (struct key){ KEY_EDIT, commands[i].command };
	return nothing;
}

size_t
key_pasted_length(const uint8_t *data, size_t len)
{
	size_t n = len < PASTE_BYTES ? len : PASTE_BYTES;

	if (memcmp(data, pasted, n) == 0)
		return n == PASTE_BYTES ? n : 0;
	return character_length(data, len);
}

struct key
key_pasted_read(const uint8_t *data, size_t len)
{
	if (len == PASTE_BYTES && memcmp(data, pasted, len) == 0)
		return (struct key){ KEY_PASTED, NULL };
	if (len == 1 && (data[0] == '\n' || data[0] == '\r'))
		return (struct key){ KEY_ENTER, NULL };
	if (len == 1 && data[0] == '\t')
		return (struct key){ KEY_CHARACTER, " " };
	if (len > 0 && utf8_printable(data, len) == len)
		return (struct key){ KEY_CHARACTER, NULL };
	return (struct key){ KEY_NOTHING, NULL };
}
