#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/commands/command.h"

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* Who runs us by nohup wants no end by this. */
static void
catch_hangup(const struct sigaction *action)
{
	struct sigaction was;

	if (sigaction(SIGHUP, NULL, &was) == 0 && was.sa_handler != SIG_IGN)
		sigaction(SIGHUP, action, NULL);
}

/* The first SIGINT, SIGTERM or SIGHUP ends the reading, not the report; a second
 * one ends the program.  A reader that goes away, and a file that grows past its
 * limit, are errors of write(2). */
static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal,
	    .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	catch_hangup(&action);
	action.sa_handler = SIG_IGN;
	action.sa_flags = 0;
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGXFSZ, &action, NULL);
}

static const struct command *
find_command(const char *word)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, word) == 0)
			return commands[i];
	return NULL;
}

/* `pcapstat --help` also names the commands. */
static void
print_commands(void)
{
	printf("commands:\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		printf("  %-10s %s\n", commands[i]->name,
		    commands[i]->purpose);
	printf("\n");
}

int
main(int argc, char **argv)
{
	const struct command *command = argc > 1 ? find_command(argv[1]) :
	    NULL;

	catch_signals();
	if (command != NULL)
		return command->run(command, argc - 1, argv + 1, &stop);
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0))
		print_commands();
	return command_bare.run(&command_bare, argc, argv, &stop);
}
