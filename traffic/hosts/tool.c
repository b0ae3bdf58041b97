#include "traffic/hosts/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traffic/hosts/child.h"
#include "traffic/hosts/spaces.h"

#define PATIENCE_NS INT64_C(30000000000)

static int
try_folder(const char *folder, size_t len, const char *name,
    char path[PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%.*s/%s", (int)len, folder, name);

	return n > 0 && n < PATH_MAX && access(path, X_OK) == 0 ? 0 : -1;
}

static int
try_list(const char *list, const char *name, char path[PATH_MAX])
{
	while (list != NULL && *list != '\0') {
		size_t len = strcspn(list, ":");

		if (len > 0 && try_folder(list, len, name, path) == 0)
			return 0;
		list += len + (list[len] == ':');
	}
	return -1;
}

int
tool_find(const char *name, char path[PATH_MAX])
{
	if (try_list(getenv("PATH"), name, path) == 0)
		return 0;
	return try_list("/usr/sbin:/sbin:/usr/bin:/bin", name, path);
}

int
tool_find_own(const char *name, char path[PATH_MAX])
{
	char own[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", own, sizeof(own));
	const char *slash = len <= 0 ? NULL :
	    memrchr(own, '/', (size_t)len);

	if (slash != NULL &&
	    try_folder(own, (size_t)(slash - own), name, path) == 0)
		return 0;
	return tool_find(name, path);
}

/* A file in memory with the commands, at its beginning. */
static int
commands_file(const struct command_text *commands)
{
	int fd = memfd_create("commands", MFD_CLOEXEC);
	const uint8_t *at = commands->text.data;
	size_t left = commands->text.len;

	while (fd != -1 && left > 0) {
		ssize_t n = write(fd, at, left);

		if (n <= 0) {
			close(fd);
			return -1;
		}
		at += n;
		left -= (size_t)n;
	}
	if (fd != -1)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

/* The child's way; does not return. */
static void
become_tool(const struct tool_batch *batch, int input, int output)
{
	struct errbuf err = { "" };

	child_reset_signals();
	if (dup2(output, STDERR_FILENO) == -1 ||
	    dup2(output, STDOUT_FILENO) == -1 ||
	    dup2(input, STDIN_FILENO) == -1)
		_exit(127);
	if (batch->kept != -1)
		fcntl(batch->kept, F_SETFD, 0);
	if ((batch->space == -1 ||
	    spaces_enter_network(batch->space, &err) == 0) &&
	    (batch->before == NULL ||
	    batch->before(batch->context, &err) == 0)) {
		execl(batch->path, batch->path, "-batch", "-", (char *)NULL);
		errbuf_set(&err, "%s: %s", batch->path, strerror(errno));
	}
	dprintf(STDERR_FILENO, "%s\n", err.text);
	_exit(127);
}

/* The first line of what the tool said. */
static void
first_line(const struct tool_batch *batch, int output, struct errbuf *err)
{
	char text[512];
	ssize_t n = pread(output, text, sizeof(text) - 1, 0);

	if (n <= 0) {
		errbuf_set(err, "%s failed, and does not say why",
		    batch->path);
		return;
	}
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	errbuf_set(err, "%s: %s", batch->path, text);
}

static int
run_with(const struct tool_batch *batch, int input, int output,
    struct errbuf *err)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		become_tool(batch, input, output);
	if (pid == -1) {
		errbuf_set(err, "%s: %s", batch->path, strerror(errno));
		return -1;
	}
	if (child_wait(pid, PATIENCE_NS, &status) == -1) {
		errbuf_set(err, "%s takes too long", batch->path);
		return -1;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	first_line(batch, output, err);
	return -1;
}

int
tool_run(const struct tool_batch *batch, struct errbuf *err)
{
	int input = -1, output = -1, result = -1;

	if (!batch->commands->failed) {
		input = commands_file(batch->commands);
		output = memfd_create("words", MFD_CLOEXEC);
	}
	if (input == -1 || output == -1)
		errbuf_set(err, "%s: out of memory", batch->path);
	else
		result = run_with(batch, input, output, err);
	if (input != -1)
		close(input);
	if (output != -1)
		close(output);
	return result;
}
