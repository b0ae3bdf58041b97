"""What is around the programs fails: servers that send garbage or nothing, a
log that nobody reads, a full disk under the events, a store that is locked,
peers that hold up the end."""
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import threading
import time

import chat_peers as lab
from chat_peers import (LABCHAT, Late, Pair, Peer, Program, Server, check_quiet,
                        class_frame, p2p_login, wait)

SEED = int(os.environ.get("PCAPSTAT_TEST_SEED", "20240229"))


def in_folder():
    folder = lab.new_folder()
    return {"folder": folder, "cwd": folder}


# Servers that are none, for our clients.

# What a server of the protocol says until its client is in.
WELCOMES = {
    "echo": [], "im": [], "eim": [], "caps": [],
    "p2p": [b'!{"ann": "127.0.0.1"}'],
    "room": [b"NICK", b"ann joined!", b"Connected to server!"],
    "class": [class_frame("info", lab.CLASS_ASK),
              class_frame("info", lab.CLASS_WELCOME)],
}
GIANTS = {
    "eim": [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff" * 9],
    "im": [b"\x0a\xff\xff\xff\xff\x0f", b"\x0a\x80", b"\x0b" * 100],
    "class": [b"\xff\xff", b"\0\4info\xff\xff\xff\xff", b"\0\0\0\0\0\0" * 9,
              class_frame("file_transfer", "file_to:../../x:../../../evil"),
              class_frame("file", "99999999999999999999:file_to:x:y"),
              class_frame("file_transfer", "\x1b]0;evil\x07"),
              class_frame("quiz_question", b"\xff" * 5000)],
    "p2p": [b"!" + b"[" * 60000, b'!{"a": ' * 999, b"!{", b'!{"ann": "x"}',
            b'!{"a": "1.2.3.4", "a": "::"}', b'!{"\x1b[2J": "127.0.0.1"}'],
    "room": [b"NICK" * 1000, b"\x1b[2Jjoined!", b"N"],
    "caps": [b"more than was asked for" * 3000],
    "echo": [b"\x1b[2J\xff\xfe\0" * 1000],
}


def answers(protocol):
    """Each is what one bad server sends, in which writes, and how it ends."""
    generator = random.Random("%d %s" % (SEED, protocol))
    welcome = WELCOMES[protocol]
    noise = [bytes(generator.getrandbits(8) for _ in range(n))
             for n in (1, 10, 1000, 30000)]
    for data in noise + GIANTS[protocol]:
        for begin in ([], welcome) if welcome else ([],):
            for end in "close", "reset", "half":
                yield begin + [data], end
    for i in range(len(welcome) + 1):
        yield welcome[:i], "reset"
        yield welcome[:i], "close"
    yield [b"".join(welcome)], "reset"


def bad_server(listener, cases):
    for writes, end in cases:
        client, _ = listener.accept()
        client.settimeout(lab.SECONDS)
        try:
            for data in writes:
                client.sendall(data)
                time.sleep(0.01)
            if end == "half":
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass
        except OSError:
            pass
        if end == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              b"\1\0\0\0\0\0\0\0")
        client.close()


OPTIONS = {"eim": ["-n", "ann", "-c", "one", "-a", "two"],
           "class": ["-n", "ann", "--password", "x", "--files", "got"],
           "p2p": ["-n", "ann"], "room": ["-n", "ann"], "im": ["-n", "ann"],
           "echo": [], "caps": []}


