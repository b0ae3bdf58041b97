"""Peers that reset, fall silent, send garbage, do not read or are killed: two
others talk all the while and hear everything in order, the server computes
nothing when nobody says anything, and ends in order."""
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import time

import chat_peers as lab
from chat_peers import (Late, Pair, Peer, Server, check_quiet, class_frame,
                        frame32, im_message, eim_frame, p2p_login, wait)

SEED = int(os.environ.get("PCAPSTAT_TEST_SEED", "20240229"))
WIDE = "\u20ac".encode()    # three bytes


# Every state of a client's dialogue: bytes are sent, patterns awaited.

class Hear(bytes):
    """Awaited instead of sent."""


def info(text):
    return class_frame("info", text)


def echo_states(name):
    return {"connected": [], "after a part of a line": [b"abc"],
            "after an answer": [b"abc\n", Hear(b"abc\n")]}


def im_states(name, frame=lambda data: data):
    message = frame(im_message(name, "hello"))
    return {"connected": [], "in a name": [message[:4]],
            "in a text": [message[:-2]], "after a message": [message],
            "in the second message": [message + message[:3]]}


def eim_states(name):
    message = eim_frame("hello")
    return {"connected": [], "in a length": [message[:2]],
            "after a length": [message[:4]], "in a package": [message[:-5]],
            "after a package": [message]}


def p2p_states(name):
    named = [name.encode(), Hear(b"}")]
    return {"connected": [], "in a character of the name": [WIDE[:2]],
            "after the name": [name.encode()], "in the room": named,
            "after a text": named + [b"hello"],
            "in a character of a text": named + [b"hello " + WIDE[:1]]}


def class_states(name):
    asked = [Hear(lab.CLASS_ASK)]
    old, new = asked + [info("yes")], asked + [info("no")]
    taken = new + [info(name), Hear(b"registered successfully.")]
    here = old + [info(name), info("password"), Hear(lab.CLASS_WELCOME)]
    order = class_frame("file_transfer", "file_to_server:bad.txt")
    sized = class_frame("file", "1000:file_to_server:bad.txt")
    return {"connected": [], "asked": asked,
            "in a frame": asked + [info("yes")[:5]],
            "before the name": old, "before the password":
            old + [info(name)], "before a new name": new,
            "before a new password": taken, "here": here,
            "after a message": here + [class_frame("msg", "hello")],
            "in a message": here + [class_frame("msg", "hello")[:-2]],
            "before a file": here + [order],
            "in a file": here + [order + b"x" * 5000],
            "in a file with its size": here + [sized + b"x" * 500],
            "behind a file's mark": here + [order + b"x" * 500 + b"EOF"]}


def caps_states(name):
    return {"connected": [], "after a word": [b"word"],
            "after a word that may end in an option": [b"word1"],
            "after a part of a ciphertext": [bytes(range(128, 141))],
            "after an answer": [b"word", 0.05, b"1", Hear(b"WORD")]}


def room_states(name):
    here = [Hear(b"NICK"), name.encode(), Hear(b"Connected to server!")]
    return {"connected": [], "asked": [Hear(b"NICK")],
            "in a character of the name": [Hear(b"NICK"), WIDE[:1]],
            "after the name": [Hear(b"NICK"), name.encode()], "here": here,
            "after a message": here + [name.encode() + b": hello"],
            "in a character": here + [name.encode() + b": " + WIDE[:2]]}


STATES = {"echo": echo_states, "im": im_states, "eim": eim_states,
          "p2p": p2p_states, "class": class_states, "caps": caps_states,
          "room": room_states}


def bring(port, steps):
    peer = Peer(port)
    for step in steps:
        if isinstance(step, Hear):
            peer.hear(bytes(step))
        elif isinstance(step, bytes):
            peer.send(step)
        else:
            time.sleep(step)
    return peer


def every_state(s, protocol, server, pair, what, act):
    """The server meets the act in every state, in a different order."""
    wrong = []
    for number, label in enumerate(STATES[protocol]("x")):
        name = "%s%d" % (what.replace(" ", ""), number)
        steps = STATES[protocol](name)[label]
        try:
            act(bring(server.port, steps))
        except (Late, OSError) as error:
            wrong.append("%s: %r" % (label, error))
    s.check(not wrong, "%s in every state" % what, *wrong)
    pair.check(s, what)


def reset_late(peer):
    """When the server has read what there was."""
    time.sleep(0.03)
    peer.reset()


