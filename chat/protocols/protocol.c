#include "chat/protocols/protocol.h"

#include <string.h>

const struct protocol *const protocols[] = {
	&protocol_echo,
	&protocol_im,
	&protocol_eim,
	&protocol_p2p,
	&protocol_class,
	&protocol_caps,
	&protocol_room,
	NULL,
};

const struct protocol *
protocol_find(const char *name)
{
	for (size_t i = 0; protocols[i] != NULL; i++)
		if (strcmp(protocols[i]->name, name) == 0)
			return protocols[i];
	return NULL;
}
