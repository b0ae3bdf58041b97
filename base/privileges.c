#include "base/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/parse.h"

static int
failure(const char *what, struct errbuf *err)
{
	errbuf_set(err, "privileges cannot be given up: %s: %s", what,
	    strerror(errno));
	return -1;
}

/* A number that sudo(8) has left. */
static bool
read_id(const char *name, uint32_t *id)
{
	const char *text = getenv(name);
	struct errbuf ignored;
	uint64_t number;

	if (text == NULL ||
	    parse_u64(text, 0, UINT32_MAX - 1, &number, &ignored) == -1)
		return false;
	*id = (uint32_t)number;
	return true;
}

/* Whose program it is, in truth.  False: root's. */
static bool
find_user(uid_t *user, gid_t *group)
{
	*user = getuid();
	*group = getgid();
	return *user != 0 || (read_id("SUDO_UID", user) && *user != 0 &&
	    read_id("SUDO_GID", group));
}

static int
set_groups(uid_t user, gid_t group)
{
	const struct passwd *entry = getpwuid(user);

	if (entry != NULL)
		return initgroups(entry->pw_name, group);
	return setgroups(1, &group);
}

static int
become(uid_t user, gid_t group, struct errbuf *err)
{
	if (set_groups(user, group) == -1)
		return failure("groups", err);
	if (setresgid(group, group, group) == -1)
		return failure("group id", err);
	if (setresuid(user, user, user) == -1)
		return failure("user id", err);
	return 0;
}

/* capset(2) has no function in the C library. */
static int
drop_capabilities(struct errbuf *err)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

	memset(none, 0, sizeof(none));
	/* Kernels before 4.3 do not know the first of these. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L) ==
	    -1 && errno != EINVAL)
		return failure("ambient capabilities", err);
	if (syscall(SYS_capset, &header, none) == -1)
		return failure("capabilities", err);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == -1)
		return failure("no_new_privs", err);
	return 0;
}

int
privileges_drop(struct errbuf *err)
{
	uid_t user;
	gid_t group;

	if (geteuid() == 0 && find_user(&user, &group) &&
	    become(user, group, err) == -1)
		return -1;
	return drop_capabilities(err);
}
