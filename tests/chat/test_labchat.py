"""labchat without a terminal: what it says, what it sends, and with which
status it ends, against servers of a few lines."""
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

LABCHAT = os.environ.get(
    "LABCHAT", os.path.join(os.environ["top_builddir"], "labchat"))
SECONDS = 60	# no run takes nearly as long

number = 0
failed = False


def check(wrong, what):
    global number, failed
    number += 1
    print("%s %d - %s" % ("not ok" if wrong else "ok", number, what))
    for line in wrong:
        failed = True
        print("# %s" % (line,))
    sys.stdout.flush()


class Server(threading.Thread):
    """Takes one client, and does what the function says with its socket."""

    def __init__(self, serve, host="127.0.0.1"):
        super().__init__(daemon=True)
        self.listener = socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else
            socket.AF_INET)
        self.listener.settimeout(SECONDS)
        self.port = str(self.listener.getsockname()[1])
        self.serve = serve
        self.result = None
        self.peer = None
        self.start()

    def run(self):
        try:
            client, self.peer = self.listener.accept()
            client.settimeout(SECONDS)
            with client:
                self.result = self.serve(client)
        except OSError as error:
            self.result = error

    def end(self):
        self.join(SECONDS)
        self.listener.close()
        return self.result


def hear_all(client):
    """What it sent up to its end; a reset is not an end."""
    heard = []
    while True:
        data = client.recv(65536)
        if data == b"":
            return b"".join(heard)
        heard.append(data)


def echo(client):
    heard = []
    while True:
        data = client.recv(65536)
        if data == b"":
            return b"".join(heard)
        heard.append(data)
        client.sendall(data)


def labchat(*arguments, input=b"", environment=None, **more):
    return subprocess.run(
        [LABCHAT] + list(arguments), input=input, capture_output=True,
        timeout=SECONDS, env=dict(os.environ, **(environment or {})), **more)


def differs(what, found, expected):
    if found == expected:
        return []
    return ["%s is %r, not %r" % (what, found[-500:] if
                                  isinstance(found, bytes) else found,
                                  expected[-500:] if
                                  isinstance(expected, bytes) else expected)]


def ends(done, status, errors=b""):
    return differs("status", done.returncode, status) + \
        differs("stderr", done.stderr, errors)


BANNER = b"Type a line, and the server sends it back; exit leaves.\n"


def connected(port, host="127.0.0.1"):
    return b"connected to %s:%s (echo)\n" % (host.encode(), port.encode()) + \
        BANNER


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return str(s.getsockname()[1])


def check_unreachable():
    port = free_port()
    done = labchat("echo", "-p", port)
    check(ends(done, 1, b"labchat: cannot reach localhost:%s: "
               b"Connection refused\n" % port.encode()) +
          differs("stdout", done.stdout, b""),
          "a server that cannot be reached is one line and status 1")
    done = labchat("echo", "-s", "no-such-host.invalid", "-p", "9")
    check(differs("status", done.returncode, 1) +
          ([] if re.fullmatch(rb"labchat: cannot reach no-such-host\.invalid:9"
                              rb": [^\n]+\n", done.stderr) else [done.stderr]),
          "a host that is not known is, too")
    done = labchat("echo", "-s", "::1", "-p", port)
    check([] if done.stderr.startswith(b"labchat: cannot reach [::1]:" +
                                       port.encode()) else [done.stderr],
          "an IPv6 address stands in brackets")
    done = labchat("echo", "-b", "192.0.2.1", "-p", port)
    check(ends(done, 1, b"labchat: cannot reach localhost:%s: the source "
               b"address: Cannot assign requested address\n" % port.encode()),
          "a source address of somebody else is an error")


