/*
 * Writing protobuf with protobuf-c.  Included by codecs only, like the *.pb-c.h
 * that protoc-c makes.
 */
#ifndef CHAT_WIRE_PROTO_WRITE_H
#define CHAT_WIRE_PROTO_WRITE_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

#include "base/bytes.h"

/* A field's value, borrowed. */
ProtobufCBinaryData proto_bytes(const void *data, size_t len);

/* -1 without memory, or where the message is longer than protobuf allows
 * (2 GiB); nothing is appended then. */
int proto_append(struct bytes *out, const ProtobufCMessage *message);

#endif
