"""Capture from an interface: one end of a veth pair, in a network namespace that
is gone with this process; frames of the samples come in by the other end."""
import csv
import fcntl
import glob
import io
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time

PROGRAM = os.environ["PCAPSTAT"]
ROOT = os.environ["top_srcdir"]
SAMPLES = ("google.pcap", "lossy.pcap", "ipv6.pcap")
SECONDS = 60
INSIDE = "PCAPSTAT_TEST_LIVE"
# What says which capture it was, and no more.
OF_THE_FILE = {"file", "format"}
TABLES = ("packets", "flows", "flows-cic", "protocols", "tcp", "tcp-segments",
          "tcp-handshakes", "udp", "udp-conversations", "timeline", "gaps",
          "sizes")

number = 0
failed = False


def check(good, what, *said):
    global number, failed
    number += 1
    print("%s %d - %s" % ("ok" if good else "not ok", number, what))
    if not good:
        failed = True
        for line in said:
            print("# %r" % (line,))
    sys.stdout.flush()


def skip_all(why):
    print("1..0 # SKIP %s" % why)
    sys.exit(0)


def enter():
    """This program again, in namespaces of its own."""
    if os.environ.get(INSIDE):
        return
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        skip_all("there is no unshare or no ip")
    how = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-Urn"]
    made = subprocess.run([*how, "ip", "link", "add", "name", "a", "type",
                           "veth", "peer", "name", "b"], capture_output=True)
    if made.returncode != 0:
        skip_all("no network namespace with a veth pair can be made")
    os.environ[INSIDE] = "1"
    os.execvp(how[0], [*how, sys.executable, __file__])


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def quiet(interface):
    """No packets of the kernel's own."""
    try:
        with open("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % interface,
                  "w") as f:
            f.write("1")
    except OSError:
        pass


def make_pair(a, b):
    ip("link", "add", "name", a, "type", "veth", "peer", "name", b)
    for interface in (a, b):
        quiet(interface)
        ip("link", "set", "dev", interface, "mtu", "9000", "up")


def frames_of(name):
    """The frames of a classic little-endian pcap of Ethernet."""
    with open(os.path.join(ROOT, "pcap_files", name), "rb") as f:
        data = f.read()
    assert data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"), name
    at = 24
    while at < len(data):
        length = struct.unpack("<I", data[at + 8:at + 12])[0]
        yield data[at + 16:at + 16 + length]
        at += 16 + length


FRAMES = [f for name in SAMPLES for f in frames_of(name) if len(f) <= 9014]


class Sender:
    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind((interface, 0))

    def send(self, frames):
        for frame in frames:
            self.socket.send(frame)


def status_of(process):
    with open("/proc/%d/status" % process.pid) as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f
                    if ":\t" in line)


def wait_until(true, what):
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def begin(*arguments, cwd=None, prefix=(), **more):
    """Starts it, and waits until it captures: rights are given up then."""
    sockets = open("/proc/net/packet").read().count("\n")
    process = subprocess.Popen([*prefix, PROGRAM, *arguments], cwd=cwd,
                               stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, **more)
    wait_until(lambda: process.poll() is not None or
               (open("/proc/net/packet").read().count("\n") > sockets and
                status_of(process)["NoNewPrivs"] == "1"), arguments)
    return process


def end(process, with_signal=None):
    if with_signal is not None:
        process.send_signal(with_signal)
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, out.decode(), (err or b"").decode()


def run(*arguments, cwd=None):
    done = subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=SECONDS)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def rows(text):
    return [{k: v for k, v in row.items() if k not in OF_THE_FILE}
            for row in csv.DictReader(io.StringIO(text))]


def table_of(folder, name):
    with open(os.path.join(folder, name), newline="") as f:
        return rows(f.read())


