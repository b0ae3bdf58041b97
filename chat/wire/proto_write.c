#include "chat/wire/proto_write.h"

#include <stdint.h>

/* protobuf-c's structs hold what is read and what is written alike, so their
 * pointers are not const; to write only reads them. */
ProtobufCBinaryData
proto_bytes(const void *data, size_t len)
{
	union {
		const void *borrowed;
		uint8_t *field;
	} at = { data };

	return (ProtobufCBinaryData){ len, at.field };
}

int
proto_append(struct bytes *out, const ProtobufCMessage *message)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *at;

	if (len > INT32_MAX)
		return -1;
	at = bytes_reserve(out, len);
	if (at == NULL)
		return -1;
	out->len += protobuf_c_message_pack(message, at);
	return 0;
}
