#include "analyzer/commands/terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/parse.h"

enum { WIDTH_MAX = 1000 };

size_t
terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	struct errbuf err;
	uint64_t n;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return columns != NULL &&
	    parse_u64(columns, 1, WIDTH_MAX, &n, &err) == 0 ? (size_t)n : 0;
}

size_t
terminal_height(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ,
	    &size) == 0 ? size.ws_row : 0;
}