def half_close(peer):
    peer.half_close()
    peer.hear_end(5)
    peer.close()


# One byte after another.

def slow_bytes(protocol):
    return {
        "echo": ([b"one byte at a time\n"], b"one byte at a time\n"),
        "im": ([im_message("slow", "one by one")],
               im_message("slow", "one by one")),
        "eim": ([eim_frame("one by one")], eim_frame("one by one")),
        "p2p": ([b"slow", Hear(b'"slow"'), b"one by one"],
                b"one by one"),
        "class": ([Hear(lab.CLASS_ASK), info("yes"), info("slow"),
                   info("pw"), Hear(lab.CLASS_WELCOME),
                   class_frame("msg", "one by one")],
                  class_frame("msg", "Client slow: one by one\n")),
        "caps": ([b"one by one", 0.05, b"1"], b"ONE BY ONE"),
        "room": ([Hear(b"NICK"), b"slow", Hear(b"server!"), b"one by one"],
                 b"one by one"),
    }[protocol]


def byte_by_byte(protocol, port, gap):
    """Comes in and says one thing, which is returned as the others hear it (of
    caps and echo: as the peer itself does).  Where the server has no framing a
    byte is a message, and the name is what the first read gave."""
    steps, expected = slow_bytes(protocol)
    peer = Peer(port)
    for step in steps:
        if isinstance(step, Hear):
            peer.hear(bytes(step))
        elif isinstance(step, float):
            time.sleep(step)
        elif step == b"slow":
            peer.send(step)
        else:
            peer.send_slowly(step, gap)
    return peer, expected


def one_byte_segments(s, protocol, server, pair):
    with pair.paused():
        peer, expected = byte_by_byte(protocol, server.port, 0.003)
        hearer = peer if pair.dialect.alone else pair.peers[1]
        # Of p2p, bytes that were read at once are one message.
        between = b"( slow: )?" if protocol == "p2p" else b""
        try:
            hearer.hear_like(between.join(re.escape(bytes([byte]))
                                          for byte in expected))
            s.check(True, "a message in segments of one byte arrives")
        except Late as error:
            s.check(False, "a message in segments of one byte arrives", error)
        peer.close()
    pair.check(s, "segments of one byte")


def slow_peer(s, protocol, server, pair):
    pair.pace = 0.1
    time.sleep(0.1)
    before, began = server.cpu_ms(), time.monotonic()
    peer = byte_by_byte(protocol, server.port, 0.05)[0]
    used, took = server.cpu_ms() - before, time.monotonic() - began
    s.check(used < 60 + 60 * took, "a byte after 50 ms costs next to nothing",
            "%d ms in %.1f s" % (used, took))
    peer.close()
    pair.pace = 0.01
    pair.check(s, "a byte after 50 ms")


def two_at_once(s, protocol, server, pair):
    """Two messages in one segment; then the dialogue in one, too."""
    dialect = pair.dialect
    with pair.paused():
        peer = Peer(server.port)
        dialect.join(peer, "two")
        hearer = peer if dialect.alone else pair.peers[0]
        if protocol == "caps":  # word and option are in one segment
            peer.send(b"oneone1")
            time.sleep(0.5)
            peer.send(b"twotwo1")
        else:
            peer.send(dialect.message("two", "oneone") +
                      dialect.message("two", "twotwo"))
        try:
            hearer.hear(dialect.told("oneone").encode())
            hearer.hear(dialect.told("twotwo").encode())
            s.check(True, "two messages in one segment arrive")
        except Late as error:
            s.check(False, "two messages in one segment arrive", error)
        peer.close()
        if protocol == "class":
            peer = Peer(server.port)
            peer.send(info("yes") + info("all1") + info("pw") +
                      class_frame("msg", "at once") +
                      class_frame("cmd", "disconnect"))
            s.holds(peer.hear_end(5), lab.CLASS_WELCOME,
                    "a whole dialogue in one segment is taken")
            hearer.hear(b"Client all1: at once\n")
    pair.check(s, "two messages in one segment")


# Garbage.

def push(peer, data):
    """As much as the server takes within a moment."""
    peer.socket.settimeout(0.3)
    try:
        peer.send(data)
    except OSError:
        pass
    peer.socket.settimeout(lab.SECONDS)