def test_as_offline(folder, sender):
    """All tables at once, and again of what the ring has kept."""
    tables = ("-l", "192.168.0.0/16,2001:db8::/32", "--tables",
              ",".join(TABLES))
    process = begin("batch", "-i", "a", "--count", str(len(FRAMES)), *tables,
                    "-O", "live", "--ring", "64K,1000", cwd=folder)
    sender.send(FRAMES)
    code, _, err = end(process)
    check(code == 0 and re.search(
        r"^%d packets: .*\na: %d received, 0 dropped by the kernel, "
        r"0 by the interface\n$" % (len(FRAMES), len(FRAMES)), err, re.M),
        "an interface is accounted for, with its drops", code, err)
    ring = sorted(os.path.basename(f) for f in
                  glob.glob(folder + "/a-*.pcapng"))
    check(ring[0] == "a-00001.pcapng" and len(ring) > 3,
          "the ring has files from 00001 on", ring)
    code, _, err = run("extract", "-q", "--join", "-o", "all.pcapng", *ring,
                       cwd=folder)
    check(code == 0, "they are a capture together", err)
    code, _, err = run("batch", "-q", *tables, "-O", "again", "all.pcapng",
                       cwd=folder)
    check(code == 0, "which can be read again", err)
    for name in ("out", *TABLES):
        live = table_of(folder + "/live", name + ".csv")
        again = table_of(folder + "/again", name + ".csv")
        check(len(live) > 0 and live == again,
              "%s of the interface is that of the capture" % name,
              *[(a, b) for a, b in zip(live, again) if a != b][:1])


def test_bounds(folder, sender):
    process = begin("summary", "-i", "a", "--count", "37", "--format", "csv",
                    "--ring", "1M,3", "--ring-prefix", folder + "/count")
    sender.send(FRAMES)
    code, out, _ = end(process)
    kept = run("summary", "-q", "--format", "csv",
               folder + "/count-00001.pcapng")[1]
    check(code == 0 and rows(out)[0]["packets_total"] == "37" and
          rows(out) == rows(kept), "--count is exact, for the ring too", out)
    before = time.monotonic()
    process = begin("summary", "-i", "a", "--duration", "500ms", "--format",
                    "csv")
    began = time.monotonic()
    sender.send(FRAMES[:100])
    code, out, _ = end(process)
    took = time.monotonic()
    check(code == 0 and rows(out)[0]["packets_total"] == "100" and
          took - before >= 0.5 and (took - began < 5 or "SANITIZE" in
                                    os.environ),
          "--duration ends it in time", code, out, took - before)
    code, _, err = run("summary", "-i", "a", "--duration", "1ms")
    check(code == 0 and err.startswith("0 packets: "),
          "nothing at all is a report, too", code, err)


def test_signals(folder, sender):
    process = begin("flows", "-i", "a", "--format", "csv", "-o",
                    folder + "/flows.csv")
    sender.send(FRAMES[:200])
    code, _, err = end(process, signal.SIGINT)
    flows = table_of(folder, "flows.csv")
    check(code == 0 and err.splitlines()[-2].startswith("200 packets: ") and
          "%d packets in %d flows" % (
              sum(int(f["a_packets"]) + int(f["b_packets"]) for f in flows),
              len(flows)) in err,
          "SIGINT gives the full report, with what had come", code, err)
    names = os.listdir(folder)
    process = begin("ladder", "-i", "a", "--as", "mermaid", cwd=folder,
                    env=dict(os.environ, TMPDIR=folder))
    sender.send(FRAMES[:20])
    time.sleep(0.3)
    code, out, err = end(process, signal.SIGTERM)
    check(code == 0 and out.startswith("sequenceDiagram") and
          "a: 20 received, " in err, "who reads twice records first", code,
          out[:80], err)
    check(sorted(os.listdir(folder)) == sorted(names),
          "and leaves nothing behind", os.listdir(folder))
    for command, name in ("ladder", "x.txt"), ("report", "x.html"):
        code, _, err = run(command, "-i", "a", "-o", folder + "/none/" + name)
        check(code == 3 and name + ": No such file" in err,
              "%s does not capture for a result without a place" % command,
              code, err)