def check_inputs(folder):
    text = "one\nw\u00f6rld\n\nlast".encode()
    path = os.path.join(folder, "input")
    with open(path, "wb") as out:
        out.write(text)
    expected = b"one\nw\xc3\xb6rld\n\nlast\n"
    server = Server(echo)
    done = labchat("echo", "-p", server.port, input=text)
    check(ends(done, 0) + differs("sent", server.end(), expected) +
          differs("stdout", done.stdout, connected(server.port) + expected),
          "lines of a pipe are sent, and what comes back is shown")
    server = Server(echo)
    with open(path, "rb") as lines:
        done = subprocess.run([LABCHAT, "echo", "-p", server.port],
                              stdin=lines, capture_output=True,
                              timeout=SECONDS)
    check(ends(done, 0) + differs("sent", server.end(), expected),
          "lines of a regular file are sent")
    server = Server(hear_all)
    done = subprocess.run([LABCHAT, "echo", "-p", server.port],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=SECONDS)
    check(ends(done, 0) + differs("sent", server.end(), b""),
          "the null device is an input that has ended")


def check_addresses():
    server = Server(echo)
    done = labchat("echo", "-b", "127.0.0.9", "-p", server.port, input=b"a\n")
    check(ends(done, 0) + differs("sent", server.end(), b"a\n") +
          differs("source", server.peer[0], "127.0.0.9"),
          "-b gives the source address")
    try:
        server = Server(echo, "::1")
    except OSError:
        print("# no IPv6 here")
        return
    done = labchat("echo", "-s", "::1", "-p", server.port, input=b"a\n")
    check(ends(done, 0) + differs("sent", server.end(), b"a\n") +
          differs("stdout", done.stdout,
                  connected(server.port, "[::1]") + b"a\n"),
          "an IPv6 server is talked to")


