"""What changes while one looks, and clients and workers that behave badly."""
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from dashboard import (PATIENCE, PCAPSTAT, SAMPLES, Dashboard, Tap, built_in,
                       children, events, pcapstat, wait_for)

tap = Tap()
HEADER_BYTES, RECORD_BYTES = 24, 16


def sample(name):
    return os.path.join(SAMPLES, name)


def cut(data, packets):
    """Where so many packets of a classic little-endian capture end."""
    at = HEADER_BYTES
    for _ in range(packets):
        at += RECORD_BYTES + struct.unpack_from("<I", data, at + 8)[0]
    return at


def without_file(text):
    """CSV without its first column, the file."""
    return [line.split(b",", 1)[1] for line in text.splitlines()[1:]]


def ended_well(d, name):
    status, said = d.end()
    tap.equal((status, said), (0, ""), f"{name}: SIGTERM ends it in silence")
    tap.equal(d.leftovers(), [], f"{name}: no file is left")


def check_growing_folder(folder):
    shutil.copy(sample("echo.pcap"), folder)
    with open(os.path.join(folder, "README.md"), "w") as f:
        f.write("no capture\n")
    d = Dashboard(folder)
    d.enter()
    state = d.complete()
    tap.equal([c["name"] for c in state["captures"]], ["echo.pcap"],
              "what is no capture is not offered")
    s = d.stream()
    shutil.copy(sample("google.pcap"), folder)
    seen = [json.loads(data)["captures"] for name, data in until(s, 2)
            if name == "state"]
    tap.ok(seen, "looking on, one is told of a new capture")
    with open(sample("lossy.pcap"), "rb") as f:
        data = f.read()
    with open(os.path.join(folder, "echo.pcap"), "wb") as f:
        f.write(data)
    want = without_file(pcapstat("summary", sample("lossy.pcap"), "-q",
                                 "--format", "csv"))
    tap.ok(wait_for(lambda: without_file(d.panel("figures.csv")[2]) == want),
           "a capture that has changed is read again")
    s.close()
    os.unlink(os.path.join(folder, "google.pcap"))
    tap.ok(wait_for(lambda: len(d.state()["captures"]) == 1),
           "one that is gone is not offered")
    ended_well(d, "growing folder")


def until(s, captures):
    for name, data in events(s):
        yield name, data
        if name == "state" and len(json.loads(data)["captures"]) == captures:
            return


def check_fifo(folder):
    fifo = os.path.join(folder, "fifo")
    os.mkfifo(fifo)
    d = Dashboard(fifo)
    d.enter()
    with open(sample("google.pcap"), "rb") as f:
        data = f.read()
    half = cut(data, 500)
    with open(fifo, "wb", buffering=0) as out:
        out.write(data[:half])
        tap.ok(wait_for(lambda: d.state()["view"]["records"] == 500),
               "what came so far is shown while more may come")
        tap.equal(d.state()["view"]["status"], "running", "it is live")
        tap.equal(d.state()["source"], {"kind": "live", "name": fifo},
                  "and says so")
        filtered = wait_for(lambda: d.complete(proto="udp")
                            ["view"]["records"] == 500)
        tap.ok(filtered, "a filter looks at what was kept",
               d.state(proto="udp"))
        out.write(data[half:])
    state = wait_for(lambda: (lambda s: s if s["view"]["status"] == "complete"
                              else None)(d.state()))
    want = pcapstat("timeline", "--interval", "auto", "--format", "csv", "-q",
                    sample("google.pcap"))
    tap.equal(without_file(d.panel("volume.csv")[2]), without_file(want),
              "at its end, the same rows as from a file")
    want = pcapstat("sizes", "--filter", "udp", "--format", "csv", "-q",
                    sample("google.pcap"))
    tap.ok(wait_for(lambda: without_file(d.panel("sizes.csv", proto="udp")
                                         [2]) == without_file(want)),
           "and the filter has all of it")
    row = json.loads(d.panel("flows.json")[2])["rows"][0]
    status, _, text = d.ask(
        "/api/flow.txt?flow=1&" + "&".join(
            f"{name}={row[name]}" for name in (
                "protocol", "a_ip", "a_port", "b_ip", "b_port",
                "start_time_ns")))
    tap.ok(status == 200 and row["a_ip"].encode() in text,
           "a ladder is drawn of what was kept", text[:300])
    ended_well(d, "FIFO")


