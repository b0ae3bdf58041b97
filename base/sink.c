#include "base/sink.h"

static int
cut_write(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct cut_sink *cut = (struct cut_sink *)(void *)sink;
	size_t drop = cut->left < n ? cut->left : n;

	cut->left -= drop;
	if (n == drop)
		return 0;
	return cut->next->write(cut->next, (const char *)data + drop,
	    n - drop, err);
}

struct sink *
cut_sink_init(struct cut_sink *cut, struct sink *next, size_t bytes)
{
	*cut = (struct cut_sink){ { cut_write }, next, bytes };
	return &cut->sink;
}
