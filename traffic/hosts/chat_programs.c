#include "traffic/hosts/chat_programs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "chat/crypto/eim_keys.h"
#include "chat/users/users.h"
#include "traffic/scenario/file_bytes.h"

/* Files of users and operators, in the same folders, do not begin with a dot
 * (scenario.h). */
static const char users_file[] = ".users.db";
static const char script_file[] = ".script";
static const char password_file[] = ".password";
static const char confidentiality_file[] = ".confidentiality-key";
static const char authenticity_file[] = ".authenticity-key";

/* A file with `data`, and one newline where `ends_line`. */
static int
write_data(const char *folder, const char *name, const void *data, size_t len,
    bool ends_line, struct errbuf *err)
{
	char path[PATH_MAX];
	struct outfile *file;
	struct sink *sink;
	bool written;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = outfile_open(path, err);
	if (file == NULL)
		return -1;
	sink = outfile_sink(file);
	written = sink->write(sink, data, len, err) == 0 &&
	    sink->write(sink, "\n", ends_line, err) == 0;
	return outfile_close(file, written, err) == 0 && written ? 0 : -1;
}

/* Whoever reads it takes one newline off. */
static int
write_secret(const char *folder, const char *name,
    const struct secret *secret, struct errbuf *err)
{
	return secret->len == 0 ? 0 :
	    write_data(folder, name, secret->data, secret->len, true, err);
}

static int
write_file(const struct scenario_file *source, uint64_t seed,
    const char *folder, struct errbuf *err)
{
	char path[PATH_MAX];
	struct outfile *file;
	bool written;

	snprintf(path, sizeof(path), "%s/%s", folder, source->name);
	file = outfile_open(path, err);
	if (file == NULL)
		return -1;
	written = file_bytes_write(source, seed, outfile_sink(file), err) == 0;
	return outfile_close(file, written, err) == 0 && written ? 0 : -1;
}

int
chat_prepare_client(const struct scenario *s,
    const struct scenario_action *action, const char *folder,
    struct errbuf *err)
{
	const struct scenario_talk *talk = &action->talk;
	const struct chat_settings *settings = &talk->settings;

	for (size_t i = 0; i < talk->file_count; i++)
		if (write_file(&talk->files[i], s->seed, folder, err) == -1)
			return -1;
	if (write_secret(folder, password_file, &settings->password, err) ||
	    write_secret(folder, confidentiality_file,
	    &settings->confidentiality_key, err) ||
	    write_secret(folder, authenticity_file,
	    &settings->authenticity_key, err))
		return -1;
	return write_data(folder, script_file, talk->script,
	    talk->script == NULL ? 0 : talk->script_len, false, err);
}

static int
add_login(struct users *users, const struct scenario_login *login,
    struct errbuf *err)
{
	switch (users_register(users, login->name, login->password,
	    strlen(login->password), err)) {
	case USERS_WELCOME:
		return 0;
	case USERS_TAKEN:
		errbuf_set(err, "login %s: is there twice", login->name);
		return -1;
	default:
		errbuf_prefix(err, login->name);
		return -1;
	}
}

int
chat_prepare_server(const struct scenario_service *service,
    const char *folder, struct errbuf *err)
{
	char path[PATH_MAX];
	struct users *users;
	int status = 0;

	for (size_t i = 0; i < service->text_count; i++)
		if (write_data(folder, service->texts[i].name,
		    service->texts[i].text, strlen(service->texts[i].text),
		    false, err) == -1)
			return -1;
	if (service->login_count == 0)
		return 0;
	snprintf(path, sizeof(path), "%s/%s", folder, users_file);
	users = users_open(path, err);
	if (users == NULL)
		return -1;
	for (size_t i = 0; i < service->login_count && status == 0; i++)
		status = add_login(users, &service->logins[i], err);
	users_close(users);
	return status;
}

static void
add_option(struct arguments *arguments, const char *option, const char *value)
{
	arguments_add(arguments, option);
	arguments_add(arguments, value);
}

static void
add_number(struct arguments *arguments, const char *option, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	add_option(arguments, option, text);
}

static void
add_address(struct arguments *arguments, const char *option,
    const struct scenario_address *address)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(address->version == 4 ? AF_INET : AF_INET6, address->bytes,
	    text, sizeof(text));
	add_option(arguments, option, text);
}

/* What both ends are told of their protocol. */
static void
add_settings(struct arguments *arguments, const struct protocol *protocol,
    const struct chat_settings *settings)
{
	if (protocol == &protocol_im &&
	    settings->framing == IM_FRAMING_LENGTH)
		add_option(arguments, "--framing", "length");
	if (settings->line_max != 0)
		add_number(arguments, "--max-line", settings->line_max);
}

void
chat_server_arguments(struct arguments *arguments, const char *path,
    const struct scenario_host *host, const struct scenario_service *service)
{
	const struct scenario_address *four = &host->address[0];
	const struct scenario_address *six = &host->address[1];

	arguments_add(arguments, path);
	arguments_add(arguments, service->protocol->name);
	add_number(arguments, "-p", service->port);
	if (four->version != 0 && six->version != 0)
		add_option(arguments, "-b", "::");
	else
		add_address(arguments, "-b", four->version != 0 ? four : six);
	add_settings(arguments, service->protocol, &service->settings);
	if (service->protocol == &protocol_echo && service->settings.reverse)
		arguments_add(arguments, "--reverse");
	if (service->settings.users)
		add_option(arguments, "--users", users_file);
}

static void
add_user(struct arguments *arguments, const struct scenario_talk *talk)
{
	const struct chat_settings *settings = &talk->settings;

	if (settings->name != NULL)
		add_option(arguments, "-n", settings->name);
	if ((talk->protocol->needs & PROTOCOL_USERS) != 0) {
		if (settings->make_user)
			arguments_add(arguments, "--register");
		else if (settings->login && talk->protocol == &protocol_p2p)
			arguments_add(arguments, "--login");
		if (settings->password.len > 0)
			add_option(arguments, "--password", "@.password");
	}
	if ((talk->protocol->needs & PROTOCOL_KEYS) != 0) {
		add_option(arguments, "--keys",
		    eim_profile_name(settings->key_profile));
		add_option(arguments, "-c", "@.confidentiality-key");
		add_option(arguments, "-a", "@.authenticity-key");
	}
	if ((talk->protocol->needs & PROTOCOL_UDP) != 0)
		add_number(arguments, "--peer-port", settings->peer_port);
}

void
chat_client_arguments(struct arguments *arguments, const char *path,
    const struct scenario *s, const struct scenario_action *action)
{
	const struct scenario_host *to = &s->hosts[action->to];
	const struct scenario_host *from = &s->hosts[action->from];
	const struct scenario_talk *talk = &action->talk;

	arguments_add(arguments, path);
	arguments_add(arguments, talk->protocol->name);
	if (action->by_name)
		add_option(arguments, "-s", to->dns_name);
	else
		add_address(arguments, "-s",
		    &to->address[action->version == 6]);
	add_number(arguments, "-p", action->port);
	/* Of a name with both kinds of addresses, the one that is meant. */
	add_address(arguments, "-b", &from->address[action->version == 6]);
	add_settings(arguments, talk->protocol, &talk->settings);
	add_user(arguments, talk);
	if ((talk->protocol->needs & PROTOCOL_FILES) != 0)
		add_option(arguments, "--files", ".");
	add_option(arguments, "--script", script_file);
}
