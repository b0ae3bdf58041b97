#include "traffic/scenario/chat.h"

#include <stdlib.h>
#include <string.h>

#include "chat/wire/chat_text.h"
#include "chat/wire/im_message.h"
#include "traffic/scenario/values.h"

enum { PEER_PORT = 5000, LINE_DEFAULT = 1024 };

unsigned
chat_bits(const struct protocol *protocol)
{
	static const struct {
		const struct protocol *protocol;
		unsigned bit;
	} own[] = {
		{ &protocol_echo, CHAT_ECHO },
		{ &protocol_im, CHAT_IM },
		{ &protocol_eim, CHAT_EIM },
		{ &protocol_p2p, CHAT_P2P },
		{ &protocol_class, CHAT_CLASS },
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (protocol == own[i].protocol)
			return own[i].bit;
	return 0;
}

static const char *
name_of_protocol(const void *of, size_t i)
{
	(void)of;
	return protocols[i]->name;
}

static size_t
protocol_count(void)
{
	size_t n = 0;

	while (protocols[n] != NULL)
		n++;
	return n;
}

int
chat_protocol_read(struct parser *p, const struct protocol **out)
{
	const char *near;
	struct word word;

	if (parser_word(p, "a protocol", &word) == -1)
		return -1;
	*out = protocol_find(word.text);
	if (*out != NULL)
		return 0;
	near = near_name(word.text, name_of_protocol, NULL, protocol_count());
	if (near == NULL)
		return parser_fault(p, word.at, "no such protocol: `%s`",
		    word.text);
	return parser_fault(p, word.at, "no such protocol: `%s`; `%s` is one",
	    word.text, near);
}

void
chat_settings_default(struct chat_settings *settings,
    const struct protocol *protocol)
{
	*settings = (struct chat_settings){
		.line_max = protocol == &protocol_im ?
		    IM_MESSAGE_ORIGINAL_MAX : LINE_DEFAULT,
		.peer_port = PEER_PORT,
	};
}

int
chat_framing_read(struct parser *p, const struct property *row, void *target)
{
	static const struct choice framings[] = {
		{ "none", IM_FRAMING_NONE }, { "length", IM_FRAMING_LENGTH },
		{ NULL },
	};
	struct chat_settings *settings = target;
	struct property choice = *row;
	int value = 0;

	choice.choices = framings;
	choice.at = 0;
	if (read_choice(p, &choice, &value) == -1)
		return -1;
	settings->framing = (enum im_framing)value;
	return 0;
}

int
chat_line_read(struct parser *p, const struct property *row, void *target)
{
	struct chat_settings *settings = target;
	uint64_t bytes;

	(void)row;
	if (value_read(p, UNIT_SIZE, CHAT_LINE_LEAST, CHAT_LINE_MOST,
	    &bytes) == -1)
		return -1;
	settings->line_max = (size_t)bytes;
	return 0;
}

int
chat_name_read(struct parser *p, char **out)
{
	const char *at, *fault;

	if (parser_string(p, "a user's name", out, &at) == -1)
		return -1;
	fault = chat_name_fault((const uint8_t *)*out, strlen(*out), "");
	if (fault == NULL)
		return 0;
	/* It is a sentence for users; ours have no full stop. */
	return parser_fault(p, at, "%.*s", (int)strcspn(fault, "."), fault);
}

int
chat_step_read(struct parser *p, const char *at, struct script_steps *steps,
    char **text, size_t *len)
{
	p->line.at = at;
	script_line_skip_blanks(&p->line);
	at = p->line.at;
	if (script_line_at_end(&p->line))
		return parser_fault(p, at, "a step is missing");
	if (script_parse_step(steps, &p->line) == -1)
		return -1;
	if (parser_append(text, len, at, (size_t)(p->line.end - at)) == -1 ||
	    parser_append(text, len, "\n", 1) == -1)
		return parser_no_memory(p);
	return 0;
}
