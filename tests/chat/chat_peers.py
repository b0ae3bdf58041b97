"""What the tests of labchatd and labchat as processes stand on: TAP, servers
and clients that end with the test, and peers that are plain sockets."""
import contextlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback


def program(name):
    return os.path.abspath(os.environ.get(
        name.upper(),
        os.path.join(os.environ.get("top_builddir", "."), name)))


LABCHATD, LABCHAT = program("labchatd"), program("labchat")
SECONDS = 20        # no wait takes nearly as long
TEST_SECONDS = 240  # nor all of them: a hang ends there
REPORTS = re.compile(rb"Sanitizer|runtime error|Assertion|LeakSan")


class Late(Exception):
    """Something did not happen in time."""


def wait(fits, what, seconds=SECONDS):
    """What fits() gives, once it is true."""
    end = time.monotonic() + seconds
    while True:
        found = fits()
        if found:
            return found
        if time.monotonic() >= end:
            raise Late("%s: not within %s s" % (what, seconds))
        time.sleep(0.01)


# TAP.  Scenarios run at the same time, and are told of in their order.

class Scenario:
    def __init__(self, name, function):
        self.name = name
        self.lines = []
        self.failed = False
        self.thread = threading.Thread(target=self.run, args=(function,),
                                       daemon=True)

    def check(self, good, what, *said):
        self.lines.append((bool(good), "%s: %s" % (self.name, what), said))
        self.failed = self.failed or not good
        return good

    def equal(self, found, expected, what):
        return self.check(found == expected, what, "found    %r" % (found,),
                          "expected %r" % (expected,))

    def holds(self, text, part, what):
        return self.check(part in text, what, "no %r in" % (part,),
                          *text[-2000:].splitlines())

    def skip(self, what, why):
        self.lines.append((True, "%s: %s # SKIP %s" % (self.name, what, why),
                           ()))

    def run(self, function):
        try:
            function(self)
        except Exception:  # whatever it is, it is this scenario's end
            self.check(False, "goes through to its end",
                       *traceback.format_exc().splitlines())


def run_scenarios(scenarios, alone_again=False):
    """Each is (name, function of a Scenario); then the test ends.

    All run at the same time.  With alone_again those that failed run once more
    when the others are over, and that counts.
    """
    end = time.monotonic() + TEST_SECONDS
    number, failed = 0, False
    chosen = [each for each in scenarios
              if len(sys.argv) == 1 or each[0] in sys.argv[1:]]
    running = [Scenario(*each) for each in chosen]
    for each in running:
        each.thread.start()
    for each in running:
        each.thread.join(max(0, end - time.monotonic()))
    for at, each in enumerate(running):
        if alone_again and each.failed and not each.thread.is_alive():
            print("# %s: once more, alone, since %s" % (each.name, [
                what for good, what, _ in each.lines if not good]))
            running[at] = each = Scenario(*chosen[at])
            each.thread.start()
            each.thread.join(max(0, end - time.monotonic()))
        if each.thread.is_alive():
            each.check(False, "is over in time")
        for good, what, said in list(each.lines):
            number += 1
            print("%s %d - %s" % ("ok" if good else "not ok", number, what))
            for line in said if not good else ():
                print("# %s" % (line,))
        failed = failed or each.failed
        sys.stdout.flush()
    end_everything()
    print("1..%d" % number, flush=True)
    os._exit(1 if failed else 0)  # threads that hang hold nobody up


# Processes.

folders, processes = [], []


def new_folder():
    folders.append(tempfile.mkdtemp(prefix="labchat-"))
    return folders[-1]


def end_everything():
    for each in processes:
        if each.poll() is None:
            each.kill()
            each.wait()
    for each in folders:
        shutil.rmtree(each, ignore_errors=True)


# Of a program that takes the place of this one: a limit is set between.
LIMIT = """import os, resource, sys
limit = getattr(resource, sys.argv[1])
resource.setrlimit(limit, (int(sys.argv[2]), int(sys.argv[2])))
os.execv(sys.argv[3], sys.argv[3:])"""


def start(words, stdin, folder, name, limit=None, env=None, cwd=None):
    """With standard output and error in files; limit: (RLIMIT_..., value)."""
    if limit:
        words = [sys.executable, "-c", LIMIT, limit[0], str(limit[1])] + words
    with open(os.path.join(folder, name + ".out"), "ab") as out, \
            open(os.path.join(folder, name + ".err"), "ab") as err:
        process = subprocess.Popen(
            words, stdin=stdin, stdout=out, stderr=err, cwd=cwd,
            env=dict(os.environ, **(env or {})))
    processes.append(process)
    return process


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


