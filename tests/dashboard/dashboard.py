"""A dashboard that runs, and what tests ask of it over HTTP."""
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

PCAPSTAT = os.environ.get("PCAPSTAT", "./pcapstat")
TOP = os.environ.get("top_srcdir", ".")
SAMPLES = os.path.join(TOP, "pcap_files")
# A sanitizer build on a busy machine is slow; nothing here waits that long.
PATIENCE = 60


class Tap:
    """Counts checks and prints them; failures say where."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, good, name, why=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}",
              flush=True)
        for line in str(why).splitlines() if not good else []:
            print(f"# {line}", flush=True)
        return good

    def equal(self, got, want, name):
        return self.ok(got == want, name,
                       f"got {got!r:.600}\nnot {want!r:.600}")

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def end(self):
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)


def wait_for(what, patience=PATIENCE):
    """What it gives as soon as that is something; else None."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    return None


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(child) for child in f.read().split()]


class Dashboard:
    """pcapstat dashboard on a free port, in a TMPDIR of its own."""

    def __init__(self, *arguments, cwd=None, stdin=subprocess.DEVNULL,
                 port="0", path=os.environ["PATH"]):
        self.tmp = tempfile.mkdtemp(prefix="pcapstat-dashboard-test-")
        self.process = subprocess.Popen(
            [PCAPSTAT, "dashboard", "--port", port, *arguments], stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd,
            env={**os.environ, "TMPDIR": self.tmp, "PATH": path})
        self.link = self.process.stdout.readline().decode().strip()
        self.cookie = None
        if self.link:
            address, self.token = self.link.split()[1].split("/#token=")
            self.host = address.split("//")[1]
            self.port = int(self.host.rsplit(":", 1)[1])

    def ask(self, path, method="GET", body=None, headers=None, cookie=True):
        """(status, headers, body) of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=PATIENCE)
        sent = dict(headers or {})
        if cookie and self.cookie:
            sent.setdefault("Cookie", self.cookie)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def raw(self, data, patience=5):
        """What comes back for these bytes, until the other end closes."""
        with socket.create_connection(("127.0.0.1", self.port),
                                      timeout=patience) as s:
            got = b""
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                while True:
                    part = s.recv(65536)
                    if not part:
                        return got
                    got += part
            except OSError:
                return got

    def enter(self):
        """The token for a cookie."""
        answer = self.ask("/api/session", "POST",
                          json.dumps({"token": self.token}))
        if answer[0] == 204:
            self.cookie = answer[1]["Set-Cookie"].split(";")[0]
        return answer

    def state(self, **view):
        status, _, body = self.ask("/api/state" + query(view))
        return json.loads(body) if status == 200 else None

    def complete(self, **view):
        """The state once all has been read."""
        def look():
            state = self.state(**view)
            return state if state and state["view"]["status"] in (
                "complete", "failed") else None
        return wait_for(look)

    def panel(self, name, **view):
        return self.ask(f"/api/panel/{name}" + query(view))

    def stream(self, patience=PATIENCE, **view):
        """A socket that gets events, its answer's head read."""
        s = socket.create_connection(("127.0.0.1", self.port),
                                     timeout=patience)
        s.sendall(f"GET /api/events{query(view)} HTTP/1.1\r\n"
                  f"Host: 127.0.0.1:{self.port}\r\n"
                  f"Cookie: {self.cookie}\r\n\r\n".encode())
        return s

    def children(self):
        return children(self.process.pid)

    def files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def end(self, number=signal.SIGTERM):
        """(status, what it said); nothing of it may be left."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            _, err = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, err = self.process.communicate()
        return self.process.returncode, err.decode(errors="replace")

    def leftovers(self):
        left = os.listdir(self.tmp)
        if not left:
            os.rmdir(self.tmp)
        return left


def query(view):
    return "?" + urllib.parse.urlencode(view) if view else ""


def events(s):
    """(event, data) as they come."""
    buffer = b""
    body = b""
    head = False
    while True:
        part = s.recv(65536)
        if not part:
            return
        buffer += part
        if not head:
            at = buffer.find(b"\r\n\r\n")
            if at < 0:
                continue
            buffer = buffer[at + 4:]
            head = True
        while True:
            at = buffer.find(b"\r\n")
            if at < 0:
                break
            size = int(buffer[:at] or b"0", 16)
            if len(buffer) < at + 2 + size + 2:
                break
            body += buffer[at + 2:at + 2 + size]
            buffer = buffer[at + 2 + size + 2:]
        while b"\n\n" in body:
            event, body = body.split(b"\n\n", 1)
            lines = event.decode().split("\n")
            name = [l[7:] for l in lines if l.startswith("event: ")]
            data = "\n".join(l[6:] for l in lines if l.startswith("data: "))
            if name:
                yield name[0], data


def pcapstat(*arguments, cwd=None):
    """What a command writes."""
    return subprocess.run([PCAPSTAT, *arguments], cwd=cwd, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def built_in():
    """Was it built with the dashboard?"""
    return b"dashboard" in pcapstat("--help")