def test_ring(folder, sender):
    process = begin("summary", "-i", "a", "--count", str(len(FRAMES)), "-q",
                    "--ring", "20000,4", "--ring-prefix", folder + "/r")
    sender.send(FRAMES)
    code, _, err = end(process)
    files = sorted(glob.glob(folder + "/r-*.pcapng"))
    numbers = [int(f[-12:-7]) for f in files]
    sizes = [os.path.getsize(f) for f in files]
    check(code == 0 and len(files) == 4 and numbers ==
          list(range(numbers[0], numbers[0] + 4)) and numbers[0] > 1,
          "only the newest files of the ring are kept", err, files)
    check(max(sizes) <= 20000 and min(sizes[:-1]) > 20000 - 9100,
          "they are full, and not larger than was said", sizes)
    out = run("packets", "-q", "--join", "--format", "csv", "--columns",
              "frame_len", *files)[1]
    kept = [int(row["frame_len"]) for row in csv.DictReader(io.StringIO(out))]
    check(kept == [len(f) for f in FRAMES[-len(kept):]] and len(kept) > 0,
          "in them is the end of what was seen", len(kept))
    code, out, err = run("summary", "-i", "a", "--count", "1", "--ring",
                         "20000,4", "--ring-prefix", folder + "/r")
    check(code == 3 and "is there already" in err and out == "" and
          [os.path.getsize(f) for f in files] == sizes,
          "no file of an earlier run is touched", code, err)


def test_full_disk(folder, sender):
    """A bound on the size of files stands for a disk without room."""
    process = begin("summary", "-i", "a", "--count", "300", "--format", "csv",
                    "--ring", "10M,2", "--ring-prefix", folder + "/full",
                    prefix=("sh", "-c", "ulimit -f 40; exec \"$0\" \"$@\""))
    sender.send(FRAMES[:300])
    code, out, err = end(process)
    check(code == 1 and rows(out)[0]["packets_total"] == "300" and
          "--ring ended: " in err, "a ring that cannot be written is told",
          code, err)
    code, out, err = run("summary", "--format", "csv",
                         folder + "/full-00001.pcapng")
    check(code == 0 and rows(out)[0]["status"] == "ok" and
          0 < int(rows(out)[0]["packets_total"]) < 300,
          "and its file is whole", code, out, err)
    process = begin("ladder", "-i", "a", "--as", "mermaid",
                    env=dict(os.environ, TMPDIR=folder),
                    prefix=("sh", "-c", "ulimit -f 40; exec \"$0\" \"$@\""))
    sender.send(FRAMES[:300])
    code, out, err = end(process)
    check(code == 1 and out.startswith("sequenceDiagram") and
          "the capture ended: " in err and "--ring" not in err,
          "what could be recorded is told", code, out[:80], err)
    code, _, err = end(begin(
        "summary", "-i", "a", "--ring", "10M,2", "--ring-prefix",
        folder + "/none",
        prefix=("sh", "-c", "ulimit -f 0; exec \"$0\" \"$@\"")))
    check(code == 3 and "none-00001" in err and
          not os.path.exists(folder + "/none-00001.pcapng"),
          "a file without room for its header does not stay", code, err)


def test_drops(sender):
    process = begin("summary", "-i", "a", "--format", "csv", "--buffer",
                    "256K")
    process.send_signal(signal.SIGSTOP)
    for _ in range(4):
        sender.send(FRAMES)
    process.send_signal(signal.SIGCONT)
    code, out, err = end(process, signal.SIGINT)
    said = re.search(r"^a: (\d+) received, (\d+) dropped", err, re.M)
    received, dropped = map(int, said.groups()) if said else (0, 0)
    check(code == 0 and received == 4 * len(FRAMES) and 0 < dropped < received
          and int(rows(out)[0]["packets_total"]) == received - dropped,
          "what was dropped is told, and all else was read", code, err,
          len(FRAMES), out)
    process = begin("summary", "-i", "a", "-q", "--format", "csv")
    check(end(process, signal.SIGINT)[2] == "", "-q tells neither")