class Program:
    """One of ours, in a folder of its own unless there is one."""

    def __init__(self, words, name, folder=None, stdin=subprocess.DEVNULL,
                 **rest):
        self.name = name
        self.folder = folder or new_folder()
        self.process = start(words, stdin, self.folder, name, **rest)

    def said(self):
        return read(self.folder, self.name + ".out")

    def complained(self):
        return read(self.folder, self.name + ".err")

    def wait_said(self, text, seconds=SECONDS):
        text = text if isinstance(text, bytes) else text.encode()
        wait(lambda: text in self.said(), "%s says %r (it said %r; %r)" % (
            self.name, text, self.said()[-500:], self.complained()[-500:]),
            seconds)

    def write(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def wait_end(self, seconds=SECONDS):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Late("%s does not end; it said %r, %r" % (
                self.name, self.said()[-500:], self.complained()[-500:]))

    def end_by(self, number):
        self.process.send_signal(number)
        return self.wait_end()


class Server(Program):
    def __init__(self, protocol, *options, name="labchatd", port="0",
                 **rest):
        super().__init__([LABCHATD, protocol, "-p", port] + list(options),
                         name, **rest)
        at = wait(lambda: self.process.poll() is not None or re.search(
            rb"listening on (.*):(\d+)\n", self.said()), "it listens")
        if at is True:
            raise Late("%s ended: %r" % (protocol, self.complained()))
        self.address, self.port = at.group(1).decode(), int(at.group(2))

    def cpu_ms(self):
        """What it and its threads used so far, user and system."""
        fields = read("/proc/%d/stat" % self.process.pid).rsplit(b")")[-1]
        ticks = sum(int(f) for f in fields.split()[11:13])
        return ticks * 1000 // os.sysconf("SC_CLK_TCK")

    def memory_kib(self):
        return int(re.search(rb"VmRSS:\s+(\d+)", read(
            "/proc/%d/status" % self.process.pid)).group(1))

    def check_end(self, s, what="the server"):
        """Alive, ends in order, and had no report to make."""
        s.equal(self.process.poll(), None, what + " is alive at the end")
        s.equal(self.end_by(signal.SIGTERM), 0, what + " ends with status 0")
        s.equal(REPORTS.findall(self.complained()), [],
                what + " has nothing to report: %r" % self.complained()[:300]
                if REPORTS.search(self.complained()) else
                what + " has nothing to report")


def under_sanitizers():
    with open(LABCHATD, "rb") as file:
        return b"__asan_init" in file.read()


# Peers.

class Peer:
    """A connection: what came and was not asked for yet is in `data`."""

    def __init__(self, port, host="127.0.0.1", receive_buffer=None,
                 source=None):
        self.socket = socket.socket(
            socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.socket.settimeout(SECONDS)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                                   receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = bytearray()

    def send(self, data):
        self.socket.sendall(data)

    def send_slowly(self, data, gap):
        for byte in data:
            self.socket.sendall(bytes([byte]))
            time.sleep(gap)

    def read_some(self, seconds=SECONDS):
        """False at the end of the stream."""
        self.socket.settimeout(max(seconds, 0.001))
        try:
            data = self.socket.recv(65536)
        finally:
            self.socket.settimeout(SECONDS)
        self.data += data
        return data != b""

    def hear(self, text, seconds=SECONDS):
        return self.hear_like(re.escape(text), seconds)

    def hear_like(self, pattern, seconds=SECONDS):
        """What fits, once it has come; what stands before it is gone."""
        end = time.monotonic() + seconds
        at = 0
        while True:
            found = re.compile(pattern, re.S).search(self.data, at)
            if found:
                text = found.group()
                del self.data[:found.end()]
                return text
            at = max(0, len(self.data) - 256)
            try:
                there = self.read_some(end - time.monotonic())
            except socket.timeout:
                there = False
            except ConnectionResetError:
                raise Late("a reset instead of %r" % (pattern,))
            if not there:
                raise Late("no %r in %r" % (pattern, bytes(self.data[-500:])))

    def hear_end(self, seconds=SECONDS):
        """All that comes until the server's end."""
        end = time.monotonic() + seconds
        try:
            while self.read_some(end - time.monotonic()):
                pass
        except socket.timeout:
            raise Late("the server does not close (%r)" %
                       bytes(self.data[-500:]))
        except (ConnectionResetError, BrokenPipeError):
            pass
        return bytes(self.data)

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()


# Messages of the protocols, by hand.

def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(tag, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(tag << 3 | 2) + varint(len(data)) + data


def im_message(name, text):
    return field(1, name) + field(2, text)


def frame32(body):
    return struct.pack(">I", len(body)) + body


def eim_frame(text):
    """What a relay takes; nobody can open it."""
    text = text.encode() if isinstance(text, str) else text
    return frame32(field(20, bytes(range(16))) + field(30, text))


def class_frame(header, payload):
    header = header.encode()
    payload = payload.encode() if isinstance(payload, str) else payload
    return struct.pack(">H", len(header)) + header + \
        struct.pack(">I", len(payload)) + payload


CLASS_ASK = b"Are you already registered? (yes/no):"
CLASS_WELCOME = b"Server: You joined the server.\n"


def p2p_login(name, password, register=None):
    end = "" if register is None else \
        ', "register": %s' % ("true" if register else "false")
    return ('!login {"name": "%s", "password": "%s"%s}\n' %
            (name, password, end)).encode()


class Dialect:
    """How a well-behaved client comes in, and what it says."""
    alone = False       # nobody hears anybody else
    names = False       # the server knows its clients by name

    def join(self, peer, name):
        pass

    def message(self, name, text):
        return text.encode()

    def say(self, peer, name, text):
        peer.send(self.message(name, text))

    def told(self, text):
        """`text` as others find it in what they hear."""
        return text


class Echo(Dialect):
    alone = True


class Im(Dialect):
    def message(self, name, text):
        return im_message(name, text)


class FramedIm(Dialect):
    def message(self, name, text):
        return frame32(im_message(name, text))


class Eim(Dialect):
    def message(self, name, text):
        return eim_frame(text)


class P2p(Dialect):
    names = True

    def join(self, peer, name):
        peer.send(name.encode())
        peer.hear_like(rb'!\{[^}]*"' + name.encode() + rb'"[^}]*\}')


class Class(Dialect):
    names = True

    def join(self, peer, name):
        peer.hear(CLASS_ASK)
        for text in "yes", name, "password":
            peer.send(class_frame("info", text))
        peer.hear(CLASS_WELCOME)

    def message(self, name, text):
        return class_frame("msg", text)


class Caps(Dialect):
    alone = True

    def say(self, peer, name, text):
        peer.send(text.encode())
        time.sleep(0.02)
        peer.send(b"1")

    def told(self, text):
        return text.upper()


class Room(Dialect):
    names = True

    def join(self, peer, name):
        peer.hear(b"NICK")
        peer.send(name.encode())
        peer.hear(b"Connected to server!")

    def message(self, name, text):
        return ("%s: %s" % (name, text)).encode()


DIALECTS = {"echo": Echo(), "im": Im(), "eim": Eim(), "p2p": P2p(),
            "class": Class(), "caps": Caps(), "room": Room()}


class Pair(threading.Thread):
    """Two who talk all the time, and hear all of it in order."""
    BURST = 3

    def __init__(self, dialect, port, names=("ann", "ben")):
        super().__init__(daemon=True)
        self.dialect, self.names = dialect, names
        self.peers = [Peer(port), Peer(port)]
        for peer, name in zip(self.peers, names):
            dialect.join(peer, name)
        self.said = [0, 0]
        self.rounds = 0
        self.slowest = 0.0
        self.pace = 0.01
        self.fault = None
        self.over = False
        self.lock = threading.Lock()
        self.start()

    def token(self, who, number):
        return "<%s:%06d>" % ("ab"[who], number)

    def turn(self, who):
        """One says some things, and they arrive: these, next, in order."""
        hears = self.peers[who if self.dialect.alone else 1 - who]
        pattern = self.dialect.told("<%s:" % "ab"[who]).encode() + \
            rb"\d{6}>"
        count = 1 if isinstance(self.dialect, Caps) else self.BURST
        for i in range(count):
            self.dialect.say(self.peers[who], self.names[who],
                             self.token(who, self.said[who] + i))
        for i in range(count):
            expected = self.dialect.told(
                self.token(who, self.said[who])).encode()
            found = hears.hear_like(pattern)
            if found != expected:
                raise Late("heard %r where %r was next" % (found, expected))
            self.said[who] += 1

    def run(self):
        while not self.over and self.fault is None:
            with self.lock:
                began = time.monotonic()
                try:
                    for who in 0, 1:
                        self.turn(who)
                except Exception as error:
                    self.fault = "after %d rounds: %r" % (self.rounds, error)
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.rounds += 1
            time.sleep(self.pace)

    @contextlib.contextmanager
    def paused(self):
        with self.lock:
            yield

    def check(self, s, what):
        """They talk, and go on to."""
        until = self.rounds + 3
        try:
            wait(lambda: self.fault or self.rounds >= until,
                 "three more rounds", 2 * SECONDS)
        except Late as error:
            self.fault = self.fault or str(error)
        s.check(self.fault is None, what + ": the others talk on",
                self.fault)

    def end(self, s):
        self.over = True
        self.join(SECONDS)
        s.check(self.fault is None and not self.is_alive(),
                "the others heard all %d messages in order" %
                sum(self.said), self.fault)
        for peer in self.peers:
            peer.close()


def check_quiet(s, server, pair, what, bound_ms=100):
    """Nobody says anything for a second: nothing is computed."""
    with pair.paused() if pair else contextlib.nullcontext():
        time.sleep(0.1)
        before = server.cpu_ms()
        time.sleep(1)
        used = server.cpu_ms() - before
    s.check(used < bound_ms, what + ": the server is at rest",
            "it used %d ms in a quiet second" % used)


def files_below(folder):
    """Names, relative, without the logs of our own programs."""
    return sorted(
        os.path.relpath(os.path.join(at, name), folder)
        for at, _, names in os.walk(folder) for name in names)
