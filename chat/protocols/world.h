/*
 * The world around a protocol: everything that it can do or ask for.
 *
 * A protocol (protocol.h) is pure: bytes, time and lines come to it by the
 * functions of a `struct side`, and what it wants done goes out through the
 * functions here.  chat/net makes a world of sockets, the tests one of plain
 * memory.
 *
 * No function here calls back into the protocol: what follows from it (a peer
 * that is lost, an answer to a login) is told later, by a call of its own.
 * Errors of a connection are such later calls; only files answer at once.
 */
#ifndef CHAT_PROTOCOLS_WORLD_H
#define CHAT_PROTOCOLS_WORLD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/errbuf.h"

/* An address and port. */
struct chat_address {
	uint8_t version;	/* 4 or 6 */
	uint8_t bytes[16];	/* network order; 4 or 16 of them */
	uint16_t port;
	uint32_t scope;		/* of a link-local IPv6 address, else 0 */
};

/* "192.168.1.2:5000", "[::1]:5000" with its terminator. */
enum { CHAT_LABEL_BYTES = 64 };

/* A TCP connection.  Owned by the world, valid from side->joined() until
 * side->left() returns. */
struct peer {
	struct chat_address address;
	char label[CHAT_LABEL_BYTES];	/* the address and port as text */
	char ip[INET6_ADDRSTRLEN];	/* the address alone */
	void *state;			/* the protocol's own */
};

/* How a line for the user is meant. */
enum show {
	SHOW_MESSAGE,	/* from another user */
	SHOW_NOTICE,	/* from the server or the program */
	SHOW_ERROR,	/* something went wrong */
};

/* A fact of an event: a text, or a number where text == NULL. */
struct event_field {
	const char *key;
	const char *text;	/* need not be UTF-8; need not be clean */
	size_t len;		/* of the text */
	int64_t number;
};

/* A request to the user store; the texts are copied. */
struct login {
	bool make;		/* a new user; otherwise an old one */
	const char *name;
	const void *password;
	size_t password_len;
};

/* What became of it. */
enum login_answer {
	LOGIN_WELCOME,		/* registered, or name and password fit */
	LOGIN_TAKEN,		/* make: the name exists */
	LOGIN_WRONG,		/* unknown name or wrong password */
	LOGIN_BUSY,		/* too many logins wait */
	LOGIN_FAILED,		/* the store could not be read or written */
	LOGIN_UNKNOWN,		/* only of a question about the name, below */
};

struct world_file;		/* a file that is read or made */
struct world;

/* What a world has to offer; protocols use the functions below instead. */
struct world_actions {
	void (*send)(struct world *, struct peer *, const void *, size_t);
	size_t (*queued)(struct world *, const struct peer *);
	void (*hold)(struct world *, struct peer *, bool);
	void (*close)(struct world *, struct peer *, bool at_once);
	void (*admit)(struct world *, struct peer *);
	void (*timer)(struct world *, struct peer *, unsigned id,
	    int64_t after_ns);
	int64_t (*now_ns)(struct world *);
	void (*random)(struct world *, void *, size_t);
	void (*event)(struct world *, const struct peer *, const char *name,
	    const struct event_field *, size_t n, const char *text);
	void (*login)(struct world *, struct peer *, const struct login *);
	void (*name_known)(struct world *, struct peer *, const char *name);
	int (*datagram)(struct world *, const struct chat_address *,
	    const void *, size_t, struct errbuf *);
	void (*show)(struct world *, enum show, const char *, size_t);
	void (*prompt)(struct world *, const char *, bool secret);
	void (*hold_lines)(struct world *, bool);
	void (*end)(struct world *, int status);
	struct world_file *(*file_make)(struct world *, const char *folder,
	    const char *name, struct errbuf *);
	int (*file_write)(struct world_file *, const void *, size_t,
	    struct errbuf *);
	int (*file_keep)(struct world_file *, char *name, size_t room,
	    struct errbuf *);
	struct world_file *(*file_open)(struct world *, const char *path,
	    uint64_t *size, struct errbuf *);
	ssize_t (*file_read)(struct world_file *, void *, size_t,
	    struct errbuf *);
	void (*file_drop)(struct world_file *);
	int (*file_add)(struct world *, const char *folder, const char *name,
	    const void *, size_t, struct errbuf *);
	struct world_file *(*file_open_kept)(struct world *, const char *name,
	    uint64_t *size, struct errbuf *);
};

struct world {
	const struct world_actions *actions;
};

/*
 * One message to a peer: it goes out in a write of its own, never joined with
 * another, in the order of the calls.  The bytes are copied.  A peer that does
 * not read is dropped once more than --send-buffer waits.
 */
static inline void
world_send(struct world *w, struct peer *p, const void *data, size_t len)
{
	w->actions->send(w, p, data, len);
}

/* Bytes that still wait to be written to the peer.  side->drained() is called
 * when few are left (less than WORLD_LOW_WATER), after there were more. */
enum { WORLD_LOW_WATER = 16384 };
static inline size_t
world_queued(struct world *w, const struct peer *p)
{
	return w->actions->queued(w, p);
}

/* hold: no bytes of the peer are handed over until it is taken back (they stay
 * with the kernel, so the peer has to wait, too).  The world itself does the
 * same while more than half of --send-buffer waits for the peer. */
static inline void
world_hold(struct world *w, struct peer *p, bool hold)
{
	w->actions->hold(w, p, hold);
}

/* Ends the connection: after everything sent so far is written, or at once.
 * Nothing more is received from the peer; side->left() follows. */