def test_rights(folder):
    process = begin("summary", "-i", "a")
    status = status_of(process)
    end(process, signal.SIGINT)
    check(all(int(status["Cap" + which], 16) == 0 for which in
              ("Inh", "Prm", "Eff", "Amb")) and status["NoNewPrivs"] == "1",
          "all rights are given up", status)
    done = subprocess.run(["unshare", "-U", PROGRAM, "summary", "-i", "a"],
                          capture_output=True, timeout=SECONDS)
    check(done.returncode == 3 and done.stdout == b"" and
          b"CAP_NET_RAW" in done.stderr and b"setcap" in done.stderr and
          done.stderr.count(b"\n") == 1, "without the right it says which",
          done.returncode, done.stderr)
    # With that right and no other, and no root.
    script = ("exec setpriv --reuid 12345 --clear-groups "
              "--inh-caps -all,+net_raw --ambient-caps -all,+net_raw "
              "\"$0\" \"$@\"")
    tried = subprocess.run(["sh", "-c", script, "true"], capture_output=True)
    if tried.returncode != 0:
        global number
        number += 1
        print("ok %d - CAP_NET_RAW alone is enough # SKIP no other user here"
              % number)
    else:
        copy = os.path.join(folder, "pcapstat")
        shutil.copy(PROGRAM, copy)
        os.chmod(folder, 0o755)
        done = subprocess.run(["sh", "-c", script, copy, "summary", "-i",
                               "a", "--duration", "10ms"],
                              capture_output=True, timeout=SECONDS)
        check(done.returncode == 0, "CAP_NET_RAW alone is enough",
              done.stderr)


def test_under_sudo(folder):
    if open("/proc/self/uid_map").read().split()[2] == "1":
        global number
        number += 1
        print("ok %d - results are the user's # SKIP there is one user here"
              % number)
        return
    os.chmod(folder, 0o777)
    environment = dict(os.environ, SUDO_UID="12345", SUDO_GID="23456")
    process = begin("summary", "-i", "a", "--duration", "300ms", "-o",
                    folder + "/sudo.csv", env=environment)
    status = status_of(process)
    code, _, err = end(process)
    result = os.stat(folder + "/sudo.csv") if code == 0 else None
    check(code == 0 and status["Uid"].split() == ["12345"] * 4 and
          status["Gid"].split() == ["23456"] * 4 and
          (result.st_uid, result.st_gid) == (12345, 23456),
          "under sudo results are the user's", err, status)


def test_words():
    for arguments, said in (
            (("-i", "nosuch"), (3, "nosuch: no such interface; there are ")),
            (("-i", "a", "-i", "b"), (2, "one interface at a time")),
            (("-i", "a", "x.pcap"), (2, "either an interface or INPUTs")),
            (("-f", "x.pcap", "-i", "a"), (2, "either an interface or")),
            (("--duration", "1s", "x.pcap"), (2, "--duration is for")),
            (("--count", "1", "x.pcap"), (2, "--count is for")),
            (("-i", "a", "--ring-prefix", "x"), (2, "is for --ring")),
            (("-i", "a", "--ring", "12"), (2, "less than 4096 bytes")),
            (("-i", "a", "--ring", "1M,0"), (2, "--ring"))):
        code, _, err = run("summary", *arguments)
        check(code == said[0] and said[1] in err,
              "%s: status %d" % (" ".join(arguments), said[0]), code, err)


