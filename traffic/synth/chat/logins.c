#include "traffic/synth/chat/logins.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "chat/crypto/password.h"

static int
add(struct logins *logins, const char *name, const void *password, size_t len)
{
	struct logins_user *list = memory_grow(logins->list, &logins->room,
	    logins->count + 1, sizeof(*list));
	struct logins_user user = { .name = strdup(name) };

	if (list != NULL)
		logins->list = list;
	if (list == NULL || user.name == NULL ||
	    bytes_append(&user.password, password, len) != 0) {
		free(user.name);
		return -1;
	}
	list[logins->count++] = user;
	return 0;
}

int
logins_init(struct logins *logins, const struct scenario_service *service,
    struct errbuf *err)
{
	*logins = (struct logins){ NULL, 0, 0 };
	for (size_t i = 0; i < service->login_count; i++) {
		const struct scenario_login *login = &service->logins[i];

		if (add(logins, login->name, login->password,
		    strlen(login->password)) == 0)
			continue;
		errbuf_set(err, "out of memory");
		return -1;
	}
	return 0;
}

void
logins_reset(struct logins *logins)
{
	for (size_t i = 0; i < logins->count; i++) {
		free(logins->list[i].name);
		bytes_reset(&logins->list[i].password);
	}
	free(logins->list);
	*logins = (struct logins){ NULL, 0, 0 };
}

static const struct logins_user *
find(const struct logins *logins, const char *name)
{
	for (size_t i = 0; i < logins->count; i++)
		if (strcmp(logins->list[i].name, name) == 0)
			return &logins->list[i];
	return NULL;
}

static bool
fits(const struct logins_user *user, const struct login *login)
{
	return user != NULL && user->password.len == login->password_len &&
	    memcmp(user->password.data, login->password,
	    login->password_len) == 0;
}

enum login_answer
logins_ask(struct logins *logins, const struct login *login)
{
	const struct logins_user *user = find(logins, login->name);

	if (!login->make)
		return fits(user, login) ? LOGIN_WELCOME : LOGIN_WRONG;
	if (user != NULL)
		return LOGIN_TAKEN;
	if (password_fault(login->password_len) != NULL)
		return LOGIN_WRONG;
	return add(logins, login->name, login->password, login->password_len)
	    == 0 ? LOGIN_WELCOME : LOGIN_FAILED;
}

enum login_answer
logins_ask_name(const struct logins *logins, const char *name)
{
	return find(logins, name) != NULL ? LOGIN_TAKEN : LOGIN_UNKNOWN;
}

/* 280 to 360 ms, and 0.4 to 1.6 ms. */
int64_t
logins_hash_ns(struct random *random)
{
	return 280000000 + (int64_t)random_below(random, 80000001);
}

int64_t
logins_look_ns(struct random *random)
{
	return 400000 + (int64_t)random_below(random, 1200001);
}