def end_unread():
    """Its input has ended when its reader goes away, and there is more to
    show than a pipe holds."""
    server = Server(echo)
    client = subprocess.Popen([LABCHAT, "echo", "-p", server.port],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    with client:
        client.stdin.write(b"y\n" * 50000)
        client.stdin.close()
        os.read(client.stdout.fileno(), 1)
        client.stdout.close()
        status = client.wait(SECONDS)
        errors = client.stderr.read()
    server.end()
    return differs("status", status, 1) + \
        differs("stderr", errors, b"labchat: standard output: Broken pipe\n")


def check_ends():
    server = Server(lambda client: client.recv(10))
    with subprocess.Popen([LABCHAT, "echo", "-p", server.port],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as client:
        client.stdin.write(b"a\n")
        client.stdin.flush()
        status = client.wait(SECONDS)
        errors = client.stderr.read()
    server.end()
    check(differs("status", status, 1) +
          ([] if re.fullmatch(rb"labchat: [^\n]+\n", errors) else [errors]),
          "a server that closes is one line and status 1")
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        check_signal(name)
    server = Server(lambda client: client.sendall(b"x" * 4000000))
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([LABCHAT, "echo", "-p", server.port],
                          stdin=subprocess.PIPE, stdout=writer,
                          stderr=subprocess.PIPE, timeout=SECONDS)
    os.close(writer)
    server.end()
    check(ends(done, 1, b"labchat: standard output: Broken pipe\n"),
          "an output that nobody reads ends the client with status 1")
    server = Server(hear_all)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([LABCHAT, "echo", "-p", server.port],
                              stdin=subprocess.PIPE, stdout=full,
                              stderr=subprocess.PIPE, timeout=SECONDS)
    server.end()
    check(ends(done, 1, b"labchat: standard output: No space left on "
               b"device\n"), "and so does a full disk")
    wrong = []
    for _ in range(30):
        wrong += end_unread()
    check(wrong, "whatever else ends it at that moment")


def check_closed_files():
    """No socket takes the number of a file that is closed."""
    server = Server(hear_all)
    done = subprocess.run(["sh", "-c", "exec \"$0\" echo -p %s <&-" %
                           server.port, LABCHAT], capture_output=True,
                          timeout=SECONDS)
    check(ends(done, 0) + differs("sent", server.end(), b"") +
          differs("stdout", done.stdout, connected(server.port)),
          "a closed input is one that has ended")
    server = Server(hear_all)
    done = subprocess.run(["sh", "-c", "exec \"$0\" echo -p %s >&-" %
                           server.port, LABCHAT], stdin=subprocess.PIPE,
                          capture_output=True, timeout=SECONDS)
    check(ends(done, 1, b"labchat: standard output cannot be written\n") +
          differs("sent", server.end(), b""),
          "a closed output is one that cannot be written")


def check_signal(name):
    def tell(client):
        client.sendall(b"ready\n")
        return hear_all(client)

    server = Server(tell)
    with subprocess.Popen([LABCHAT, "echo", "-p", server.port],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as client:
        while client.stdout.readline() not in (b"ready\n", b""):
            pass
        client.send_signal(name)
        status = client.wait(SECONDS)
        errors = client.stderr.read()
    check(differs("status", status, 0) + differs("stderr", errors, b"") +
          differs("sent", server.end(), b""),
          "%s leaves in order, status 0" % name.name)


def check_scripts(folder):
    path = os.path.join(folder, "script")

    def script(text, serve=echo, *more):
        with open(path, "w") as out:
            out.write(text)
        server = Server(serve)
        begin = time.monotonic()
        done = labchat("echo", "-p", server.port, "--script", path, *more)
        return done, time.monotonic() - begin, server

    done, seconds, server = script(
        "say \"one\"\nwait for \"one\" within 20s\nat 300ms say \"tw\u00f6\"\n"
        "wait for \"\\n\"\nafter 200ms end\n")
    check(ends(done, 0) +
          differs("sent", server.end(), "one\ntw\u00f6\n".encode()) +
          ([] if seconds >= 0.5 else ["it took %g s" % seconds]),
          "a script says its lines at their times")
    done, seconds, server = script("wait for \"never\" within 200ms\n"
                                   "say \"x\"\n")
    check(ends(done, 1, b"labchat: %s:1: \"never\" was not shown within "
               b"0.2 s, and nothing else was\n" % path.encode()) +
          differs("sent", server.end(), b""),
          "a wait in vain is a line and status 1")
    server.listener.close()
    with open(path, "w") as out:
        out.write("say \"x\"\nat 1q end\n")
    done = labchat("echo", "-p", "1", "--script", path)
    check(differs("status", done.returncode, 2) +
          ([] if done.stderr.startswith(b"labchat: %s:2:4: " % path.encode())
           else [done.stderr]),
          "a slip in a script is told before anything is connected to")
    done = labchat("im", "-p", "1", "--script", os.devnull)
    check(ends(done, 2, b"labchat: a script cannot be asked for a nickname: "
               b"-n NAME is missing\n"), "a script needs a name where im does")
    done = labchat("im", "-p", "1", input=b"")
    check(ends(done, 2, b"labchat: no nickname: the input ended\n"),
          "and so does an input that has ended")


def check_keys():
    done = labchat("eim", "-n", "alice", "-p", "1", input=b"key\nkey\n")
    check(ends(done, 2, b"labchat: the confidentiality key is missing: "
               b"-c @FILE gives it\n"), "keys are not read from a pipe")
    done = labchat("eim", "--explain", "hello", environment={
        "LABCHAT_CONFIDENTIALITY_KEY": "secretkey123",
        "LABCHAT_AUTHENTICITY_KEY": "authkey456"})
    check(ends(done, 0) +
          ([] if b"openssl" in done.stdout else [done.stdout]),
          "--explain connects to nobody")


def feed(pipe, text, fed):
    view = memoryview(text)
    while fed[0] < len(text):
        fed[0] += os.write(pipe.fileno(), view[fed[0]:fed[0] + 4096])
    pipe.close()


def wait_until_stuck(fed):
    """No more is taken for half a second."""
    end = time.monotonic() + SECONDS
    before = -1
    while before != fed[0] and time.monotonic() < end:
        before = fed[0]
        time.sleep(0.5)


def check_slow_server():
    """Far more than the kernel takes; the server begins to read when nothing
    moves any more, and sends all of it back while the client still sends."""
    text = b"".join(b"line %d %s\n" % (i, b"x" * (i % 90))
                    for i in range(400000))
    begin = threading.Event()
    fed = [0]

    def late(client):
        begin.wait(SECONDS)
        return echo(client)

    server = Server(late)
    with subprocess.Popen([LABCHAT, "echo", "-p", server.port],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as client:
        feeder = threading.Thread(target=feed, daemon=True,
                                  args=(client.stdin, text, fed))
        feeder.start()
        wait_until_stuck(fed)
        stuck = fed[0]
        begin.set()
        shown = client.stdout.read()
        errors = client.stderr.read()
        status = client.wait(SECONDS)
    shown = shown[len(connected(server.port)):]
    check(["%d of %d bytes were taken" % (stuck, len(text))]
          if stuck >= len(text) else [],
          "input waits while the server does not read")
    # Of what comes back at once the client may make several lines.
    check(differs("status", status, 0) + differs("stderr", errors, b"") +
          differs("sent", server.end(), text) +
          differs("shown", shown.replace(b"\n", b""),
                  text.replace(b"\n", b"")),
          "and then all of it is sent, in order")


def check_idle():
    server = Server(lambda client: time.sleep(1.5))
    with subprocess.Popen([LABCHAT, "echo", "-p", server.port],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as client:
        _, _, usage = os.wait4(client.pid, 0)
        client.returncode = 0
    server.end()
    spent = usage.ru_utime + usage.ru_stime
    check(["%g s" % spent] if spent > 0.7 else [],
          "a client that waits takes no time of the processor")


def shown_at_terminal(environment):
    """Standard output is a terminal, standard input is not."""
    server = Server(lambda client: client.sendall(b"Bob: hello\n"))
    ours, theirs = pty.openpty()
    with subprocess.Popen([LABCHAT, "echo", "-p", server.port],
                          stdin=subprocess.PIPE, stdout=theirs,
                          stderr=subprocess.DEVNULL,
                          env=dict(os.environ, **environment)) as client:
        client.wait(SECONDS)
    os.close(theirs)
    shown = b""
    try:
        while True:
            data = os.read(ours, 4096)
            if data == b"":
                break
            shown += data
    except OSError:	# the other end is closed
        pass
    os.close(ours)
    server.end()
    return shown


def check_colours():
    shown = shown_at_terminal({"TERM": "xterm", "NO_COLOR": ""})
    check([] if b"\x1b[36mconnected to" in shown and
          b"\r\nBob: hello\r\n" in shown else [shown],
          "notices have a colour at a terminal, messages have none")
    for environment in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}):
        shown = shown_at_terminal(environment)
        check([] if b"\x1b" not in shown and b"hello" in shown else [shown],
              "no colours with %r" % environment)


def check_dumb():
    """A terminal on which nothing can be taken back."""
    ours, theirs = pty.openpty()
    done = subprocess.run([LABCHAT, "echo", "-p", free_port()], stdin=theirs,
                          stdout=theirs, stderr=theirs, timeout=SECONDS,
                          env=dict(os.environ, TERM="dumb"))
    shown = os.read(ours, 4096)
    os.close(theirs)
    os.close(ours)
    check(differs("status", done.returncode, 1) +
          ([] if shown.startswith(b"labchat: cannot reach") else [shown]),
          "a dumb terminal shows no empty line before a failure")


def main():
    with tempfile.TemporaryDirectory() as folder:
        check_unreachable()
        check_inputs(folder)
        check_addresses()
        check_ends()
        check_closed_files()
        check_scripts(folder)
        check_keys()
        check_slow_server()
        check_idle()
        check_colours()
        check_dumb()
    print("1..%d" % number)
    return failed


sys.exit(main())
