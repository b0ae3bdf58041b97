#include "chat/protocols/p2p_feed.h"

#include <string.h>

#include "chat/wire/chat_text.h"

/* Places in a text where a list may begin; a text of the same bytes over and
 * over makes no work beyond them. */
enum { PLACES_MAX = 16 };

int
p2p_feed_add(struct p2p_feed *feed, const uint8_t *data, size_t len)
{
	return stream_add(&feed->in, data, len);
}

void
p2p_feed_reset(struct p2p_feed *feed)
{
	stream_reset(&feed->in);
	*feed = (struct p2p_feed){ .given = 0 };
}

/* Is all of it lists, up to the end? */
static bool
is_lists(const uint8_t *data, size_t len)
{
	while (len > 0) {
		struct user_list_scan scan = { .seen = 0 };
		struct user_list list = { NULL, 0 };
		struct errbuf err;
		size_t n;

		if (user_list_next(&scan, data, len, len, &n) != WIRE_WHOLE ||
		    user_list_parse(&list, data, n, &err) != 0)
			return false;
		user_list_reset(&list);
		data += n;
		len -= n;
	}
	return true;
}

/* A text goes to the end of what was read, or to the blank before lists that
 * end it. */
static size_t
text_bytes(const uint8_t *data, size_t len)
{
	const uint8_t *at = data, *end = data + len;

	for (int places = 0; places < PLACES_MAX && at < end; places++) {
		at = memmem(at, (size_t)(end - at), " !{", 3);
		if (at == NULL)
			break;
		at++;
		if (is_lists(at, (size_t)(end - at)))
			return (size_t)(at - data);
	}
	return len;
}

/* A list is the server's own message; with a blank behind it, it is the end of
 * what somebody typed, in a read of its own. */
static bool
is_typed(const uint8_t *data, size_t len, size_t list_len)
{
	return list_len < len && data[list_len] == ' ';
}

static enum p2p_item
give_text(struct p2p_feed *feed, size_t len, struct wire_span *span)
{
	*span = (struct wire_span){ stream_data(&feed->in), len };
	feed->given = len;
	feed->scan = (struct user_list_scan){ .seen = 0 };
	return P2P_ITEM_TEXT;
}

enum p2p_item
p2p_feed_next(struct p2p_feed *feed, bool late, struct user_list *users,
    struct wire_span *span)
{
	enum wire_status status = WIRE_BAD;
	const uint8_t *data;
	struct errbuf err;
	size_t len, n;

	*span = (struct wire_span){ NULL, 0 };
	stream_use(&feed->in, feed->given);
	feed->given = 0;
	data = stream_data(&feed->in);
	len = feed->in.len;
	if (len == 0)
		return P2P_ITEM_NONE;
	if (data[0] == '!')
		status = user_list_next(&feed->scan, data, len,
		    P2P_LIST_BYTES_MAX, &n);
	if (status == WIRE_PARTIAL && !late)
		return P2P_ITEM_NONE;
	if (status == WIRE_WHOLE && !is_typed(data, len, n) &&
	    user_list_parse(users, data, n, &err) == 0) {
		feed->given = n;
		return P2P_ITEM_LIST;
	}
	if (!late)
		len -= chat_text_cut(data, len);
	return len == 0 ? P2P_ITEM_NONE :
	    give_text(feed, text_bytes(data, len), span);
}

bool
p2p_feed_waits(const struct p2p_feed *feed)
{
	return feed->in.len > 0 && stream_data(&feed->in)[0] == '!';
}
