#include "traffic/hosts/spaces.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
write_file(const char *path, const char *text, struct errbuf *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ssize_t n = -1;

	if (fd != -1) {
		n = write(fd, text, strlen(text));
		if (close(fd) == -1)
			n = -1;
	}
	if (n == -1) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	return 0;
}

/* Root in the user namespace is who we were outside. */
static int
map_user(uid_t uid, gid_t gid, struct errbuf *err)
{
	char line[64];

	if (write_file("/proc/self/setgroups", "deny", err) == -1)
		return -1;
	snprintf(line, sizeof(line), "0 %lu 1", (unsigned long)uid);
	if (write_file("/proc/self/uid_map", line, err) == -1)
		return -1;
	snprintf(line, sizeof(line), "0 %lu 1", (unsigned long)gid);
	return write_file("/proc/self/gid_map", line, err);
}

static bool
is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* A folder that hides no program when something is mounted on it. */
static const char *
mount_point(const char *const *programs)
{
	static const char *const folders[] = { "/mnt", "/media", "/srv",
	    "/opt", "/tmp" };
	struct stat about;

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		bool hides = false;

		for (size_t p = 0; programs[p] != NULL; p++)
			hides |= is_below(programs[p], folders[i]);
		if (!hides && stat(folders[i], &about) == 0 &&
		    S_ISDIR(about.st_mode))
			return folders[i];
	}
	return NULL;
}

static int
mount_failed(const char *where, struct errbuf *err)
{
	errbuf_set(err, "%s cannot be mounted on: %s", where,
	    strerror(errno));
	return -1;
}

static int
mount_folders(const char *const *programs, struct errbuf *err)
{
	const char *folder = mount_point(programs);

	if (folder == NULL) {
		errbuf_set(err, "none of /mnt, /media, /srv, /opt and /tmp "
		    "is a folder to work in");
		return -1;
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return mount_failed("/", err);
	if (mount("labgen", folder, "tmpfs", MS_NOSUID | MS_NODEV,
	    "mode=0755") == -1 || chdir(folder) == -1)
		return mount_failed(folder, err);
	/* For whoever looks into /proc there; a container may forbid it, and
	 * then the one outside will do. */
	(void)mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    NULL);
	return 0;
}

/* From here on it ends with labgen.  False: labgen has ended already. */
static bool
tie_to_parent(int lifeline)
{
	struct pollfd line = { .fd = lifeline, .events = POLLIN };

	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && poll(&line, 1, 0) == 0;
}

static int
begin(const struct spaces_start *start, int lifeline, bool has_user,
    uid_t uid, gid_t gid)
{
	struct errbuf err = { "" };

	if ((has_user && map_user(uid, gid, &err) == -1) ||
	    mount_folders(start->programs, &err) == -1) {
		start->complain(start->context, &err);
		return 1;
	}
	/* Behind map_user(): a change of rights would undo it. */
	if (!tie_to_parent(lifeline))
		return 1;
	/* The terminal's signals are labgen's alone. */
	setsid();
	return start->play(start->context);
}

/* fork(2) into new namespaces. */
static pid_t
fork_into(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL,
	    NULL);
}

pid_t
spaces_start(const struct spaces_start *start, struct errbuf *err)
{
	const unsigned long flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS |
	    CLONE_NEWIPC;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	bool has_user = false;
	int lifeline[2];
	pid_t pid;

	if (pipe2(lifeline, O_CLOEXEC) == -1) {
		errbuf_set(err, "pipe: %s", strerror(errno));
		return -1;
	}
	pid = fork_into(flags);
	if (pid == -1 && errno == EPERM) {
		has_user = true;
		pid = fork_into(flags | CLONE_NEWUSER);
	}
	if (pid == 0) {
		close(lifeline[1]);
		_exit(begin(start, lifeline[0], has_user, uid, gid));
	}
	if (pid == -1) {
		errbuf_set(err, "no network namespaces: %s (they need root, "
		    "or user namespaces that the system allows)",
		    strerror(errno));
		close(lifeline[1]);
	}
	/* The other end stays open as long as labgen lives. */
	close(lifeline[0]);
	return pid;
}

int
spaces_own_network(struct errbuf *err)
{
	static const char path[] = "/proc/self/ns/net";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		errbuf_set(err, "%s: %s", path, strerror(errno));
	return fd;
}

int
spaces_enter_network(int fd, struct errbuf *err)
{
	if (setns(fd, CLONE_NEWNET) == 0)
		return 0;
	errbuf_set(err, "network namespace: %s", strerror(errno));
	return -1;
}

int
spaces_new_network(struct errbuf *err)
{
	int own = spaces_own_network(err);
	int fd = -1;

	if (own == -1)
		return -1;
	if (unshare(CLONE_NEWNET) == -1)
		errbuf_set(err, "network namespace: %s", strerror(errno));
	else
		fd = spaces_own_network(err);
	if (fd != -1 && spaces_enter_network(own, err) == -1) {
		close(fd);
		fd = -1;
	}
	close(own);
	return fd;
}

static int
cover(const char *path, const char *by, struct errbuf *err)
{
	if (mount(by, path, NULL, MS_BIND, NULL) == 0)
		return 0;
	return mount_failed(path, err);
}

int
spaces_set_resolver(const char *resolver, struct errbuf *err)
{
	if (unshare(CLONE_NEWNS) == -1) {
		errbuf_set(err, "mount namespace: %s", strerror(errno));
		return -1;
	}
	if (cover("/etc/resolv.conf", resolver, err) == -1)
		return -1;
	/* Files and daemons that would know better; not every machine has
	 * them. */
	if (access("/etc/hosts", F_OK) == 0 &&
	    (write_file("hosts", "127.0.0.1 localhost\n", err) == -1 ||
	    cover("/etc/hosts", "hosts", err) == -1))
		return -1;
	if (access("/etc/nsswitch.conf", F_OK) == 0 &&
	    (write_file("nsswitch.conf", "hosts: files dns\n", err) == -1 ||
	    cover("/etc/nsswitch.conf", "nsswitch.conf", err) == -1))
		return -1;
	if (access("/run/nscd", F_OK) == 0 && mount("labgen", "/run/nscd",
	    "tmpfs", MS_RDONLY, NULL) == -1)
		return mount_failed("/run/nscd", err);
	return 0;
}