def check_stdin():
    with open(sample("ipv6.pcap"), "rb") as f:
        d = Dashboard("-", stdin=f)
    d.enter()
    state = d.complete()
    tap.equal((state["view"]["status"], state["view"]["command"]),
              ("complete", "pcapstat %s -"), "standard input is read")
    want = pcapstat("gaps", "--format", "csv", "-q", sample("ipv6.pcap"))
    tap.equal(without_file(d.panel("gaps.csv")[2]), without_file(want),
              "to its end")
    ended_well(d, "standard input")


def check_worker_killed(folder):
    fifo = os.path.join(folder, "fifo2")
    os.mkfifo(fifo)
    d = Dashboard(fifo)
    d.enter()
    with open(sample("google.pcap"), "rb") as f, \
            open(fifo, "wb", buffering=0) as out:
        out.write(f.read(50000))
        wait_for(lambda: d.state()["view"]["records"] > 0)
        records = d.state()["view"]["records"]
        for pid in d.children():
            os.kill(pid, signal.SIGKILL)
        state = wait_for(lambda: (lambda s: s if s["view"]["status"] ==
                                  "failed" else None)(d.state()))
    tap.ok(state and "signal 9" in state["view"]["error"][0],
           "a worker that is killed is told of", state)
    tap.equal(state["view"]["records"], records, "what it told stays")
    tap.equal(d.ask("/")[0], 200, "the server goes on")
    ended_well(d, "worker killed")


def is_asleep(pid):
    with open(f"/proc/{pid}/stat") as f:
        return f.read().rsplit(")", 1)[1].split()[0] == "S"


def check_last_words(folder):
    """The reading ends while a snapshot is still being told."""
    fifo = os.path.join(folder, "fifo3")
    os.mkfifo(fifo)
    d = Dashboard(fifo)
    d.enter()
    with open(sample("google.pcap"), "rb") as f, \
            open(fifo, "wb", buffering=0) as out:
        d.process.send_signal(signal.SIGSTOP)
        out.write(f.read())
        worker = d.children()[0]
        snapshot = wait_for(lambda: children(worker))[0]
        # It sleeps when the pipe is full, which nobody reads now.
        wait_for(lambda: is_asleep(snapshot))
    time.sleep(0.5)
    d.process.send_signal(signal.SIGCONT)
    state = wait_for(lambda: (lambda s: s if s["view"]["status"] != "running"
                              else None)(d.state()))
    tap.equal((state["view"]["status"], state["view"]["error"]),
              ("complete", []), "its words and the last ones do not mix")
    ended_well(d, "last words")


def check_damage(folder):
    bad = os.path.join(folder, "bad.pcap")
    with open(sample("google.pcap"), "rb") as f, open(bad, "wb") as out:
        out.write(f.read(30000))
    with open(os.path.join(folder, "empty.pcap"), "wb"):
        pass
    d = Dashboard(bad, os.path.join(folder, "empty.pcap"))
    d.enter()
    state = d.complete()
    tap.ok(state["view"]["status"] == "complete" and
           "bad.pcap" in state["view"]["error"][0] and
           state["view"]["records"] > 0, "a cut capture is shown, and said",
           state["view"])
    state = d.complete(capture=os.path.join(folder, "empty.pcap"))
    tap.ok(state["view"]["status"] == "failed" and
           "empty.pcap" in state["view"]["error"][0],
           "what cannot be read is said", state["view"])
    ended_well(d, "damaged captures")


