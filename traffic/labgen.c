/* labgen: captures of which everything is known. */
#include <libnet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "base/program.h"
#include "traffic/commands/command.h"
#include "traffic/options.h"

static const char name[] = "labgen";

static int
print_version(void)
{
	printf("labgen %s\n%s\nlibnet %s\n", PACKAGE_VERSION,
	    pcap_lib_version(), LIBNET_VERSION);
	return program_check_output(name);
}

/* The command that is named first; NULL with *err where there is none of that
 * name, without where only an option stands there. */
static const struct labgen_command *
find_command(int argc, char **argv, struct errbuf *err)
{
	if (argc < 2) {
		errbuf_set(err, "a command is missing");
		return NULL;
	}
	for (size_t i = 0; labgen_commands[i] != NULL; i++)
		if (strcmp(argv[1], labgen_commands[i]->name) == 0)
			return labgen_commands[i];
	if (argv[1][0] != '-')
		errbuf_set(err, "%s: no such command", argv[1]);
	return NULL;
}

static int
run(const struct labgen_command *command,
    const struct labgen_options *options)
{
	struct errbuf err = { "" };
	int status = command->run(options, &err);

	if (err.text[0] != '\0')
		program_say(name, err.text);
	return status;
}

int
main(int argc, char **argv)
{
	const struct labgen_command *command;
	struct labgen_options options;
	struct errbuf err = { "" };

	if (program_reserve_files(&err) == -1) {
		program_say(name, err.text);
		return PROGRAM_FAILED;
	}
	command = find_command(argc, argv, &err);
	if (command != NULL) {
		argc--;
		argv++;
	}
	if (err.text[0] != '\0' ||
	    labgen_options_parse(&options, command, argc, argv, &err) == -1)
		return program_usage(name, &err);
	if (options.version)
		return print_version();
	if (options.help) {
		labgen_options_help(command);
		return program_check_output(name);
	}
	if (command == NULL) {
		errbuf_set(&err, "a command is missing");
		return program_usage(name, &err);
	}
	return run(command, &options);
}
