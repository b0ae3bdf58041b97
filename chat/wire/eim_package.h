/*
 * The three messages of encrypted instant messages (protobuf, proto2,
 * eim_package.proto, package demo), the outer around the inner:
 *
 *	EncryptedPackage { required bytes iv = 20;
 *			   required bytes encryptedMessage = 30; }
 *	PlaintextAndMAC  { required bytes paddedPlaintext = 10;
 *			   required bytes mac = 20; }
 *	IM		 { required string nickname = 5;
 *			   required string message = 10; }
 *
 * The *_parse functions take all of the bytes or nothing (-1): each field that
 * is required must be there, strings must be UTF-8 without NUL.  What they give
 * is borrowed from the bytes.  The *_append functions give -1 without memory,
 * or where protobuf cannot say the length (2 GiB).
 *
 * Written by protobuf-c, read by chat/wire/proto.h, which says why and what it
 * refuses.
 */
#ifndef CHAT_WIRE_EIM_PACKAGE_H
#define CHAT_WIRE_EIM_PACKAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "chat/wire/im_message.h"
#include "chat/wire/wire.h"

/* The outermost; message: what is encrypted, of any length. */
int encrypted_package_parse(const uint8_t *data, size_t len,
    struct wire_span *iv, struct wire_span *message);

/* Appends one of these parts. */
int encrypted_package_append(struct bytes *out, const uint8_t *iv,
    size_t iv_len, const uint8_t *message, size_t len);

/* Would the original relay accept it?  Its parser takes whatever is protobuf,
 * also without the required fields; 0 or -1.  We say no to what proto.h refuses
 * beyond that. */
int encrypted_package_relayed(const uint8_t *data, size_t len);

/* What was encrypted; whether the MAC fits is not looked at. */
int plaintext_and_mac_parse(const uint8_t *data, size_t len,
    struct wire_span *padded, struct wire_span *mac);

/* Appends one of these parts. */
int plaintext_and_mac_append(struct bytes *out, const uint8_t *padded,
    size_t padded_len, const uint8_t *mac, size_t mac_len);

/* The innermost; names and texts of any length. */
int eim_message_parse(const uint8_t *data, size_t len,
    struct im_message *out);

/* Appends one of these texts; they must be UTF-8. */
int eim_message_append(struct bytes *out, const char *nickname,
    size_t nickname_len, const char *text, size_t text_len);

#endif
