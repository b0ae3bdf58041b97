#include "chat/wire/im_message.h"

#include "chat/wire/chat_text.h"
#include "chat/wire/im_message.pb-c.h"
#include "chat/wire/proto.h"
#include "chat/wire/proto_write.h"

enum { NICKNAME = 1, TEXT = 2 };

int
im_message_from(struct im_message *out, struct wire_span nickname,
    struct wire_span text)
{
	if (!chat_text_is_utf8(nickname.data, nickname.len) ||
	    !chat_text_is_utf8(text.data, text.len))
		return -1;
	*out = (struct im_message){
		(const char *)nickname.data, (const char *)text.data,
		nickname.len, text.len,
	};
	return 0;
}

int
im_message_parse(const uint8_t *data, size_t len, struct im_message *out)
{
	struct proto_field fields[] = { { NICKNAME }, { TEXT } };

	if (proto_read_all(data, len, fields) != 0)
		return -1;
	return im_message_from(out, fields[0].value, fields[1].value);
}

enum wire_status
im_message_next(const uint8_t *data, size_t len, size_t max,
    struct im_message *out, size_t *used)
{
	struct proto_field fields[] = { { NICKNAME }, { TEXT } };
	enum wire_status status = proto_read(data, len, max, PROTO_AT_BOTH,
	    fields, used);

	if (status == WIRE_WHOLE &&
	    im_message_from(out, fields[0].value, fields[1].value) != 0)
		return WIRE_BAD;
	return status;
}

int
im_message_append(struct bytes *out, const char *nickname,
    size_t nickname_len, const char *text, size_t text_len)
{
	Message m = MESSAGE__INIT;

	m.nickname = proto_bytes(nickname, nickname_len);
	m.message = proto_bytes(text, text_len);
	return proto_append(out, &m.base);
}