def reset(s):
    """Goes without a word."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                 struct.pack("ii", 1, 0))
    s.close()


def connect(d):
    return socket.create_connection(("127.0.0.1", d.port), timeout=PATIENCE)


def check_bad_clients(folder):
    d = Dashboard(folder)
    d.enter()
    d.complete()
    before = d.files()
    for data in (b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost:",
                 b"POST /api/session HTTP/1.1\r\nHost: " + d.host.encode() +
                 b"\r\nContent-Length: 100\r\n\r\n{"):
        for leave in (reset, socket.socket.close):
            s = connect(d)
            s.sendall(data)
            leave(s)
    streams = [d.stream() for _ in range(20)]
    time.sleep(0.3)
    for i, s in enumerate(streams):
        (reset if i % 2 else socket.socket.close)(s)
    for path in ("/", "/api/panel/volume.json", "/api/flow.svg?a_ip=1.1.1.1&"
                 "b_ip=2.2.2.2"):
        s = connect(d)
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: {d.host}\r\n"
                  f"Cookie: {d.cookie}\r\n\r\n".encode())
        reset(s)
    # Streams that a page shares with other requests, which is not HTTP.
    s = d.stream()
    s.sendall(b"GET / HTTP/1.1\r\n\r\n" * 1000)
    # New captures make events, by which the server sees who has gone.
    shutil.copy(sample("wikipedia.pcap"), folder)
    tap.ok(wait_for(lambda: d.files() <= before + 2, 40),
           "who has gone is let go", d.files() - before)
    reset(s)
    tap.equal(d.ask("/api/state")[0], 200, "the server answers")
    stalled = []
    for _ in range(8):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", d.port))
        s.sendall(f"GET /api/events HTTP/1.1\r\nHost: {d.host}\r\n"
                  f"Cookie: {d.cookie}\r\n\r\n".encode())
        stalled.append(s)
    for name in ("google", "lossy", "nat_geo"):
        shutil.copy(sample(name + ".pcap"), os.path.join(folder,
                                                         "echo.pcap"))
        time.sleep(0.5)
    tap.equal(d.ask("/api/state")[0], 200,
              "readers that read nothing hold nobody up")
    for s in stalled:
        s.close()
    ended_well(d, "bad clients")


def check_crowd():
    d = Dashboard(SAMPLES)
    d.enter()
    crowd = []
    for _ in range(700):
        s = socket.socket()
        s.settimeout(PATIENCE)
        s.connect(("127.0.0.1", d.port))
        crowd.append(s)
    time.sleep(0.3)
    tap.ok(d.files() < 600, "no more connections than there is room for",
           d.files())
    for s in crowd:
        s.close()
    tap.ok(wait_for(lambda: d.ask("/api/state")[0] == 200, 10),
           "afterwards there is room again")
    answers = [d.ask(f"/api/state?port={n}")[0] for n in range(100)]
    tap.ok(set(answers) <= {200, 503} and d.ask("/api/state")[0] == 200,
           "views are bounded, too", answers)
    tap.ok(len(d.children()) <= 3, "and workers", d.children())
    ended_well(d, "a crowd")


def check_stop():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        d = Dashboard(SAMPLES)
        d.enter()
        s = d.stream()
        s.recv(100)
        d.state(proto="tcp")
        children = d.children()
        status, said = d.end(number)
        tap.equal((status, said), (0, ""), f"{number.name} ends it")
        tap.ok(not any(os.path.exists(f"/proc/{pid}") for pid in children),
               "and its workers", children)
        s.close()
        d.leftovers()


def check_early_stop(folder):
    """A signal while the folder is looked through for the first time."""
    many = os.path.join(folder, "many")
    os.mkdir(many)
    for i in range(300):
        shutil.copy(sample("echo.pcap"), os.path.join(many, f"{i}.pcap"))
    with subprocess.Popen([PCAPSTAT, "dashboard", "--port", "0", many],
                          stdout=subprocess.DEVNULL) as process:
        wait_for(lambda: children(process.pid))
        process.terminate()
        try:
            status = process.wait(PATIENCE / 2)
        except subprocess.TimeoutExpired:
            process.kill()
            status = "nothing"
    tap.equal(status, 0, "SIGTERM before there is a server ends it")


def check_open(folder):
    """The link that a browser gets is seen by others, and so good once."""
    said = os.path.join(folder, "opened")
    browser = os.path.join(folder, "xdg-open")
    with open(browser, "w") as f:
        f.write(f"#!/bin/sh\necho \"$1\" >{said}.new\n"
                f"mv {said}.new {said}\n")
    os.chmod(browser, 0o700)
    d = Dashboard("--open", sample("echo.pcap"),
                  path=folder + os.pathsep + os.environ["PATH"])
    tap.ok(wait_for(lambda: os.path.exists(said)), "--open runs xdg-open")
    with open(said) as f:
        token = f.read().strip().split("#token=")[1]
    tap.ok(token != d.token, "with a token of its own")
    for body, status in ((token, 204), (token, 403), (d.token, 204),
                         (d.token, 204), ("\0" * 64, 403)):
        got = d.ask("/api/session", "POST", '{"token":"%s"}' % body)[0]
        tap.equal(got, status, "which is good once; the printed one, always")
    ended_well(d, "--open")


def check_garbage():
    """A page that talks where it is only to listen."""
    d = Dashboard(sample("echo.pcap"))
    d.enter()
    s = d.stream(patience=2)
    s.recv(100)
    sent = 0
    try:
        while sent < 64 << 20:
            sent += s.send(bytes(1 << 20))
    except OSError:
        pass
    tap.ok(sent < 32 << 20, "what a reader of events says is not kept", sent)
    s.close()
    ended_well(d, "garbage")


def run(*arguments):
    done = subprocess.run([PCAPSTAT, "dashboard", *arguments], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=PATIENCE)
    return done.returncode, done.stderr.decode()


def check_names(folder):
    """Captures that are called as options are."""
    folder = os.path.join(folder, "named")
    os.mkdir(folder)
    for name in ("-a.pcap", "-j"):
        shutil.copy(sample("echo.pcap"), os.path.join(folder, name))
    d = Dashboard("--join", "--", "-a.pcap", "-j", cwd=folder)
    d.enter()
    tap.equal(d.complete()["view"]["command"],
              "pcapstat %s --join -- -a.pcap -j", "names stand behind --")
    row = json.loads(d.panel("flows.json")[2])["rows"][0]
    text = d.ask(f"/api/flow.txt?flow=1&a_ip={row['a_ip']}&b_ip="
                 f"{row['b_ip']}")[2]
    tap.ok(row["a_ip"].encode() in text, "and ladders are made of them",
           text[:200])
    ended_well(d, "names")


def check_usage(folder):
    d = Dashboard(SAMPLES)
    for arguments, status, word in (
            ((), 2, "no INPUT"),
            (("-", SAMPLES), 2, "the only INPUT"),
            (("--port", "65536", SAMPLES), 2, "port"),
            (("--max-views", "0", SAMPLES), 2, "max-views"),
            (("--filter", "tcp and", SAMPLES), 2, "--filter"),
            (("--address", "localhost", SAMPLES), 3, "not an address"),
            (("--port", str(d.port), SAMPLES), 3, "in use"),
            ((os.path.abspath(__file__),), 3, "not a capture"),
            ((os.path.join(folder, "nothing"),), 3, "No such file")):
        got, said = run(*arguments)
        tap.ok(got == status and word in said and
               len(said.splitlines()) <= 2 and "warning" not in said,
               f"{arguments}: told",
               f"{got}: {said}")
    d.end()
    d.leftovers()
    d = Dashboard("--address", "0.0.0.0", SAMPLES)
    d.enter()
    tap.equal(d.ask("/api/state", headers={"Host": f"192.0.2.1:{d.port}"})
              [0], 200, "on all addresses, any of them is our name")
    tap.equal(d.ask("/api/state", headers={"Host": f"a.example:{d.port}"})
              [0], 403, "but no other name")
    tap.ok("no loopback address" in d.end()[1], "which is warned of")
    d.leftovers()


def main():
    if not built_in():
        tap.skip("the dashboard", "configured with --disable-dashboard")
        tap.end()
    folder = tempfile.mkdtemp(prefix="pcapstat-dashboard-inputs-")
    grown = os.path.join(folder, "grown")
    os.mkdir(grown)
    try:
        check_growing_folder(grown)
        check_bad_clients(grown)
        check_fifo(folder)
        check_stdin()
        check_worker_killed(folder)
        check_last_words(folder)
        check_damage(folder)
        check_crowd()
        check_stop()
        check_early_stop(folder)
        check_open(folder)
        check_garbage()
        check_names(folder)
        check_usage(folder)
    finally:
        shutil.rmtree(folder)
    tap.end()


if __name__ == "__main__":
    main()
