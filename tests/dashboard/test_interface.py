"""The dashboard of an interface: one end of a veth pair, in a network namespace
that is gone with this process.  What comes in by the other end is found on the
page; rights, files and processes are gone when they are to be."""
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

from dashboard import Dashboard, Tap, built_in, query, wait_for

INSIDE = "PCAPSTAT_TEST_INTERFACE"
COUNT = 300
tap = Tap()


def skip_all(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def enter():
    """This program again, in namespaces of its own."""
    if os.environ.get(INSIDE):
        return
    if not built_in():
        skip_all("configured with --disable-dashboard")
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        skip_all("there is no unshare or no ip")
    how = ["unshare", "-nm"] if os.geteuid() == 0 else ["unshare", "-Urnm"]
    made = subprocess.run([*how, "ip", "link", "add", "name", "a", "type",
                           "veth", "peer", "name", "b"], check=False,
                          capture_output=True)
    if made.returncode != 0:
        skip_all("no network namespace with a veth pair can be made")
    os.environ[INSIDE] = "1"
    os.execvp(how[0], [*how, sys.executable, __file__])


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def make_pair():
    ip("link", "set", "dev", "lo", "up")
    ip("link", "add", "name", "a", "type", "veth", "peer", "name", "b")
    for interface in ("a", "b"):
        # No packets of the kernel's own.
        try:
            with open(f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6",
                      "w") as f:
                f.write("1")
        except OSError:
            pass
        ip("link", "set", "dev", interface, "arp", "off", "up")


def datagram(source, port, length):
    """A frame of 192.0.2.SOURCE to 192.0.2.200, UDP without a checksum."""
    udp = struct.pack(">HHHH", 1000 + source, port, 8 + length, 0)
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + length, 0, 0, 64, 17, 0,
                       bytes((192, 0, 2, source)), bytes((192, 0, 2, 200)))
    total = sum(struct.unpack(">10H", head))
    total = (total >> 16) + (total & 0xffff)
    total = ~(total + (total >> 16)) & 0xffff
    head = head[:10] + struct.pack(">H", total) + head[12:]
    return (b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + head + udp + bytes(length))