def garbage(s, protocol, server, pair):
    generator = random.Random("%d %s" % (SEED, protocol))
    for turn in range(10):
        peer = Peer(server.port)
        if turn % 2:
            pair.dialect.join(peer, "garbage%d" % turn)
        data = bytes(generator.getrandbits(8) for _ in range(
            generator.choice([1, 3, 7, 100, 2000, 20000])))
        push(peer, data)
        if turn % 3 == 0:
            peer.reset()
        else:
            peer.close()
    pair.check(s, "garbage (seed %d)" % SEED)


# Lengths.

def check_dropped(s, server, pair, data, what):
    before = server.memory_kib()
    peer = Peer(server.port)
    if data[:1] == b"\0" and pair.dialect.names:
        pair.dialect.join(peer, "giant")
    peer.send(data)
    try:
        push(peer, b"x" * 100000)
        peer.hear_end(5)
        s.check(True, what + " ends that connection")
    except Late as error:
        s.check(False, what + " ends that connection", error)
    peer.close()
    grown = server.memory_kib() - before
    s.check(grown < 4096, what + " takes no memory", "%d KiB" % grown)
    pair.check(s, what)


GIANTS = {"eim": [b"\xff\xff\xff\xff"],
          "framed": [b"\xff\xff\xff\xff"],
          "im": [b"\x0a\xff\xff\xff\xff\x0f"],
          "class": [b"\0\x03msg\xff\xff\xff\xff", b"\xff\xffheader"]}


# Names.

BAD_NAMES = {"with a control": b"e\x1b[31mvil", "with a newline": b"e\nvil",
             "with a NUL": b"e\0vil", "of 65 bytes": b"x" * 65,
             "of 5000 bytes": b"x" * 5000, "that is no UTF-8": b"e\xff\xfe",
             "of blanks": b"   ", "that another has": b"ann"}
MORE_NAMES = {"p2p": {"beginning with !": b'!{"ann": "10.0.0.1"}',
                      "with a colon": b"ann: x"},
              "class": {"that is empty": b"", "with a path": b"../../evil",
                        "of everybody": b"all", "with a point": b".hidden"},
              "room": {}}


def refused(protocol, server, name):
    """What the server says to it."""
    peer = Peer(server.port)
    if protocol == "class":
        peer.hear(lab.CLASS_ASK)
        peer.send(info("no") + info(name))
        peer.hear(b"Please choose another: ")
        peer.close()
        peer = Peer(server.port)
        peer.send(info("yes") + info(name) + info("password"))
        answer = peer.hear_end(5)
    elif protocol == "room":
        peer.hear(b"NICK")
        peer.send(name)
        answer = peer.hear_end(5)
    else:
        peer.send(name)
        answer = peer.hear_end(5)
    peer.close()
    return answer


REFUSALS = {"p2p": rb"[A-Z][^!\x1b]+\.", "room": rb"[A-Z][^!\x1b]+\.",
            "class": rb".*(Invalid username or password\.|"
                     rb"Somebody is here under this name already\.)"}


def bad_names(s, protocol, server, pair):
    names = dict(BAD_NAMES, **MORE_NAMES[protocol])
    wrong = []
    for label, name in names.items():
        try:
            answer = refused(protocol, server, name)
            if not re.fullmatch(REFUSALS[protocol], answer, re.S):
                wrong.append("%s: %r" % (label, answer))
        except Late as error:
            wrong.append("%s: %s" % (label, error))
    s.check(not wrong, "each bad name is refused by a clear text", *wrong)
    s.check(b"\x1b" not in server.said() and b"\xff" not in server.said(),
            "none of them is in the log as it is")
    pair.check(s, "bad names")
    with pair.paused():
        for peer in pair.peers:
            peer.socket.settimeout(0.05)
            try:
                while peer.read_some(0.05):
                    pass
            except socket.timeout:
                pass
            s.check(b"evil" not in peer.data and b"xxxx" not in peer.data,
                    "nobody hears of a bad name", bytes(peer.data[-300:]))


# A reader that does not read.

def stuck_reader(s, protocol, server, pair):
    stuck = Peer(server.port, receive_buffer=4096)
    pair.dialect.join(stuck, "stuck")
    loud = Peer(server.port)
    pair.dialect.join(loud, "loud")
    message = pair.dialect.message("loud", "m" * 900)
    sent, end = 0, time.monotonic() + lab.SECONDS

    while b"left (slow)" not in server.said() and time.monotonic() < end:
        for _ in range(50):
            loud.send(message)
        sent += 50
        loud.socket.setblocking(False)
        try:    # what a room sends back
            while loud.socket.recv(1 << 20):
                pass
        except BlockingIOError:
            pass
        loud.socket.settimeout(lab.SECONDS)
        time.sleep(0.002)
    said = server.said()
    s.check(said.count(b"left (slow)") == 1,
            "who does not read is dropped, and nobody else",
            "%d messages, %d dropped" % (sent, said.count(b"left (slow)")))
    pair.check(s, "who does not read")
    stuck.close()
    loud.close()