static inline void
world_close(struct world *w, struct peer *p, bool at_once)
{
	w->actions->close(w, p, at_once);
}

/* The peer has said who it is: the deadline for that is off, the one for
 * silence (--idle-timeout) goes on. */
static inline void
world_admit(struct world *w, struct peer *p)
{
	w->actions->admit(w, p);
}

/* side->timer(p, id) after so many ns; set again it counts from now, below 0 it
 * is off.  p may be NULL; a peer's timers end with it.  id < WORLD_TIMERS. */
enum { WORLD_TIMERS = 4 };
static inline void
world_timer(struct world *w, struct peer *p, unsigned id, int64_t after_ns)
{
	w->actions->timer(w, p, id, after_ns);
}

/* A clock that never goes back; only differences mean something. */
static inline int64_t
world_now_ns(struct world *w)
{
	return w->actions->now_ns(w);
}

/* Random bytes fit for keys. */
static inline void
world_random(struct world *w, void *out, size_t len)
{
	w->actions->random(w, out, len);
}

/* For the server's log (text, one line for people; NULL: none) and --events
 * (name and fields).  p may be NULL.  What peers wrote may stand in both: the
 * world makes it clean.  A client's world shows no events on the terminal. */
static inline void
world_event(struct world *w, const struct peer *p, const char *name,
    const struct event_field *fields, size_t n, const char *text)
{
	w->actions->event(w, p, name, fields, n, text);
}

/* Asks the user store; side->answered(p) follows, unless the peer leaves
 * before.  At most one request a peer at a time. */
static inline void
world_login(struct world *w, struct peer *p, const struct login *login)
{
	w->actions->login(w, p, login);
}

/* Is there such a user?  side->answered(p) with LOGIN_TAKEN or
 * LOGIN_UNKNOWN. */
static inline void
world_name_known(struct world *w, struct peer *p, const char *name)
{
	w->actions->name_known(w, p, name);
}

/* A client's UDP datagram, from its own address. */
static inline int
world_datagram(struct world *w, const struct chat_address *to,
    const void *data, size_t len, struct errbuf *err)
{
	return w->actions->datagram(w, to, data, len, err);
}

/* For a client's user: one or more lines, without the last newline.  Controls
 * are made harmless by the world. */
static inline void
world_show(struct world *w, enum show kind, const char *text, size_t len)
{
	w->actions->show(w, kind, text, len);
}

/* What stands before the line that is typed; secret: what is typed is not
 * shown and not kept in the history.  A text that ends in ": " asks for what is
 * no message, such as a name, and that is not kept, either.  Copied. */
static inline void
world_prompt(struct world *w, const char *text, bool secret)
{
	w->actions->prompt(w, text, secret);
}

/* hold: no line of a client's user, nor the end of the input, is handed over
 * until it is taken back: what is typed or piped in waits where it is.  A line
 * that is under way may still come. */
static inline void
world_hold_lines(struct world *w, bool hold)
{
	w->actions->hold_lines(w, hold);
}

/* The program ends with this status once what was sent is written (at most
 * some seconds): 0 left in order, 1 refused, lost or failed. */
static inline void
world_end(struct world *w, int status)
{
	w->actions->end(w, status);
}

/*
 * Files lie below --files; `folder` ("" for none) is made where it is missing,
 * and both names are cleaned: no path parts, no controls, never empty, never
 * hidden.  A file that is made has a temporary name until file_keep() gives it
 * its own, or "NAME (2)" and so on where that exists: nothing is overwritten.
 * More than --max-file bytes are an error, like a full disk.  NULL and -1 with
 * the reason.
 */
static inline struct world_file *
world_file_make(struct world *w, const char *folder, const char *name,
    struct errbuf *err)
{
	return w->actions->file_make(w, folder, name, err);
}

static inline int
world_file_write(struct world *w, struct world_file *f, const void *data,
    size_t len, struct errbuf *err)
{
	return w->actions->file_write(f, data, len, err);
}

/* Frees the file in either case.  name: where it lies, below --files, with its
 * terminator (room >= 1; cut if short); may be NULL. */
static inline int
world_file_keep(struct world *w, struct world_file *f, char *name,
    size_t room, struct errbuf *err)
{
	return w->actions->file_keep(f, name, room, err);
}

/* Opens a regular file for reading: a path as the operator or the user of a
 * client typed it (a relative one is looked for where the program runs, then
 * below --files). */
static inline struct world_file *
world_file_open(struct world *w, const char *path, uint64_t *size,
    struct errbuf *err)
{
	return w->actions->file_open(w, path, size, err);
}

/* Opens what file_keep() gave this name, below --files and nowhere else: peers
 * had a say in that name, and it must not lead to other files of this host. */
static inline struct world_file *
world_file_open_kept(struct world *w, const char *name, uint64_t *size,
    struct errbuf *err)
{
	return w->actions->file_open_kept(w, name, size, err);
}

/* The next bytes, 0 at the end. */
static inline ssize_t
world_file_read(struct world *w, struct world_file *f, void *data, size_t len,
    struct errbuf *err)
{
	return w->actions->file_read(f, data, len, err);
}

/* Closes a file that was opened; of one that was made nothing is left.  NULL
 * does nothing. */
static inline void
world_file_drop(struct world *w, struct world_file *f)
{
	if (f != NULL)
		w->actions->file_drop(f);
}

/* Adds to the end of a file, in one write. */
static inline int
world_file_add(struct world *w, const char *folder, const char *name,
    const void *data, size_t len, struct errbuf *err)
{
	return w->actions->file_add(w, folder, name, data, len, err);
}

#endif
