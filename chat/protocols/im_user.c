#include "chat/protocols/im_user.h"

#include <string.h>

#include "base/bytes.h"

int
im_user_init(struct im_user *user, struct world *world,
    const struct chat_settings *settings, struct errbuf *err)
{
	*user = (struct im_user){ .world = world, .settings = settings };
	return typed_name_open(&user->name, settings, "", err);
}

void
im_user_joined(struct im_user *user, struct peer *server)
{
	user->server = server;
	if (user->name.len == 0)
		world_prompt(user->world, "Nickname: ", false);
}

static void
name_typed(struct im_user *user, const char *text, size_t len)
{
	const char *fault = typed_name_set(&user->name, text, len, "");

	if (fault == NULL)
		world_prompt(user->world, "", false);
	else
		typed_show(user->world, SHOW_ERROR, "%s", fault);
}

void
im_user_leave(struct im_user *user)
{
	if (user->server != NULL)
		world_close(user->world, user->server, false);
	world_end(user->world, 0);
}

bool
im_user_line(struct im_user *user, const char *text, size_t len)
{
	if (user->server == NULL)
		return false;
	if (typed_exit(text, len)) {
		im_user_leave(user);
		return false;
	}
	if (user->name.len == 0) {
		name_typed(user, text, len);
		return false;
	}
	if (len > user->settings->line_max) {
		typed_show(user->world, SHOW_ERROR, "A message has at most "
		    "%zu bytes; this one has %zu.", user->settings->line_max,
		    len);
		return false;
	}
	return len > 0;
}

void
im_user_show(struct im_user *user, const char *nickname, size_t nickname_len,
    const char *text, size_t text_len)
{
	struct bytes line = { NULL, 0, 0 };

	if (typed_append(&line, nickname, nickname_len) == 0 &&
	    bytes_append(&line, ": ", 2) == 0 &&
	    typed_append(&line, text, text_len) == 0)
		world_show(user->world, SHOW_MESSAGE,
		    (const char *)line.data, line.len);
	else
		typed_show(user->world, SHOW_ERROR,
		    "out of memory: a message is not shown");
	bytes_reset(&line);
}