def stuck_echo(s, protocol, server, pair):
    """Who sends and does not read is no longer read, either."""
    stuck = Peer(server.port, receive_buffer=4096)
    stuck.socket.settimeout(0.5)
    sent = 0
    try:
        for _ in range(3000):
            sent += stuck.socket.send(b"x" * 10000)
    except OSError:
        pass
    s.check(sent < 30000000, "who does not read cannot go on sending")
    s.check(server.memory_kib() < 60000 or lab.under_sanitizers(),
            "what waits for it is bounded", server.memory_kib())
    check_quiet(s, server, pair, "who does not read")
    pair.check(s, "who does not read")
    stuck.reset()


# All of this, of one protocol.

def bad_peers(protocol, *options):
    def scenario(s):
        server = Server(protocol, "--send-buffer", "64K", *options,
                        **in_folder())
        pair = Pair(lab.FramedIm() if options else lab.DIALECTS[protocol],
                    server.port)
        every_state(s, protocol, server, pair, "reset",
                    lambda peer: peer.reset())
        every_state(s, protocol, server, pair, "late reset", reset_late)
        check_quiet(s, server, pair, "resets")
        every_state(s, protocol, server, pair, "half close", half_close)
        check_quiet(s, server, pair, "half closes")
        silent = [Peer(server.port), bring(
            server.port, list(STATES[protocol]("silent").values())[-1])]
        check_quiet(s, server, pair, "silence")
        pair.check(s, "silence")
        garbage(s, protocol, server, pair)
        check_quiet(s, server, pair, "garbage")
        for data in GIANTS.get("framed" if options else protocol, []):
            check_dropped(s, server, pair, data,
                          "a length of %s" % data[-5:].hex())
        if pair.dialect.names:
            bad_names(s, protocol, server, pair)
        two_at_once(s, protocol, server, pair)
        if not options:
            one_byte_segments(s, protocol, server, pair)
            slow_peer(s, protocol, server, pair)
        if protocol == "echo":
            stuck_echo(s, protocol, server, pair)
        elif not pair.dialect.alone:
            stuck_reader(s, protocol, server, pair)
            check_quiet(s, server, pair, "who does not read")
        s.check(pair.slowest < 5, "nobody waited for long",
                "%.1f s" % pair.slowest)
        pair.end(s)
        for peer in silent:
            peer.close()
        if protocol == "class":
            s.equal([f for f in lab.files_below(server.folder)
                     if "/." in f], [], "no temporary file is left")
        server.check_end(s)
    return scenario


def in_folder():
    folder = lab.new_folder()
    return {"folder": folder, "cwd": folder}


# Deadlines.

def late(protocol):
    def scenario(s):
        server = Server(protocol, "--handshake-timeout", "300ms")
        for _ in range(10):     # on a busy machine we may be late, too
            try:
                pair = Pair(lab.DIALECTS[protocol], server.port)
                break
            except (Late, OSError):
                pass
        began = time.monotonic()
        silent = [Peer(server.port) for _ in range(5)]
        for peer in silent:
            peer.hear_end(10)
        took = time.monotonic() - began
        s.check(0.25 < took < 10, "who is silent is dropped in time",
                "%.2f s" % took)
        s.check(server.said().count(b"left (late)") >= 5, "the log says so",
                server.said())
        pair.check(s, "silence")
        check_quiet(s, server, pair, "silence")
        pair.end(s)
        server.check_end(s)
    return scenario


def idle(s):
    server = Server("echo", "--idle-timeout", "700ms")
    pair = Pair(lab.DIALECTS["echo"], server.port)
    peer = Peer(server.port)
    began = time.monotonic()
    peer.hear_end(10)
    took = time.monotonic() - began
    s.check(0.6 < took < 10, "silence ends a connection", took)
    s.holds(server.said(), b"left (idle)", "the log says so")
    pair.check(s, "silence")
    pair.end(s)
    server.check_end(s)


