#include "traffic/hosts/arguments.h"

#include <stdlib.h>
#include <string.h>

void
arguments_add(struct arguments *arguments, const char *word)
{
	char *copy = arguments->count == ARGUMENTS_MAX ? NULL : strdup(word);

	if (copy == NULL)
		arguments->failed = true;
	else
		arguments->words[arguments->count++] = copy;
}

void
arguments_reset(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		free(arguments->words[i]);
	*arguments = (struct arguments){ .count = 0 };
}