def bad_servers(protocol):
    """Whatever comes, the client ends with 1, and says why in one line of its
    own."""
    def scenario(s):
        cases = list(answers(protocol))
        listener = socket.create_server(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
        threading.Thread(target=bad_server, args=(listener, cases),
                         daemon=True).start()
        folder = lab.new_folder()
        wrong = []
        for writes, end in cases:
            client = Program(   # its input stays open
                [LABCHAT, protocol, "-p", port] + OPTIONS[protocol] +
                (["--peer-port", port] if protocol == "p2p" else []),
                "labchat", stdin=subprocess.PIPE, cwd=folder)
            try:
                status = client.wait_end()
            except Late as error:
                status = error
            client.process.stdin.close()
            out, err = client.said(), client.complained()
            if status != 1 or not err or b"\x1b" in out + err or \
                    b"\0" in out + err or lab.REPORTS.search(err):
                wrong.append("%r, then %s: status %s, %r" % (
                    [data[:40] for data in writes], end, status, err[-300:]))
        s.check(not wrong, "each of %d ends with 1 and a line (seed %d)" %
                (len(cases), SEED), *wrong)
        s.equal([f for f in lab.files_below(folder) if "/." in f], [],
                "no temporary file is left")
        s.check(not any(".." in f or not f.startswith("got/")
                        for f in lab.files_below(folder)),
                "no file lies anywhere else", lab.files_below(folder))
    return scenario


def idle_client(s):
    """A server that says nothing costs nothing; one that floods is borne."""
    for protocol in WELCOMES:
        listener = socket.create_server(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
        client = Program([LABCHAT, protocol, "-p", port] + OPTIONS[protocol] +
                         (["--peer-port", port] if protocol == "p2p" else []),
                         protocol, stdin=subprocess.PIPE)
        client.cpu_ms = lambda: Server.cpu_ms(client)
        server, _ = listener.accept()
        check_quiet(s, client, None, protocol + ", a server that is silent")
        client.process.stdin.close()
        status = client.wait_end()
        s.check(status in (0, 1), protocol + ": the end of the input ends it",
                status)
        server.close()
        listener.close()


# The log and the events.

def log_unread(s):
    """A pipe that nobody reads, and one whose reader is gone."""
    for gone in False, True:
        reader, writer = os.pipe()
        process = subprocess.Popen(
            [lab.LABCHATD, "room", "-p", "0"], stdin=subprocess.DEVNULL,
            stdout=writer, stderr=subprocess.DEVNULL)
        lab.processes.append(process)
        os.close(writer)
        line = b""
        while not line.endswith(b"\n"):
            line += os.read(reader, 1)
        if gone:
            os.close(reader)
        port = int(line.rsplit(b":")[-1])
        for i in range(10):
            pair = Pair(lab.DIALECTS["room"], port, ("a%d" % i, "b%d" % i))
            peers = [Peer(port) for _ in range(100)]
            for peer in peers:
                peer.close()
            pair.check(s, "a log that is full") if i == 9 else None
            pair.over = True
            pair.join()
            for peer in pair.peers:
                peer.close()
        process.send_signal(signal.SIGTERM)
        s.equal(process.wait(lab.SECONDS), 0, "a log whose reader %s" %
                ("is gone" if gone else "does not read"))
        if not gone:
            os.close(reader)


def log_lost(s):
    """A full disk under the log is told once; the talk goes on, where its
    clients know the port."""
    folder = lab.new_folder()
    events = os.path.join(folder, "events")
    with open("/dev/full", "wb") as full:
        process = subprocess.Popen(
            [lab.LABCHATD, "room", "-p", "0", "--events", events],
            stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE)
        lab.processes.append(process)
        done = subprocess.run(
            [lab.LABCHATD, "room", "-p", "0"], stdin=subprocess.DEVNULL,
            stdout=full, stderr=subprocess.PIPE, timeout=lab.SECONDS)
    line = (b"labchatd: standard output: No space left on device; the log is "
            b"lost\n")
    wait(lambda: os.path.exists(events) and
         lab.read(events).endswith(b"\n"), "it listens")
    first = json.loads(lab.read(folder, "events").splitlines()[0])
    pair = Pair(lab.DIALECTS["room"], int(first["address"].split(":")[1]))
    pair.check(s, "a full disk under the log")
    pair.end(s)
    process.send_signal(signal.SIGTERM)
    s.equal(process.wait(lab.SECONDS), 0, "and the server ends in order")
    s.equal(process.stderr.read(), line, "it says so once")
    process.stderr.close()
    s.equal(done.returncode, 1, "a port that nobody can learn is an error")
    s.equal(done.stderr, line + b"labchatd: nobody would learn which port it "
            b"is\n", "and said to be")


def events_full(s):
    """Up to its limit the file is whole; the talk goes on."""
    where = in_folder()
    server = Server("room", "--events", "events",
                    limit=("RLIMIT_FSIZE", 20000), **where)
    pair = Pair(lab.DIALECTS["room"], server.port)
    for _ in range(150):
        Peer(server.port).close()
    wait(lambda: b"events" in server.complained(), "it complains")
    pair.check(s, "events on a full disk")
    s.check(server.complained().count(b"\n") < 10, "it complains once",
            server.complained())
    pair.end(s)
    server.check_end(s)
    rows = lab.read(where["folder"], "events")
    s.check(len(rows) > 10000 and
            all(json.loads(row) for row in rows.splitlines()),
            "what is there is whole", rows[-200:])


# The store.

def store_locked(protocol):
    """Somebody else holds the database: who logs in is told, nobody waits."""
    def scenario(s):
        where = in_folder()
        server = Server(protocol, "--users", "users.db", **where)
        path = os.path.join(where["folder"], "users.db")
        first = Peer(server.port)
        first.send(login("first"))
        first.hear(b"!{" if protocol == "p2p" else lab.CLASS_WELCOME)
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        waits = [Peer(server.port) for _ in range(4)]
        for i, peer in enumerate(waits):
            peer.send(login("late%d" % i))
        slowest = 0.0
        for i in range(20):     # the first is served all the while
            began = time.monotonic()
            if protocol == "p2p":
                other = Peer(server.port)
                other.send(b"x")
                other.hear(b"password")
                other.close()
            else:
                first.send(class_frame("to", "first:%d" % i))
                first.hear(b"first (private): %d\n" % i)
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.05)
        s.check(slowest < 2, "the others are served at once", slowest)
        answer = waits[0].hear_end(60)
        s.check(b"cannot" in answer or b"busy" in answer.lower() or
                b"wrong" in answer.lower(), "who logs in is told", answer)
        lock.execute("ROLLBACK")
        lock.close()
        again = Peer(server.port)
        again.send(login("again"))
        again.hear(b"!{" if protocol == "p2p" else lab.CLASS_WELCOME)
        s.check(True, "afterwards it works again")
        server.check_end(s)

    def login(name):
        if protocol == "p2p":
            return p2p_login(name, "secret", True)
        return class_frame("info", "no") + class_frame("info", name) + \
            class_frame("info", "secret")
    return scenario


def store_bad(s):
    """A file that is no database, and one that cannot be made."""
    folder = lab.new_folder()
    with open(os.path.join(folder, "users.db"), "wb") as file:
        file.write(b"this is no database" * 1000)
    for path in "users.db", "nowhere/users.db", ".":
        server = Program([lab.LABCHATD, "p2p", "-p", "0", "--users", path],
                         "labchatd", folder=folder, cwd=folder)
        s.equal(server.wait_end(), 1, "--users %s: status 1" % path)
        said = server.complained().decode()
        s.check(path in said and said.count("\n") == 1 and
                said.startswith("labchatd: "), "--users %s: one line" % path,
                said)
        os.remove(os.path.join(folder, "labchatd.err"))


# The end.

def end_with_stuck(s):
    """Whoever does not read cannot hold up the end for long."""
    for signals, most in (1, 9), (2, 2):
        server = Server("room", "--send-buffer", "8M")
        stuck = Peer(server.port, receive_buffer=4096)
        lab.DIALECTS["room"].join(stuck, "stuck")
        loud = Peer(server.port)
        lab.DIALECTS["room"].join(loud, "loud")
        for _ in range(800):
            loud.send(b"m" * 10000)
            loud.hear(b"m" * 1000)
        began = time.monotonic()
        for _ in range(signals):
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
        status = server.wait_end()
        took = time.monotonic() - began
        s.equal(status, 0, "%d SIGTERM: status 0" % signals)
        s.check(took < most, "%d SIGTERM: the end comes in time" % signals,
                "%.1f s" % took)
        stuck.close()
        loud.close()


def end_with_logins(s):
    """Those that wait are forgotten; the database is whole."""
    where = in_folder()
    server = Server("p2p", "--users", "users.db", **where)
    peers = [Peer(server.port) for _ in range(30)]
    for i, peer in enumerate(peers):
        peer.send(p2p_login("user%d" % i, "secret", True))
    wait(lambda: server.said().count(b"connected") >= 30, "all are there")
    began = time.monotonic()
    s.equal(server.end_by(signal.SIGTERM), 0, "status 0")
    s.check(time.monotonic() - began < 9, "the end comes in time")
    store = sqlite3.connect(os.path.join(where["folder"], "users.db"))
    s.equal(store.execute("PRAGMA integrity_check").fetchall(), [("ok",)],
            "the database is whole")
    store.close()


def download_lost(s):
    """A reset by who gets a file, in the middle of it; then another."""
    where = in_folder()
    server = Server("class", "--files", "kept", stdin=subprocess.PIPE,
                    **where)
    with open(os.path.join(where["folder"], "big.bin"), "wb") as file:
        file.truncate(50 << 20)
    pair = Pair(lab.DIALECTS["class"], server.port)
    for i, act in enumerate([Peer.reset, Peer.close, Peer.half_close]):
        for sized in False, True:
            name = "taker%d%d" % (i, sized)
            taker = Peer(server.port, receive_buffer=4096)
            pair.dialect.join(taker, name)
            if sized:
                taker.send(class_frame("info", "labchat 1"))
                taker.hear(b"labchat 1")
            server.write("send_file:%s:.:big.bin" % name)
            taker.hear(b"big.bin")
            act(taker)
            if act is Peer.half_close:
                taker.reset()
            server.wait_said("not sent to " + name)
    pair.check(s, "resets in files")
    check_quiet(s, server, pair, "resets in files")
    pair.end(s)
    server.check_end(s)


def send_file(peer, order, data):
    """As the originals do; what the server says to it."""
    peer.send(class_frame("file_transfer", order) + data)
    time.sleep(0.02)
    peer.send(b"EOF")
    return peer.hear_like(rb"Server: [^\n]*[Ff]ile[^\n]*\n")


def file_names(s):
    """Whatever a file is called, it lies below its sender's folder."""
    where = in_folder()
    server = Server("class", "--files", "kept", **where)
    kept = os.path.join(where["folder"], "kept")
    peer = Peer(server.port)
    lab.DIALECTS["class"].join(peer, "ann")
    names = [b"../../up", b"/abs", b"a\\b", b"..", b".", b"", b".hidden",
             b"\x1b[2J", b"\xff\xfe", b"a:b", b"n" * 300, b" ", b"ctrl\x01\n",
             "\u202e\u20ac".encode() * 60, b"up", b"up"]
    for name in names:
        send_file(peer, b"file_to_server:" + name, b"content")
    found = lab.files_below(kept)
    s.equal(len(found), len(names), "each file is kept under its own name")
    s.check(all(os.path.dirname(name) == "ann" and name.isprintable() and
                not os.path.basename(name).startswith(".")
                for name in found), "the names are clean", *found)
    s.check(set(os.listdir(where["folder"])) <=
            {"kept", "labchatd.out", "labchatd.err"}, "nothing lies outside",
            *os.listdir(where["folder"]))
    s.check(b"\x1b" not in server.said(), "the log is clean, too")

    # A link below the folder leads nowhere.
    outside = lab.new_folder()
    os.symlink(outside, os.path.join(kept, "bob"))
    other = Peer(server.port)
    lab.DIALECTS["class"].join(other, "bob")
    s.check(b"could not be stored" in send_file(
        other, b"file_to_server:x", b"content"), "no link is followed")
    s.equal(os.listdir(outside), [], "nothing lies behind it")
    server.check_end(s)


def datagrams(s):
    """Anybody can send one to a client of p2p."""
    server = Server("p2p")
    client = Program([LABCHAT, "p2p", "-p", str(server.port), "-n", "ann",
                      "--peer-port", str(server.port)], "ann",
                     stdin=subprocess.PIPE)
    client.cpu_ms = lambda: Server.cpu_ms(client)
    client.wait_said("connected to")
    server.wait_said("has connected")
    generator = random.Random(SEED)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.66", 0))
        to = ("127.0.0.1", server.port)
        for data in [b"", b"\x1b[2J\x1b]0;evil\x07", b"\0" * 100,
                     b"x" * 65507, b"line\nann: forged\n"] + [
                         bytes(generator.getrandbits(8) for _ in range(500))
                         for _ in range(50)]:
            sender.sendto(data, to)
        for _ in range(2000):
            sender.sendto(b"flood", to)
        last = b"Incoming msg (P2P) from Non-registered:the last\n"
        wait(lambda: sender.sendto(b"the last", to) and
             last in client.said(), "one behind the flood is shown")
    said = client.said()
    s.check(b"\x1b" not in said and b"\0" not in said, "all of it is clean")
    s.check(b"\nann: forged" not in said,
            "no line of it looks like another's", said[:300])
    said.decode()
    check_quiet(s, client, None, "a flood of datagrams")
    client.write("still here")
    client.process.stdin.close()
    s.equal(client.wait_end(), 0, "the client leaves in order")
    s.equal(lab.REPORTS.findall(client.complained()), [], "no reports")
    server.check_end(s)


lab.run_scenarios([(p + ", bad servers", bad_servers(p)) for p in WELCOMES] + [
    ("silent servers", idle_client),
    ("log", log_unread),
    ("lost log", log_lost),
    ("--events", events_full),
    ("p2p, locked store", store_locked("p2p")),
    ("class, locked store", store_locked("class")),
    ("bad store", store_bad),
    ("SIGTERM, stuck", end_with_stuck),
    ("SIGTERM, logins", end_with_logins),
    ("lost in a file", download_lost),
    ("file names", file_names),
    ("datagrams", datagrams),
])