# Limits.

def max_clients(s):
    server = Server("room", "--max-clients", "3")
    pair = Pair(lab.DIALECTS["room"], server.port)
    third = Peer(server.port)
    lab.DIALECTS["room"].join(third, "third")
    s.equal([Peer(server.port).hear_end(5) for _ in range(20)], [b""] * 20,
            "more are turned away")
    s.holds(server.said(), b"refused: there are --max-clients",
            "the log says why")
    pair.check(s, "too many clients")
    check_quiet(s, server, pair, "too many clients")
    third.close()
    server.wait_said("third left")
    time.sleep(0.1)     # until its socket is closed, too
    again = Peer(server.port)
    lab.DIALECTS["room"].join(again, "again")
    s.check(True, "there is room again once one left")
    pair.end(s)
    server.check_end(s)


def port_in_use(s):
    server = Server("im")
    second = lab.Program([lab.LABCHATD, "im", "-p", str(server.port)],
                         "second")
    s.equal(second.wait_end(), 1, "the second server's status")
    s.equal(second.complained().decode(),
            "labchatd: 127.0.0.1:%d: Address already in use\n" % server.port,
            "one clear line")
    # A listener that went away a moment ago is no obstacle.
    peer = Peer(server.port)
    server.check_end(s)
    again = Server("im", port=str(server.port))
    s.equal(again.port, server.port, "its port can be had at once")
    peer.close()
    again.check_end(s)


def descriptors(s):
    server = Server("room", limit=("RLIMIT_NOFILE", 32))
    pair = Pair(lab.DIALECTS["room"], server.port)
    many = [Peer(server.port) for _ in range(60)]
    wait(lambda: b"no new connections for a moment" in server.complained(),
         "it says that it has no descriptors")
    pair.check(s, "without descriptors")
    check_quiet(s, server, pair, "without descriptors")
    s.check(server.complained().count(b"\n") < 20, "it does not go on and on",
            server.complained())
    for peer in many:
        peer.close()
    late_one = Peer(server.port)
    lab.DIALECTS["room"].join(late_one, "recovered")
    s.check(True, "it takes clients again once there are some")
    late_one.close()
    pair.end(s)
    server.check_end(s)


# Files.

def upload(peer, order, size):
    """As the originals do, and what the server says to it."""
    peer.send(class_frame("file_transfer", order))
    left = size
    while left > 0:
        peer.send(b"y" * min(left, 1024))
        left -= 1024
    peer.send(b"EOF")
    return peer.hear_like(rb"Server: [^\n]*[Ff]ile[^\n]*\n")


def too_large(limits, options, what):
    def scenario(s):
        where = in_folder()
        server = Server("class", "--files", "files", *options, limit=limits,
                        **where)
        pair = Pair(lab.DIALECTS["class"], server.port)
        peer = Peer(server.port)
        pair.dialect.join(peer, "sender")
        answer = upload(peer, "file_to_server:large.bin", 300000)
        s.holds(answer, b"could not be stored", "the sender is told")
        answer = upload(peer, "file_to:ben:large.bin", 300000)
        s.holds(answer, b"could not be stored",
                "the sender is told of one for somebody else")
        s.equal(lab.files_below(os.path.join(where["folder"], "files")), [],
                "nothing of it is left")
        pair.check(s, what)
        check_quiet(s, server, pair, what)
        answer = upload(peer, "file_to_server:small.bin", 5000)
        s.holds(answer, b"File 'small.bin' uploaded by sender",
                "a smaller one is stored")
        s.equal(lab.read(where["folder"], "files", "sender", "small.bin"),
                b"y" * 5000, "as it was sent")
        with pair.paused():
            s.check(b"large.bin" not in bytes(pair.peers[1].data),
                    "its recipient was sent nothing of it")
        pair.end(s)
        server.check_end(s)
    return scenario


def labchat(server, *options, name="labchat", stdin=subprocess.PIPE, **rest):
    return lab.Program([lab.LABCHAT, "class", "-p", str(server.port)] +
                       list(options), name, stdin=stdin, **rest)


BIG = 200 << 20     # a client cannot have sent it before it is killed


