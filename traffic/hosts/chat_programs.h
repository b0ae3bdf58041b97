/*
 * labchatd and labchat as a scenario wants them: their command lines, and the
 * files that they read.
 *
 * A program works in a folder of its own, in which everything is that its
 * command line names: script, keys, passwords, files that are sent.
 */
#ifndef TRAFFIC_HOSTS_CHAT_PROGRAMS_H
#define TRAFFIC_HOSTS_CHAT_PROGRAMS_H

#include "base/errbuf.h"
#include "traffic/hosts/arguments.h"
#include "traffic/scenario/scenario.h"

/* Of the service: the operator's texts, and the database of its logins (each
 * takes half a second), in `folder`, which is there. */
int chat_prepare_server(const struct scenario_service *service,
    const char *folder, struct errbuf *err);

/* Of a VERB_TALK: script, keys, password, and the files that it may send. */
int chat_prepare_client(const struct scenario *scenario,
    const struct scenario_action *action, const char *folder,
    struct errbuf *err);

/* `path` is that of the program.  The server listens on the host's address, or
 * where it has both kinds on all that it has. */
void chat_server_arguments(struct arguments *arguments, const char *path,
    const struct scenario_host *host, const struct scenario_service *service);

/* The client goes from the host's address to the target's, or to its DNS name
 * where the action says so. */
void chat_client_arguments(struct arguments *arguments, const char *path,
    const struct scenario *scenario, const struct scenario_action *action);

#endif
