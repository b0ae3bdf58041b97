#include "chat/wire/eim_package.h"

#include "chat/wire/eim_package.pb-c.h"
#include "chat/wire/proto.h"
#include "chat/wire/proto_write.h"

enum { IV = 20, ENCRYPTED_MESSAGE = 30 };
enum { PADDED_PLAINTEXT = 10, MAC = 20 };
enum { NICKNAME = 5, TEXT = 10 };

int
encrypted_package_parse(const uint8_t *data, size_t len,
    struct wire_span *iv, struct wire_span *message)
{
	struct proto_field fields[] = { { IV }, { ENCRYPTED_MESSAGE } };

	if (proto_read_all(data, len, fields) != 0)
		return -1;
	*iv = fields[0].value;
	*message = fields[1].value;
	return 0;
}

int
encrypted_package_append(struct bytes *out, const uint8_t *iv, size_t iv_len,
    const uint8_t *message, size_t len)
{
	Demo__EncryptedPackage m = DEMO__ENCRYPTED_PACKAGE__INIT;

	m.iv = proto_bytes(iv, iv_len);
	m.encryptedmessage = proto_bytes(message, len);
	return proto_append(out, &m.base);
}

int
encrypted_package_relayed(const uint8_t *data, size_t len)
{
	/* No field has the number 0: none is known, whatever its type. */
	struct proto_field fields[] = { { 0 }, { 0 } };
	size_t used;

	return proto_read(data, len, len, PROTO_AT_LEN, fields, &used) ==
	    WIRE_WHOLE ? 0 : -1;
}

int
plaintext_and_mac_parse(const uint8_t *data, size_t len,
    struct wire_span *padded, struct wire_span *mac)
{
	struct proto_field fields[] = { { PADDED_PLAINTEXT }, { MAC } };

	if (proto_read_all(data, len, fields) != 0)
		return -1;
	*padded = fields[0].value;
	*mac = fields[1].value;
	return 0;
}

int
plaintext_and_mac_append(struct bytes *out, const uint8_t *padded,
    size_t padded_len, const uint8_t *mac, size_t mac_len)
{
	Demo__PlaintextAndMAC m = DEMO__PLAINTEXT_AND_MAC__INIT;

	m.paddedplaintext = proto_bytes(padded, padded_len);
	m.mac = proto_bytes(mac, mac_len);
	return proto_append(out, &m.base);
}

int
eim_message_parse(const uint8_t *data, size_t len, struct im_message *out)
{
	struct proto_field fields[] = { { NICKNAME }, { TEXT } };

	if (proto_read_all(data, len, fields) != 0)
		return -1;
	return im_message_from(out, fields[0].value, fields[1].value);
}

int
eim_message_append(struct bytes *out, const char *nickname,
    size_t nickname_len, const char *text, size_t text_len)
{
	Demo__IM m = DEMO__IM__INIT;

	m.nickname = proto_bytes(nickname, nickname_len);
	m.message = proto_bytes(text, text_len);
	return proto_append(out, &m.base);
}