def killed_in_transfer(s):
    """A client that sends, and one that receives, is killed in the middle."""
    where = in_folder()
    files = os.path.join(where["folder"], "files")
    server = Server("class", "--files", "files", "--max-file", "1G", **where)
    pair = Pair(lab.DIALECTS["class"], server.port)
    with open(os.path.join(where["folder"], "big.bin"), "wb") as file:
        file.truncate(BIG)

    for order in "file_to_server:big.bin", "file_to:ben:big.bin":
        client = labchat(server, "-n", "killed", "--password", "x",
                         name="killed", **where)
        client.wait_said("You joined the server")
        client.write("file_transfer:" + order)
        wait(lambda: any(os.path.getsize(os.path.join(files, f)) > 0
                         for f in lab.files_below(files)), "bytes are stored")
        client.end_by(signal.SIGKILL)
        wait(lambda: lab.files_below(files) == [],
             "what a killed client sent is removed")
        s.check(True, order.split(":")[0] + ": nothing is left of the file "
                "of a client that is killed")
        os.remove(os.path.join(where["folder"], "killed.out"))
        pair.check(s, "a client that is killed")
    check_quiet(s, server, pair, "clients that are killed")
    with pair.paused():
        s.check(b"big.bin" not in bytes(pair.peers[1].data),
                "the recipient was sent nothing of it")

    # The recipient: it keeps nothing under the name, and the sender is told.
    with open(os.path.join(where["folder"], "big.bin"), "wb") as file:
        file.truncate(20 << 20)
    there = in_folder()
    client = labchat(server, "-n", "taker", "--password", "x", "--files",
                     "taken", name="taker", **there)
    client.wait_said("You joined the server")
    os.kill(client.process.pid, signal.SIGSTOP)     # it cannot be done soon
    sender = Peer(server.port)
    pair.dialect.join(sender, "sender")
    sender.send(class_frame("file_transfer", "file_to:taker:big.bin"))
    for _ in range(20):
        sender.send(b"z" * (1 << 20))
    sender.send(b"EOF")
    time.sleep(0.5)
    client.end_by(signal.SIGKILL)
    sender.hear(b"Server: File 'big.bin' was not sent to taker")
    s.check(True, "the sender is told when the recipient is killed")
    taken = os.path.join(there["folder"], "taken")
    s.check(not os.path.exists(os.path.join(taken, "sender", "big.bin")) and
            not os.path.exists(os.path.join(taken, "big.bin")),
            "a killed recipient has no half file under its name",
            lab.files_below(taken))
    pair.check(s, "a recipient that is killed")
    pair.end(s)
    server.check_end(s)


def full_disk_of_a_client(s):
    where = in_folder()
    server = Server("class", "--files", "files", **where)
    there = in_folder()
    client = labchat(server, "-n", "taker", "--password", "x", "--files",
                     "taken", name="taker",
                     limit=("RLIMIT_FSIZE", 100000), **there)
    client.wait_said("You joined the server")
    sender = Peer(server.port)
    lab.DIALECTS["class"].join(sender, "sender")
    upload(sender, "file_to:taker:large.bin", 300000)
    upload(sender, "file_to:taker:small.bin", 3000)
    wait(lambda: b"large.bin" in client.complained(), "the client says so")
    wait(lambda: "small.bin" in "".join(lab.files_below(there["folder"])),
         "the next file is kept")
    s.equal([f for f in lab.files_below(os.path.join(there["folder"],
                                                     "taken"))
             if "large" in f], [], "a client on a full disk keeps no half")
    s.equal(client.end_by(signal.SIGTERM), 0, "the client ends in order")
    server.check_end(s)


# Registrations.

def check_store(s, path):
    """Before the server opens it again."""
    database = sqlite3.connect(path)
    s.equal(database.execute("PRAGMA integrity_check").fetchall(),
            [("ok",)], "the database is whole")
    names = {row[0] for row in database.execute("SELECT username FROM users")}
    database.close()
    return names


def registered_p2p(server, n):
    peers = {}
    for i in range(n):
        name = "user%d" % i
        peers[name] = Peer(server.port)
        peers[name].send(p2p_login(name, "secret" + name, True))
    return peers


def registered_class(server, n):
    peers = {}
    for i in range(n):
        name = "user%d" % i
        peers[name] = Peer(server.port)
        peers[name].hear(lab.CLASS_ASK)
        peers[name].send(info("no") + info(name) + info("secret" + name))
    return peers


def acknowledged(peers, sign):
    """Those whose first list or welcome is here."""
    there = []
    for name, peer in peers.items():
        peer.socket.setblocking(False)
        try:
            while True:
                data = peer.socket.recv(65536)
                if data == b"":
                    break
                peer.data += data
        except OSError:
            pass
        if sign in peer.data:
            there.append(name)
    return there