def test_interfaces_that_go(sender):
    process = begin("summary", "-i", "a", "--format", "csv")
    sender.send(FRAMES[:10])
    time.sleep(0.3)
    ip("link", "set", "dev", "a", "down")
    code, out, err = end(process)
    check(code == 1 and rows(out)[0]["packets_total"] == "10" and
          rows(out)[0]["status"] == "cut" and err.startswith("pcapstat: a: "),
          "an interface that goes down", code, out, err)
    make_pair("c", "d")
    process = begin("summary", "-i", "c", "--format", "csv")
    Sender("d").send(FRAMES[:10])
    time.sleep(0.3)
    ip("link", "del", "dev", "c")
    code, out, err = end(process)
    check(code == 1 and rows(out)[0]["packets_total"] == "10" and
          rows(out)[0]["status"] == "cut" and err.startswith("pcapstat: c: "),
          "an interface that vanishes", code, out, err)
    code, _, err = run("summary", "-i", "a")
    check(code == 3 and err.startswith("pcapstat: a: "),
          "an interface that is down", code, err)


def screen(data, width, height):
    """What a terminal shows after these bytes, as lines: the little that the
    view uses of it."""
    lines, row, column = [[]], 0, 0
    for part in re.findall(rb"\x1b\[\d*[A-Z]|[^\x1b]", data, re.S):
        if part.endswith(b"A") and part[0] == 27:
            row = max(row - int(part[2:-1]), 0)
        elif part == b"\x1b[K":
            del lines[row][column:]
        elif part == b"\x1b[J":
            del lines[row][column:], lines[row + 1:]
        elif part == b"\r":
            column = 0
        elif part == b"\n":
            row += 1
            if row == len(lines):
                lines.append([])
        else:
            assert part[0] != 27 and part >= b" ", part
            lines[row][column:column + 1] = [part]
            column += 1
            assert column <= width, lines[row]
    assert len(lines) <= height, lines
    return [b"".join(line).decode() for line in lines]


def test_view(sender):
    width, height = 90, 9
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ,
                struct.pack("HHHH", height, width, 0, 0))
    process = subprocess.Popen(
        [PROGRAM, "summary", "-i", "a", "--format", "csv"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=slave,
        env=dict(os.environ, TERM="xterm"))
    os.close(slave)
    wait_until(lambda: status_of(process)["NoNewPrivs"] == "1", "the view")
    sender.send(FRAMES[:100])
    seen = b""
    until = time.monotonic() + SECONDS
    while seen.count(b"packets in ") < 2 and time.monotonic() < until:
        if select.select([master], [], [], 0.1)[0]:
            seen += os.read(master, 65536)
    shown = screen(seen, width, height)
    check(re.match(r"a: 100 packets in \d+ s; 0 dropped by the kernel, "
                   r"0 by the interface$", shown[0]) and
          len(shown) == height and shown[-1] == "" and
          shown[3].startswith("in ") and shown[4].startswith("out ") and
          "largest flows" in shown[5] and " <-> " in shown[6],
          "the view shows packets, drops, rates and flows", shown, seen)
    process.send_signal(signal.SIGINT)
    try:
        while data := os.read(master, 65536):
            seen += data
    except OSError:     # its other end is closed
        pass
    code, out, _ = end(process)
    left = screen(seen, width, 100)
    check(code == 0 and rows(out)[0]["packets_total"] == "100" and
          len(left) == 3 and left[0].startswith("100 packets: "),
          "and is gone before the report", left)
    os.close(master)


class Terminal:
    """A command whose standard error, and output unless it is a pipe, is a
    terminal."""
    def __init__(self, *arguments, output=None, cwd=None):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 24, 200, 0, 0))
        self.seen = b""
        self.process = subprocess.Popen(
            [PROGRAM, *arguments], stdin=subprocess.DEVNULL, cwd=cwd,
            stdout=slave if output is None else output, stderr=slave,
            env=dict(os.environ, TERM="xterm"))
        os.close(slave)
        wait_until(lambda: status_of(self.process)["NoNewPrivs"] == "1",
                   arguments)

    def read_until(self, pattern, seconds=SECONDS):
        """Seconds that it took; None: it has not come."""
        began = time.monotonic()
        while not re.search(pattern, self.seen, re.S):
            left = began + seconds - time.monotonic()
            if left <= 0:
                return None
            if select.select([self.master], [], [], left)[0]:
                self.seen += os.read(self.master, 65536)
        return time.monotonic() - began

    def end(self):
        self.process.send_signal(signal.SIGINT)
        try:
            while data := os.read(self.master, 65536):
                self.seen += data
        except OSError:     # its other end is closed
            pass
        os.close(self.master)
        return self.process.wait(SECONDS)


