#include "chat/protocols/class_order.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const char *const words[] = {
	[CLASS_TO_SERVER] = "file_to_server:",
	[CLASS_TO_CLIENT] = "file_to:",
	[CLASS_FROM_SERVER] = "file from server:",
};

static const uint8_t *
behind_separators(const uint8_t *path, size_t *len)
{
	for (size_t i = *len; i > 0; i--) {
		if (path[i - 1] != '/' && path[i - 1] != '\\')
			continue;
		*len -= i;
		return path + i;
	}
	return path;
}

void
class_file_name(char out[CLASS_FILE_BYTES], const uint8_t *path, size_t len)
{
	const uint8_t *name = behind_separators(path, &len);
	size_t n = 0;

	for (size_t i = 0, step; i < len; i += step) {
		size_t bytes = utf8_printable(name + i, len - i);

		step = bytes == 0 ? 1 : bytes;
		if (n + step >= CLASS_FILE_BYTES)
			break;
		if (bytes == 0)
			out[n] = '_';
		else
			memcpy(out + n, name + i, bytes);
		n += step;
	}
	out[n] = '\0';
	if (n == 0 || strcmp(out, ".") == 0 || strcmp(out, "..") == 0)
		strcpy(out, "unnamed");
}

/* Takes "WHO:" from the front. */
static int
take_who(struct class_order *order, const uint8_t **data, size_t *len)
{
	const uint8_t *colon = memchr(*data, ':', *len);
	size_t n = colon == NULL ? 0 : (size_t)(colon - *data);

	if (n == 0 || n >= sizeof(order->who) || memchr(*data, '\0', n) != NULL)
		return -1;
	memcpy(order->who, *data, n);
	order->who[n] = '\0';
	*len -= n + 1;
	*data = colon + 1;
	return 0;
}

int
class_order_read(struct class_order *order, const uint8_t *data, size_t len)
{
	size_t route = 0, n = 0;

	for (; route < sizeof(words) / sizeof(words[0]); route++) {
		n = strlen(words[route]);
		if (len >= n && memcmp(data, words[route], n) == 0)
			break;
	}
	if (route == sizeof(words) / sizeof(words[0]))
		return -1;
	*order = (struct class_order){ .route = (enum class_route)route };
	data += n;
	len -= n;
	if (route == CLASS_TO_CLIENT && take_who(order, &data, &len) != 0)
		return -1;
	while (len > 0 && (data[len - 1] == '\n' || data[len - 1] == '\r'))
		len--;
	order->path = data;
	order->path_len = len;
	class_file_name(order->file, data, len);
	return 0;
}

int
class_order_read_sized(struct class_order *order, uint64_t *size,
    const uint8_t *data, size_t len)
{
	size_t i = 0;

	*size = 0;
	for (; i < len && data[i] >= '0' && data[i] <= '9'; i++) {
		unsigned digit = (unsigned)(data[i] - '0');

		/* No file is larger than an off_t. */
		if (*size > ((uint64_t)INT64_MAX - digit) / 10)
			return -1;
		*size = *size * 10 + digit;
	}
	if (i == 0 || i == len || data[i] != ':')
		return -1;
	return class_order_read(order, data + i + 1, len - i - 1);
}

void
class_order_write(char out[CLASS_ORDER_BYTES],
    const struct class_order *order, bool by_server)
{
	snprintf(out, CLASS_ORDER_BYTES, "%s%s%s%s%s", words[order->route],
	    order->who, order->route == CLASS_TO_CLIENT ? ":" : "",
	    order->file, by_server ? "\n" : "");
}