def log_in(protocol, server, name, password):
    peer = Peer(server.port)
    if protocol == "p2p":
        peer.send(p2p_login(name, password, False))
        answer = peer.hear_like(rb"!\{.*\}|[A-Z].*\.")
    else:
        peer.send(info("yes") + info(name) + info(password))
        answer = peer.hear_like(
            rb"You joined the server|Invalid username|Somebody is here")
    peer.close()
    return answer[:1] in b"!Y"


def killed_server(protocol, register, sign):
    def scenario(s):
        where = in_folder()
        options = [protocol, "--users", "users.db", "--files", "files"][
            :3 if protocol == "p2p" else 5]
        server = Server(*options, **where)
        path = os.path.join(where["folder"], "users.db")
        s.equal(os.stat(path).st_mode & 0o777, 0o600,
                "nobody else reads the database")
        peers = register(server, 12)
        there = []

        def some():
            there[:] = acknowledged(peers, sign)
            return len(there) >= 3
        wait(some, "some are registered")
        server.process.kill()
        server.process.wait()
        there = acknowledged(peers, sign)
        s.check(len(there) < 12, "others wait", there)
        names = check_store(s, path)
        s.check(set(there) <= names, "who was answered is in the database",
                there, names)
        os.remove(os.path.join(where["folder"], "labchatd.out"))
        server = Server(*options, **where)
        wrong = [name for name in there
                 if not log_in(protocol, server, name, "secret" + name)]
        s.equal(wrong, [], "who was answered can log in afterwards")
        s.check(not log_in(protocol, server, there[0], "guess"),
                "with the password that was given")
        server.check_end(s)
    return scenario


def bad_logins(protocol):
    """Resets and ends while the store answers, and logins in pieces."""
    def scenario(s):
        where = in_folder()
        server = Server(protocol, "--users", "users.db", **where)
        line = p2p_login("ann", "secret", True) if protocol == "p2p" else \
            info("no") + info("ann") + info("secret")
        for act in Peer.reset, Peer.half_close, Peer.close:
            for n in 5, len(line) // 2, len(line) - 1:
                peer = Peer(server.port)
                peer.send(line[:n])
                act(peer)
        for act in Peer.reset, Peer.half_close:
            peer = Peer(server.port)
            peer.send(line.replace(b"ann", b"bob"))
            time.sleep(0.02)
            act(peer)
        peer = Peer(server.port)
        peer.send_slowly(line, 0.001)
        peer.hear(b'"ann"' if protocol == "p2p" else b"joined the server")
        s.check(True, "a login in pieces of a byte is taken")
        for data in ([b"ann", b"!login nonsense\n", b"!login " + b"x" * 9000,
                      p2p_login("!x", "y"), p2p_login("x" * 65, "y")]
                     if protocol == "p2p" else
                     [info("no") + info("\x1bx"), info("maybe"),
                      class_frame("msg", "yes")]):
            bad = Peer(server.port)
            push(bad, data)
            if protocol == "class" and b"\x1b" in data:
                bad.hear(b"choose another")
            else:
                s.check(b"!" not in bad.hear_end(5)[:1],
                        "a login that is none is refused")
        check_quiet(s, server, None, "bad logins")
        s.check(not log_in(protocol, server, "ann", "secret"),
                "nobody is here twice")
        server.check_end(s)
    return scenario


lab.run_scenarios([(p, bad_peers(p)) for p in STATES] + [
    ("im --framing length", bad_peers("im", "--framing", "length")),
    ("p2p, late", late("p2p")),
    ("class, late", late("class")),
    ("room, late", late("room")),
    ("idle", idle),
    ("--max-clients", max_clients),
    ("port in use", port_in_use),
    ("few descriptors", descriptors),
    ("full disk", too_large(("RLIMIT_FSIZE", 100000), [], "a full disk")),
    ("--max-file", too_large(None, ["--max-file", "100K"],
                             "a file that is too large")),
    ("full disk of a client", full_disk_of_a_client),
    ("killed in a transfer", killed_in_transfer),
    ("p2p, server killed", killed_server("p2p", registered_p2p, b"!{")),
    ("class, server killed", killed_server(
        "class", registered_class, lab.CLASS_WELCOME)),
    ("p2p, bad logins", bad_logins("p2p")),
    ("class, bad logins", bad_logins("class")),
])
