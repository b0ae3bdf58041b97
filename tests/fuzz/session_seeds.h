/*
 * What fuzz_session begins with: short sessions of each protocol, in the shapes
 * that the recordings of the original programs have.
 */
#ifndef TESTS_FUZZ_SESSION_SEEDS_H
#define TESTS_FUZZ_SESSION_SEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/fuzz/session.h"

enum { ECHO, IM, EIM, P2P, CLASS, CAPS, ROOM };	/* as in protocols[] */

/* A happening; `number` before the bytes, where there is one. */
struct session_step {
	uint8_t what, peer;
	const char *bytes;
	size_t len;
	uint8_t number;
};

enum { SESSION_STEPS_MAX = 16 };

struct session_seed {
	const char *name;
	uint8_t played, how;
	struct session_step steps[SESSION_STEPS_MAX];
	size_t count;
};

#define BYTES(text) (text), sizeof(text) - 1
#define STEPS(...) { __VA_ARGS__ }, \
	sizeof((struct session_step[]){ __VA_ARGS__ }) / \
	sizeof(struct session_step)

#define IM_ALICE "\x0a\x05" "Alice" "\x12\x0b" "seen by raw"
#define IM_RAW(text) "\x0a\x03" "Raw" "\x12\x03" text
#define EIM_VECTOR "\0\0\0\x66\xa2\x01\x10" \
	"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f" \
	"\xf2\x01\x50" \
	"\x4d\xec\x65\x5c\x51\x35\xc9\x22\xac\x2d\x9a\xac\xf4\xa5\xa3\x64" \
	"\xec\x86\x96\x3d\x83\xcf\xcd\xf2\xb4\x48\x76\xd9\x50\x52\x86\x8e" \
	"\x59\xb1\x4c\xbf\x73\x9f\x04\xce\x5f\xe7\x92\x07\x19\xfc\x8b\xcf" \
	"\x6d\x52\x5a\x36\xbe\xb6\x86\xcb\x6a\x6e\x3e\xa7\x93\xa6\x42\xf1" \
	"\x75\x92\xf9\x79\x87\x9f\x1d\x3e\x8d\x4c\x45\x48\x4f\xcf\x54\xfa"
#define CLASS_INFO(len, text) "\0\4info\0\0\0" len text
#define CLASS_FRAME(header_len, header, len, text) \
	"\0" header_len header "\0\0\0" len text
#define P2P_LOGIN(name, more) \
	"!login {\"name\": \"" name "\", \"password\": \"s\\u00e9\"" more "}\n"
#define CAPS_CIPHERTEXT \
	"\x75\x74\x67\x73\x8a\x09\x0c\x8b\xef\x19\xa8\x39\xf5\x06\xc5\x55"