def send(count):
    """Of three hosts in turn; one of them asks another port."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind(("b", 0))
        for i in range(count):
            s.send(datagram(1 + i % 3, 53 if i % 3 == 0 else 4000, 100))


def status_of(pid):
    with open(f"/proc/{pid}/status") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f
                    if ":\t" in line)


def family(pid):
    """The process and all that come of it."""
    pids = [pid]
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            for child in f.read().split():
                pids += family(int(child))
    except OSError:
        return []
    return pids


def check_rights(d, name):
    """Of the server, its workers and their snapshots, as they come and go."""
    seen, bad = set(), []
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        for pid in family(d.process.pid):
            try:
                status = status_of(pid)
            except OSError:
                continue
            seen.add(pid)
            if status["NoNewPrivs"] != "1" or any(
                    int(status[s], 16) for s in ("CapEff", "CapPrm",
                                                 "CapInh", "CapAmb")):
                bad.append((pid, status["CapEff"], status["NoNewPrivs"]))
        time.sleep(0.01)
    tap.ok(len(seen) >= 3 and not bad, f"{name}: no process has a right "
           f"left", (seen, bad[:3]))


def rows(d, name, **view):
    status, _, body = d.panel(name + ".json", **view)
    return json.loads(body)["rows"] if status == 200 else []


def records(d, n, **view):
    return wait_for(lambda: (d.state(**view) or {"view": {"records": 0}})
                    ["view"]["records"] == n)


def check_traffic(d):
    send(COUNT)
    tap.ok(records(d, COUNT), f"{COUNT} packets are counted",
           d.state()["view"])
    state = d.state()
    tap.equal(state["source"], {"kind": "live", "name": "a"},
              "the source is the interface")
    tap.equal((state["view"]["status"], state["view"]["error"],
               state["view"]["command"]),
              ("running", [], "pcapstat %s -i a"), "which is being read")
    tap.equal(state["drops"], {"received": COUNT, "kernel": 0,
                               "interface": 0}, "its drops are told")
    account = state["accounting"]
    tap.equal(sum(account[n] for n in ("in", "out", "other", "skipped")),
              COUNT, "all are accounted for")
    tap.equal([row["packets_total"] for row in rows(d, "figures")], [COUNT],
              "the figures are of these")
    flows = rows(d, "flows")
    tap.equal(sorted((f["protocol"], f["a_ip"], f["a_port"], f["b_ip"],
                      f["b_port"], f["packets"]) for f in flows),
              [("udp", f"192.0.2.{s}", 1000 + s, "192.0.2.200",
                53 if s == 1 else 4000, COUNT // 3) for s in (1, 2, 3)],
              "so are the flows")
    tap.equal(sum(row["packets"] for row in rows(d, "sizes")), COUNT,
              "and the sizes")


def check_filtered(d):
    tap.ok(wait_for(lambda: [
        (f["a_ip"], f["packets"]) for f in rows(d, "flows", port="53")] ==
        [("192.0.2.1", COUNT // 3)], 20),
        "a filter finds its packets in what was kept, and no others",
        d.state(port="53"))
    flow = rows(d, "flows")[0]
    status, _, text = d.ask("/api/flow.txt" + query(
        {name: flow[name] for name in ("protocol", "a_ip", "a_port", "b_ip",
                                       "b_port", "start_time_ns")}))
    tap.ok(status == 200 and flow["a_ip"].encode() in text,
           "a ladder is drawn of them", text[:300])


def rings(d):
    return [os.path.join(d.tmp, name, file) for name in os.listdir(d.tmp)
            for file in os.listdir(os.path.join(d.tmp, name))]


def gone(pids):
    return wait_for(lambda: not any(os.path.exists(f"/proc/{pid}")
                                    for pid in pids), 10)


def check_interface():
    d = Dashboard("-i", "a")
    if not d.link:
        tap.ok(False, "it starts", d.end())
        return
    d.enter()
    check_rights(d, "nobody looks on")
    check_traffic(d)
    stream = d.stream()
    check_filtered(d)
    check_rights(d, "somebody looks on")
    tap.ok(len(rings(d)) == 1, "what is kept lies in TMPDIR", rings(d))
    pids = family(d.process.pid)
    status, said = d.end()
    stream.close()
    tap.equal((status, said), (0, ""), "SIGTERM ends it in silence")
    tap.ok(gone(pids), "and all its processes", pids)
    tap.equal(d.leftovers(), [], "nothing of the ring is left")


def check_forced_end():
    """The server is ended by force: its worker sees to what is left."""
    d = Dashboard("-i", "a")
    d.enter()
    send(30)
    tap.ok(records(d, 30), "it captures again", d.state()["view"])
    pids = family(d.process.pid)
    d.end(signal.SIGKILL)
    tap.ok(gone(pids), "killed, it takes its processes along", pids)
    tap.equal(d.leftovers(), [], "and what was kept")


def check_stopped_worker():
    """It does not answer its last call, but is not waited for without end."""
    d = Dashboard("-i", "a")
    d.enter()
    send(30)
    records(d, 30)
    pids = family(d.process.pid)
    os.kill(d.children()[0], signal.SIGSTOP)
    tap.equal(d.ask("/api/state")[0], 200, "its worker stopped, it answers")
    before = time.monotonic()
    status, _ = d.end()
    tap.ok(status == 0 and time.monotonic() - before < 15, "and ends",
           (status, time.monotonic() - before))
    tap.ok(gone(pids), "with all its processes", pids)
    tap.equal(d.leftovers(), [], "and files")


def check_full():
    """TMPDIR has no room for what is to be kept."""
    small = tempfile.mkdtemp(prefix="pcapstat-dashboard-small-")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none",
                           small], check=False, capture_output=True)
    if made.returncode != 0:
        os.rmdir(small)
        tap.skip("a full TMPDIR", "no file system can be mounted")
        return
    tempfile.tempdir = small
    d = Dashboard("-i", "a")
    d.enter()
    send(COUNT)
    tap.ok(records(d, COUNT), "without room for what is kept, all is shown",
           d.state()["view"])
    send(COUNT)
    tap.ok(records(d, 2 * COUNT), "and it goes on", d.state()["view"])
    tap.ok(any("No space left" in line
               for line in d.state()["view"]["error"]),
           "what is missing is said", d.state()["view"]["error"])
    tap.equal(d.end()[0], 0, "to its end")
    tap.equal(d.leftovers(), [], "no file is left where none had room")
    subprocess.run(["umount", small], check=True)
    os.rmdir(small)


def main():
    enter()
    make_pair()
    check_interface()
    check_forced_end()
    check_stopped_worker()
    check_full()
    tap.end()


if __name__ == "__main__":
    main()