def test_rows_in_time(sender):
    """A row of a packet does not wait until a buffer is full."""
    limit = 10 if "SANITIZE" in os.environ else 1
    for form in ("csv", "ndjson", "text"):
        process = begin("packets", "-i", "a", "--format", form)
        sender.send(FRAMES[:1])
        began = time.monotonic()
        seen = b""
        while (seen.count(b"\n") < (1 if form == "ndjson" else 2) and
               time.monotonic() < began + limit and
               select.select([process.stdout], [], [], limit)[0]):
            seen += os.read(process.stdout.fileno(), 65536)
        took = time.monotonic() - began
        check(seen.count(b"\n") == (1 if form == "ndjson" else 2) and
              took < limit, "a packet is a row of %s at once" % form, seen,
              took)
        end(process, signal.SIGINT)
    for words in (("packets",), ("udp",), ("tcp", "--segments")):
        terminal = Terminal(*words, "-i", "a")
        terminal.read_until(rb"\Z.", 0.3)
        sender.send(FRAMES[:200])
        took = terminal.read_until(rb"(192\.168\.\d|SYN)[^\n]*\n", limit)
        check(took is not None and b"largest flows" not in terminal.seen,
              "%s: rows come to the terminal, and no view"
              % " ".join(words), terminal.seen[:400])
        check(terminal.end() == 0, "and it ends well")


def test_view_beside_rows(sender):
    """Rows that come at the end leave the terminal to the view."""
    for words in (("flows",), ("tcp",), ("udp", "--conversations"),
                  ("packets", "--top", "3", "--by", "frame_len")):
        terminal = Terminal(*words, "-i", "a")
        sender.send(FRAMES[:200])
        came = terminal.read_until(rb"a: 200 packets in .*largest flows")
        status = terminal.end()
        left = screen(terminal.seen, 200, 1000)
        check(came is not None and status == 0 and
              not any("largest flows" in line for line in left) and
              any("192.168." in line for line in left[:-3]) and
              left[-3].startswith("200 packets: "),
              "%s: the view is shown, then rows" % " ".join(words), status,
              left[:3], left[-4:])


def test_line(folder, sender):
    """Those that have no view tell what comes."""
    for words in (("batch", "-O", folder + "/line"),
                  ("extract", "-o", folder + "/line.pcap"),
                  ("report", "-o", folder + "/line.html"),
                  ("ladder", "-o", folder + "/line.txt")):
        terminal = Terminal(*words, "-i", "a")
        sender.send(FRAMES[:30])
        came = terminal.read_until(rb"\d s, 30 packets, \d+ packets/s, "
                                   rb"0\.0 MB, 0\.0 MB/s")
        terminal.end()
        left = screen(terminal.seen, 200, 1000)
        check(came is not None and
              not any("packets/s" in line for line in left),
              "%s: a line says what comes" % words[0], terminal.seen)


def main():
    enter()
    make_pair("a", "b")
    sender = Sender("b")
    with tempfile.TemporaryDirectory() as folder:
        test_as_offline(folder, sender)
        test_bounds(folder, sender)
        test_signals(folder, sender)
        test_ring(folder, sender)
        test_full_disk(folder, sender)
        test_drops(sender)
        test_rights(folder)
        test_under_sudo(folder)
        test_words()
        test_view(sender)
        test_rows_in_time(sender)
        test_view_beside_rows(sender)
        test_line(folder, sender)
        test_interfaces_that_go(sender)
    print("1..%d" % number)
    sys.exit(failed)


main()