static const struct session_seed session_seeds[] = {
	{ "echo-server", SESSION_SERVER(ECHO), SESSION_OTHER, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES("hello world\n"), 0 },
	    { SESSION_FINISH, 0, NULL, 0, 0 }) },
	{ "echo-client", SESSION_CLIENT(ECHO), 0, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_LINE, 0, BYTES("hello world"), 0 },
	    { SESSION_RECEIVE, 0, BYTES("hello world\n"), 0 },
	    { SESSION_LINE, 0, BYTES("exit"), 0 }) },
	{ "im-server", SESSION_SERVER(IM), 0, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_JOIN, 1, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES(IM_ALICE), 0 },
	    { SESSION_RECEIVE, 1, BYTES(IM_RAW("one") IM_RAW("two")), 0 },
	    { SESSION_RECEIVE_EACH, 0, BYTES(IM_ALICE), 0 },
	    { SESSION_LEAVE, 1, NULL, 0, 1 }) },
	{ "im-server-framed", SESSION_SERVER(IM), SESSION_OTHER, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES("\0\0\0\x14" IM_ALICE), 0 },
	    { SESSION_RECEIVE_MUCH, 0, BYTES("\0\0\0\x14" IM_ALICE), 0 }) },
	{ "im-client", SESSION_CLIENT(IM), SESSION_NAME, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_LINE, 0, BYTES("seen by raw"), 0 },
	    { SESSION_RECEIVE, 0, BYTES(IM_RAW("one") IM_RAW("two")), 0 },
	    { SESSION_RECEIVE, 0, BYTES("\x0a\x64" "abc"), 0 },
	    { SESSION_PASS, 0, NULL, 0, 12 }) },
	{ "eim-server", SESSION_SERVER(EIM), 0, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_JOIN, 4, NULL, 0, 0 },
	    { SESSION_RECEIVE, 4, BYTES(EIM_VECTOR), 0 },
	    { SESSION_RECEIVE, 0, BYTES("\0\0\0\0\0\0\0\5\xff\xff\xff\xff\xff"),
		0 }) },
	{ "eim-client", SESSION_CLIENT(EIM), SESSION_NAME, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_LINE, 0, BYTES("coding is fun"), 0 },
	    { SESSION_RECEIVE, 0, BYTES(EIM_VECTOR), 0 },
	    { SESSION_RECEIVE, 0, BYTES("\0\0\0\0"), 0 }) },
	{ "p2p-server", SESSION_SERVER(P2P), 0, STEPS(
	    { SESSION_JOIN, 2, NULL, 0, 0 },
	    { SESSION_RECEIVE, 2, BYTES("alice"), 0 },
	    { SESSION_JOIN, 3, NULL, 0, 0 },
	    { SESSION_RECEIVE, 3, BYTES("bob"), 0 },
	    { SESSION_RECEIVE, 2, BYTES("hello all"), 0 },
	    { SESSION_FINISH, 3, NULL, 0, 0 }) },
	{ "p2p-server-users", SESSION_SERVER(P2P), SESSION_USERS, STEPS(
	    { SESSION_JOIN, 2, NULL, 0, 0 },
	    { SESSION_RECEIVE, 2, BYTES(P2P_LOGIN("alice", "") "hello"), 0 },
	    { SESSION_JOIN, 3, NULL, 0, 0 },
	    { SESSION_ANSWER, 0, NULL, 0, 2 },
	    { SESSION_RECEIVE_EACH, 3, BYTES(P2P_LOGIN("bob",
		", \"register\": true")), 0 },
	    { SESSION_JOIN, 4, NULL, 0, 0 },
	    { SESSION_RECEIVE, 4, BYTES("carol"), 0 }) },
	{ "p2p-client", SESSION_CLIENT(P2P), SESSION_NAME, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES("!{\"Alice\": \"127.0.0.11\", "
		"\"caf\\u00e9\": \"127.0.0.12\"}"), 0 },
	    { SESSION_LINE, 0, BYTES("#ls"), 0 },
	    { SESSION_LINE, 0, BYTES("@Alice: private: hi"), 0 },
	    { SESSION_DATAGRAM, 0, BYTES(" private: hi"), 0 },
	    { SESSION_RECEIVE, 0, BYTES("bob: hello all "), 0 }) },
	{ "p2p-client-users", SESSION_CLIENT(P2P),
	    SESSION_NAME | SESSION_USERS | SESSION_PASSWORD, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES("!{\"Alice\": \"127.0.0.11\"}"), 0 },
	    { SESSION_LINE, 0, BYTES("hello"), 0 }) },
	{ "class-server", SESSION_SERVER(CLASS), SESSION_USERS, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_INFO("\2", "no")), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_INFO("\5", "alice")), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_INFO("\6", "secret")), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\3", "msg", "\2", "hi")),
		0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\2", "to", "\x08",
		"alice:hi")), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\x0d", "file_transfer",
		"\x18", "file_to_server:notes.txt") "some linesEOF"), 0 },
	    { SESSION_PASS, 0, NULL, 0, 9 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\x0d", "file_transfer",
		"\x17", "file_to:alice:notes.txt") "some linesEOF"), 0 },
	    { SESSION_LINE, 0, BYTES("hello from the operator"), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\3", "cmd", "\x0a",
		"disconnect")), 0 }) },
	{ "class-server-quiz", SESSION_SERVER(CLASS), SESSION_USERS, STEPS(
	    { SESSION_FILE, 0, BYTES("What is it?\na. one b. two\n"), 1 },
	    { SESSION_FILE, 0, BYTES("a"), 2 },
	    { SESSION_FILE, 0, BYTES("some lines"), 0 },
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_INFO("\2", "no")
		CLASS_INFO("\5", "alice") CLASS_INFO("\6", "secret")), 0 },
	    { SESSION_LINE, 0, BYTES("Quiz:quiz:q.txt:a.txt:s.csv"), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\x0b", "quiz_answer",
		"\1", "a")), 0 },
	    { SESSION_LINE, 0, BYTES("send_file:all:.:notes.txt"), 0 },
	    { SESSION_LINE, 0, BYTES("shutdown"), 0 }) },
	{ "class-server-sizes", SESSION_SERVER(CLASS), 0, STEPS(
	    { SESSION_FILE, 0, BYTES("EOF"), 0 },
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_INFO("\3", "yes")
		CLASS_INFO("\5", "alice") CLASS_INFO("\6", "secret")
		CLASS_INFO("\x09", "labchat 1")), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\4", "file", "\x1a",
		"3:file_to_server:notes.txt") "EOF"), 0 },
	    { SESSION_LINE, 0, BYTES("send_file:alice:.:notes.txt"), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\4", "file", "\x1d",
		"20000:file_to:alice:notes.txt")), 0 },
	    { SESSION_RECEIVE_MUCH, 0, BYTES("EOF"), 0 },
	    { SESSION_STOP, 0, NULL, 0, 0 }) },
	{ "class-client-sizes", SESSION_CLIENT(CLASS),
	    SESSION_NAME | SESSION_PASSWORD, STEPS(
	    { SESSION_FILE, 0, BYTES("EOF"), 0 },
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_INFO("\x25",
		"Are you already registered? (yes/no):")
		CLASS_INFO("\x1f", "Server: You joined the server.\n")
		CLASS_INFO("\x09", "labchat 1")), 0 },
	    { SESSION_LINE, 0, BYTES("file_transfer:file_to:bob:notes.txt"),
		0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\4", "file", "\x18",
		"3:file_to:bob:notes.txt\n") "EOF"), 0 },
	    { SESSION_LINE, 0, BYTES("exit"), 0 }) },
	{ "class-client", SESSION_CLIENT(CLASS), SESSION_NAME, STEPS(
	    { SESSION_FILE, 0, BYTES("some lines"), 0 },
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_INFO("\x25",
		"Are you already registered? (yes/no):")), 0 },
	    { SESSION_LINE, 0, BYTES("yes"), 0 },
	    { SESSION_LINE, 0, BYTES("secret"), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_INFO("\x1f",
		"Server: You joined the server.\n")), 0 },
	    { SESSION_LINE, 0, BYTES("msg:hii there"), 0 },
	    { SESSION_LINE, 0,
		BYTES("file_transfer:file_to_server:notes.txt"), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\x0d", "file_transfer",
		"\x1b", "file from server:notes.txt\n") "some linesEOF"), 0 },
	    { SESSION_PASS, 0, NULL, 0, 9 },
	    { SESSION_RECEIVE, 0, BYTES(CLASS_FRAME("\x0d", "quiz_question",
		"\5", "1. a?")), 0 },
	    { SESSION_LINE, 0, BYTES("quiz_answer:a"), 0 }) },
	{ "caps-server", SESSION_SERVER(CAPS), 0, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES("abcd 1x"), 0 },
	    { SESSION_RECEIVE, 0, BYTES("1"), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CAPS_CIPHERTEXT "2"), 0 },
	    { SESSION_PASS, 0, NULL, 0, 9 },
	    { SESSION_RECEIVE, 0, BYTES("No data"), 0 },
	    { SESSION_RECEIVE, 0, BYTES("3"), 0 }) },
	{ "caps-client", SESSION_CLIENT(CAPS), 0, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_LINE, 0, BYTES("2"), 0 },
	    { SESSION_LINE, 0, BYTES("the answer is no"), 0 },
	    { SESSION_PASS, 0, NULL, 0, 6 },
	    { SESSION_RECEIVE, 0, BYTES("the answer is no"), 0 },
	    { SESSION_RECEIVE, 0, BYTES(CAPS_CIPHERTEXT), 0 },
	    { SESSION_LINE, 0, BYTES("open mode"), 0 },
	    { SESSION_LINE, 0, BYTES("abcd 1x"), 0 },
	    { SESSION_PASS, 0, NULL, 0, 6 },
	    { SESSION_RECEIVE, 0, BYTES("ABCD 1X"), 0 },
	    { SESSION_LINE, 0, BYTES("quit"), 0 }) },
	{ "room-server", SESSION_SERVER(ROOM), 0, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_JOIN, 1, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES("Alice"), 0 },
	    { SESSION_RECEIVE, 1, BYTES("Bob"), 0 },
	    { SESSION_RECEIVE, 0, BYTES("Alice: hello everyone"), 0 },
	    { SESSION_LEAVE, 0, NULL, 0, 1 },
	    { SESSION_FINISH, 1, NULL, 0, 0 }) },
	{ "room-client", SESSION_CLIENT(ROOM), SESSION_NAME, STEPS(
	    { SESSION_JOIN, 0, NULL, 0, 0 },
	    { SESSION_RECEIVE, 0, BYTES("NICK"), 0 },
	    { SESSION_RECEIVE, 0, BYTES("Alice joined!Connected to server!"),
		0 },
	    { SESSION_LINE, 0, BYTES("hello everyone"), 0 },
	    { SESSION_RECEIVE, 0, BYTES("Alice: hello everyone"), 0 }) },
};
enum { SESSION_SEEDS = sizeof(session_seeds) / sizeof(session_seeds[0]) };

static inline bool
session_takes_number(uint8_t what)
{
	switch (what) {
	case SESSION_LEAVE: case SESSION_PASS: case SESSION_READING:
	case SESSION_ANSWER: case SESSION_SETTLING: case SESSION_FILE:
	case SESSION_DISK:
		return true;
	default:
		return false;
	}
}

#endif
