#!/usr/bin/env python3
"""labgen run: real programs in network namespaces.

What is captured there is what the scenario says, and what synth makes of it; as
root and as a user; and whatever becomes of a run, nothing is left of it.
Skipped where the system allows no network namespaces.
"""
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter

import lab
from lab import LABGEN, SYN, check, connections, read_pcap, skip

SECONDS = 120
NOBODY = 65534
PCAPSTAT = os.environ["PCAPSTAT"]
SEED = int(os.environ.get("PCAPSTAT_TEST_SEED", "20260112"))

top = tempfile.mkdtemp(prefix="test-run.")
os.chmod(top, 0o755)
# Every process of a run has this in its environment.
MARK = "LABGEN_TEST_RUN=%d-%d" % (os.getpid(), time.time_ns())

SMALL = """network lab 10.20.30.0/24
host server 10.20.30.3
    capture
    serve echo
host client 10.20.30.11
    capture
talk echo from client to server
    say "one"
    wait for "one"
    %s
    end
"""


def folder(name):
    path = os.path.join(top, name)
    os.mkdir(path)
    return path


def scenario(name, text):
    path = os.path.join(top, name + ".scenario")
    with open(path, "w") as file:
        file.write(text)
    return path


def environment(**more):
    temporary = os.path.join(top, "tmp")
    os.makedirs(temporary, exist_ok=True)
    return dict(os.environ, TMPDIR=temporary,
                **dict([MARK.split("=")]), **more)


def as_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def start(what, out, *options, user=None, **more):
    def begin():
        # Whoever runs the tests may have it ignored, as nohup(1) does.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        if user is not None:
            user()

    return subprocess.Popen([LABGEN, "run", what, "-o", out] + list(options),
                            stdin=subprocess.DEVNULL, preexec_fn=begin,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=environment(**more))


def run(what, out, *options, **more):
    process = start(what, out, *options, **more)
    said = process.communicate(timeout=SECONDS)[1].decode()
    return process.returncode, said


# What is left.

def our_processes():
    """Those that any run of this test has started and that still live."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as file:
                if MARK.encode() in file.read().split(b"\0"):
                    with open("/proc/%s/cmdline" % pid, "rb") as line:
                        found.append((pid, line.read()))
        except OSError:
            pass
    return found


def no_process(seconds=10):
    end = time.monotonic() + seconds
    while our_processes() and time.monotonic() < end:
        time.sleep(0.02)
    return our_processes()


def surroundings():
    """What a run could leave: mounts (a namespace with a name is one),
    interfaces, named namespaces, temporary files."""
    with open("/proc/self/mountinfo") as file:
        mounts = sorted(line.split(" - ")[0].split()[4] for line in file)
    names = os.listdir("/run/netns") if os.path.isdir("/run/netns") else []
    return (mounts, sorted(os.listdir("/sys/class/net")), sorted(names),
            sorted(os.listdir(os.path.join(top, "tmp"))))


def nothing_left(before, what, out):
    left = no_process()
    check(not left, "%s: no process is left" % what, *left)
    # Others may come to an end meanwhile.
    new = [list((Counter(now) - Counter(then)).elements())
           for then, now in zip(before, surroundings())]
    check(not any(new), "%s: nor a mount, interface, namespace or temporary "
          "file" % what, *new)
    check(os.listdir(out) == [], "%s: nor a part of a capture" % what,
          *os.listdir(out))


# The chat lab.

def messages(packets):
    """Who said what over TCP, joined as long as the same end speaks."""
    said = []
    for connection in connections(packets):
        seen = {}
        for p in connection.packets:
            # Copies of what was there say nothing new.
            if p.kind != "tcp" or not p.payload:
                continue
            end = (p.source, p.sport)
            if end in seen and (p.seq - seen[end]) % 2**32 >= 2**31:
                continue
            seen[end] = (p.seq + len(p.payload)) % 2**32
            said.append((p.ts_ns, connection.client, p.source, p.payload))
    joined = []
    for _, client, source, payload in sorted(said):
        if joined and joined[-1][:2] == (client, source):
            joined[-1] = (client, source, joined[-1][2] + payload)
        else:
            joined.append((client, source, payload))
    return joined


def streams(packets):
    return [(c.client, c.server, c.dport, c.stream(True), c.stream(False))
            for c in connections(packets)]


def datagrams(packets):
    return [(p.source, p.target, p.sport, p.dport, p.payload)
            for p in packets if p.kind == "udp" and 53 not in (p.sport,
                                                               p.dport)]


def questions(packets):
    """Names that are asked for: DNS without its id."""
    return [(p.source, p.payload[2:]) for p in packets
            if p.kind == "udp" and p.dport == 53]


def compare(real, virtual):
    for host in "chatserver", "client1", "client2":
        a, b = (read_pcap(os.path.join(path, host + ".pcap"))
                for path in (real, virtual))
        for function, what in ((streams, "connections and their bytes"),
                               (messages, "order of messages"),
                               (datagrams, "datagrams"),
                               (questions, "lookups")):
            x, y = function(a), function(b)
            check(x == y and (x or what != "connections and their bytes"),
                  "%s: run and synth have the same %s" % (host, what),
                  *(["run   %r" % (m,) for m in x] +
                    ["synth %r" % (m,) for m in y]))


def begin_others(*names):
    return [(name, out, start(name, out)) for name, out in
            [(name, folder("real-" + name)) for name in names]]


def end_others(runs):
    """The other protocols; eim's bytes are random."""
    for name, out, process in runs:
        said = process.communicate(timeout=SECONDS)[1].decode()
        virtual = os.path.join(top, "virtual-" + name)
        done = lab.synth(name, virtual)
        found, expected = (
            [streams(read_pcap(os.path.join(path, file)))
             for file in sorted(os.listdir(path)) if file.endswith(".pcap")]
            for path in (out, virtual))
        check(process.returncode == done.returncode == 0 and
              found == expected and found and all(found),
              "%s: run and synth have the same connections and their bytes" %
              name, *said.splitlines() + [found, expected])


def good_checksums(out, who):
    tshark = shutil.which("tshark")
    if tshark is None:
        skip("%s: checksums" % who, "no tshark")
        return
    bad = []
    for name in sorted(os.listdir(out)):
        done = subprocess.run(
            [tshark, "-r", os.path.join(out, name), "-n",
             "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
             "-o", "udp.check_checksum:TRUE", "-d", "udp.port==5000,data",
             "-Y", "ip.checksum.status==0 || tcp.checksum.status==0 || "
             "udp.checksum.status==0 || _ws.malformed || "
             "tcp.analysis.ack_lost_segment"],
            capture_output=True, text=True, timeout=SECONDS)
        if done.returncode != 0 or done.stdout:
            bad.append("%s: %s%s" % (name, done.stdout, done.stderr))
    check(not bad, "%s: tshark finds no bad checksum, nothing malformed and "
          "no segment that was not seen" % who, *bad)


def answers(out):
    files = [os.path.join(out, name) for name in sorted(os.listdir(out))]
    done = subprocess.run([PCAPSTAT, "answers", "-q"] + files,
                          capture_output=True, text=True, timeout=SECONDS)
    text = " ".join(done.stdout.split())
    return done.returncode == 0 and all(
        part in text for part in ("chatserver", "client1", "client2",
                                  "www.ttm4200.com A 10.20.30.3",
                                  "max_connections 2"))


def begin_chat_lab(who, user=None):
    out = folder("lab-" + who)
    if user is not None:
        os.chown(out, NOBODY, NOBODY)
    return who, out, start("chat-lab", out, user=user)


def end_chat_lab(who, out, process, virtual):
    said = process.communicate(timeout=SECONDS)[1].decode()
    check(process.returncode == 0, "%s: chat-lab runs" % who,
          process.returncode, *said.splitlines())
    check(sorted(os.listdir(out)) == ["chatserver.pcap", "client1.pcap",
                                      "client2.pcap"],
          "%s: three captures and nothing else" % who, *os.listdir(out))
    check(said.count(", 0 dropped") == 3, "%s: the drops of each are said"
          % who, *said.splitlines())
    if process.returncode != 0:
        return
    good_checksums(out, who)
    check(answers(out), "%s: pcapstat answers the lab's questions" % who)
    compare(out, virtual)


def begin_chat_labs():
    """Most of their time is the users' pauses: they run beside the rest."""
    runs = [begin_chat_lab("root" if os.geteuid() == 0 else "user")]
    if os.geteuid() != 0:
        skip("as another user", "who is no root cannot become one")
    elif subprocess.run([LABGEN, "--version"], preexec_fn=as_nobody,
                        capture_output=True, check=False).returncode != 0:
        skip("as another user", "nobody may not run %s" % LABGEN)
    else:
        runs.append(begin_chat_lab("nobody", as_nobody))
    return runs, begin_others("echo", "im", "p2p", "room", "caps", "class")


def end_chat_labs(labs, others):
    virtual = os.path.join(top, "virtual")
    done = lab.synth("chat-lab", virtual)
    check(done.returncode == 0, "synth plays chat-lab, too", done.stderr)
    for one in labs:
        end_chat_lab(*one, virtual)
    end_others(others)
    verified = subprocess.run([LABGEN, "verify", labs[0][1]],
                              capture_output=True, text=True, timeout=60)
    check(verified.returncode != 0 and "truth.json" in verified.stderr and
          verified.stderr.count("\n") == 1,
          "labgen verify says that there is no truth.json",
          verified.stdout, verified.stderr)


# What the scenario says of hosts, links and captures; and the other verbs.

MANY = """limit 1m
network lan 192.168.7.0/24 fd07::/64
    capture pcapng
network far 203.0.113.0/24 fd08::/64
host dns 192.168.7.2
    serve dns
host client 192.168.7.10 fd07::a
    capture
    resolver dns
    ttl 33
host small 192.168.7.11
    capture microseconds big-endian snaplen 80
    mtu 1000
    mac 02:00:00:00:07:11
    clock +5s
    neighbours known
host server 203.0.113.5 fd08::5
    name www.example.org
    capture
host six 192.168.7.12 fd07::c
    capture
    neighbours known
ping from client to server at 100ms
    count 3
    every 20ms
    size 100
ping from client to six at 100ms ipv6
    count 2
    every 20ms
datagrams from client to server port 9000 at 100ms
    count 5
    size 2000
    every 10ms
    answer 10
lookup www.example.org from client at 200ms
    count 2
    every 50ms
lookup nobody.example.org from client at 250ms
transfer from client to server port 80 at 300ms
    bytes 70001
transfer from small to server port 80 at 300ms
    bytes 30002
    download
    close reset
    from-port 40000
browse from client to server port 8080 at 400ms by name
    pages 2
    connections 3
    objects 5
    response 3000
    think 20ms
transfer from client to six port 7 at 500ms ipv6
    bytes 999
transfer from client to server port 7 at 500ms ipv6
    bytes 1234
"""


def many_verbs():
    out = folder("many")
    status, said = run(scenario("many", MANY), out)
    check(status == 0, "a scenario of all other verbs runs", status,
          *said.splitlines())
    if status != 0:
        return
    packets = {name: read_pcap(os.path.join(out, name + ".pcap"))
               for name in ("client", "small", "server", "six")}
    pings(packets)
    datagrams_and_dns(packets)
    tcp(packets)
    settings(out, packets)


def pings(packets):
    for version, kind in ((4, 8), (6, 128)):
        asked = [p for p in packets["client"] if p.kind == "icmp" and
                 p.type == kind]
        got = [p for p in packets["client"] if p.kind == "icmp" and
               p.type == (0 if version == 4 else 129)]
        count = 3 if version == 4 else 2
        check(len(asked) == len(got) == count, "IPv%d: %d echo requests and "
              "their answers" % (version, count), asked, got)
    check(all(len(p.payload) == 100 for p in packets["server"]
              if p.kind == "icmp" and p.protocol == 1), "with as many bytes as were asked for")


def datagrams_and_dns(packets):
    sent = [p for p in packets["server"] if p.dport == 9000 or
            p.kind == "fragment"]
    back = [p for p in packets["client"] if p.sport == 9000]
    check(len(sent) == 10, "five datagrams in two fragments each", len(sent))
    check(len(back) == 5 and all(len(p.payload) == 10 for p in back),
          "and an answer to each", len(back))
    replies = [p.payload for p in packets["client"] if p.sport == 53]
    names = sum(b"\3www\7example\3org" in p for p in replies)
    none = sum(p[3] & 15 == 3 for p in replies)
    check(names == 4 and none == 1, "two lookups, one by the browser (A and "
          "AAAA), and a name that nobody has", names, none)


def tcp(packets):
    found = connections(packets["server"])
    up = [c for c in found if c.client == "192.168.7.10" and c.dport == 80]
    check(len(up) == 1 and len(up[0].stream(True)) == 70001 and
          not up[0].stream(False), "an upload has all its bytes")
    down = [c for c in found if c.client == "192.168.7.11"]
    check(len(down) == 1 and len(down[0].stream(False)) == 30002 and
          not down[0].stream(True) and down[0].sport == 40000,
          "a download to the same port, from the port that is asked for")
    check(len(down) == 1 and any(p.flags & lab.RST
                                 for p in down[0].packets),
          "closed by a reset")
    web = [c for c in found if c.dport == 8080]
    requests = sum(c.stream(True).count(b"GET /page") for c in web)
    bodies = sum(c.stream(False).count(b"Content-Length: 3000\r\n")
                 for c in web)
    check(1 <= len(web) <= 3 and requests == bodies == 10,
          "two pages of five objects over at most three connections",
          len(web), requests, bodies)
    six = connections(packets["six"])
    check(len(six) == 1 and six[0].client == "fd07::a" and
          len(six[0].stream(True)) == 999, "a transfer over IPv6")
    behind = [c for c in found if c.dport == 7]
    check(len(behind) == 1 and behind[0].client == "fd07::a" and
          len(behind[0].stream(True)) == 1234, "one behind the router")
    noise = [(p.number, p.type) for name in packets for p in packets[name]
             if p.kind == "icmp" and p.protocol == 58 and
             p.type not in (128, 129, 135, 136)]
    check(not noise, "IPv6 says nothing of itself", *noise)


def raw(out, name):
    with open(os.path.join(out, name), "rb") as file:
        return file.read()


def settings(out, packets):
    data = raw(out, "small.pcap")
    check(data[:4] == b"\xa1\xb2\xc3\xd4" and
          data[16:20] == b"\0\0\0\x50", "a capture in microseconds, big "
          "endian, cut to 80 bytes", data[:24])
    check(raw(out, "lan.pcapng")[:4] == b"\n\r\r\n", "one as pcapng")
    data = raw(out, "client.pcap")
    check(data[:4] == b"\x4d\x3c\xb2\xa1", "one in nanoseconds", data[:4])
    syn = next(p for p in packets["small"] if p.has(SYN))
    other = next(p for p in packets["server"] if p.has(SYN) and
                 p.source == "192.168.7.11")
    ahead = syn.ts_ns - other.ts_ns
    check(abs(ahead - 5 * 10**9) < 10**9, "a clock that is 5 s ahead", ahead)
    check(max(p.ip_len for p in packets["small"]) == 1000,
          "no packet is larger than the MTU, and some are as large",
          max(p.ip_len for p in packets["small"]))
    asks = bytes.fromhex("020000000711" "0806" "0001" "0800" "0604" "0001")
    other = bytes.fromhex("0200c0a8070a") + asks[6:]
    check(asks not in raw(out, "small.pcap") and
          other in raw(out, "client.pcap"),
          "who knows the neighbours does not ask for them")
    check(b"\x02\0\xcb\0\x71\1" in raw(out, "server.pcap"),
          "the server sees the router's MAC")
    ttl = ttl_of(raw(out, "client.pcap"), b"\xc0\xa8\x07\x0a")
    check(ttl == {33}, "a TTL of its own", ttl)
    ttl = ttl_of(raw(out, "server.pcap"), b"\xc0\xa8\x07\x0a")
    check(ttl == {32}, "which the router makes less by one", ttl)
    check(b"\x02\0\0\0\x07\x11" in raw(out, "small.pcap"), "a MAC of its own")


def ttl_of(data, source):
    """Of the IPv4 packets from there, in a little-endian pcap."""
    found, at = set(), 24
    while at < len(data):
        caplen = int.from_bytes(data[at + 8:at + 12], "little")
        frame = data[at + 16:at + 16 + caplen]
        if frame[12:14] == b"\x08\0" and frame[26:30] == source:
            found.add(frame[22])
        at += 16 + caplen
    return found


# Links that are shaped: this kernel may have no netem, so tc is one of ours
# that writes down what it is asked for.

def shaped():
    out, tools = folder("shaped"), folder("tools")
    log = os.path.join(top, "tc.log")
    with open(os.path.join(tools, "tc"), "w") as file:
        file.write("#!/bin/sh\ncat >>'%s'\n" % log)
    os.chmod(os.path.join(tools, "tc"), 0o755)
    text = SMALL % "after 10ms say \"two\""
    text = text.replace("host client 10.20.30.11\n", "host client "
                        "10.20.30.11\n    link up latency 20ms loss 1%\n"
                        "    link down bandwidth 5Mbit\n")
    status, said = run(scenario("shaped", text), out,
                       PATH=tools + ":" + os.environ["PATH"])
    with open(log) as file:
        asked = file.read().splitlines()
    check(status == 0 and "cannot shape" not in said,
          "with a kernel that shapes nothing is left out", status, said)
    check(any(line.startswith("qdisc replace dev u1 root handle 1: netem")
              and "delay 20000000ns" in line and "loss 1.0000%" in line
              for line in asked) and
          any(line.startswith("qdisc replace dev t1 root tbf rate 5000000bit")
              for line in asked), "tc is asked for both directions", *asked)
    found = streams(read_pcap(os.path.join(out, "client.pcap")))
    check([c[3:] for c in found] == [(b"one\ntwo\n", b"one\ntwo\n")],
          "what is said passes the bridge between", *found)


# Runs that fail.

def failures():
    out = folder("fails")
    status, said = run(scenario("vain", SMALL %
                                "wait for \"never\" within 300ms"), out)
    check(status == 1 and
          "vain.scenario:7: talk on client ended with status 1" in said
          and "never" in said and "run that failed" in said,
          "a script that waits in vain: status 1, and why", status, said)
    check(sorted(os.listdir(out)) == ["client.pcap", "server.pcap"],
          "its captures are kept", *os.listdir(out))
    status, said = run(scenario("fine", SMALL % ""), out)
    check(status == 1 and "is there already" in said,
          "a capture that is there is not replaced", status, said)
    before = raw(out, "client.pcap")
    with open(os.path.join(out, "truth.json"), "w") as file:
        file.write("{}")
    status, said = run(scenario("fine", SMALL % ""), out, "-f")
    check(status == 0 and raw(out, "client.pcap") != before and
          sorted(os.listdir(out)) == ["client.pcap", "server.pcap"],
          "with -f it is, and another run's truth goes", status, said)
    limit = "limit 1s\n" + SMALL % "after 20s say \"late\""
    begin = time.monotonic()
    status, said = run(scenario("late", limit), folder("late"))
    check(status == 1 and "limit of 1 s is over" in said and
          time.monotonic() - begin < 15, "the scenario's limit bounds real "
          "time", status, said)
    console_in_vain()
    own_names()
    refused()


def console_in_vain():
    text = ("network n 10.0.0.0/24\nhost a 10.0.0.11\n    serve class\n"
            "    console say \"hello\"\n"
            "    console wait for \"never\" within 200ms\n"
            "host b 10.0.0.12\n    capture\n"
            "talk class from b to a as ben\n    password \"x\"\n"
            "    after 1s end\n")
    status, said = run(scenario("typed", text), folder("typed"))
    check(status == 1 and "console on a ended with status 1" in said and
          "never" in said, "a console that waits in vain", status, said)


def own_names():
    """A user's file may have any name, and be sent under it."""
    text = ("network n 10.0.0.0/24\nhost a 10.0.0.11\n    serve class\n"
            "host b 10.0.0.12\n    capture\n"
            "talk class from b to a as ben\n    password \"secret\"\n"
            "    file script 2000\n    file password 2000\n"
            "    wait for \"You joined the server.\"\n"
            "    say \"file_transfer:file_to_server:script\"\n"
            "    wait for \"File 'script' uploaded by ben\"\n"
            "    say \"file_transfer:file_to_server:password\"\n"
            "    wait for \"File 'password' uploaded by ben\"\n"
            "    end\n")
    out = folder("own-names")
    status, said = run(scenario("names", text), out)
    sent = raw(out, "b.pcap")
    check(status == 0 and len(sent) > 4000 and b"wait for" not in sent,
          "files called script and password", status, said, len(sent))


REFUSED = (
    ("scan from client to server ports 1-9\n", "scan"),
    ("flood from client to server port 9\n", "flood"),
    ("browse from client to server port 443\n    tls\n", "browse with tls"),
    ("host third 10.20.30.12\n    link drop 3\n", "drops packets by number"),
    ("host third 10.20.30.12\n    link latency exponential 5ms\n",
     "exponential latency"),
    ("host third 10.20.30.12\n    tcp isn 5\n", "tcp isn"),
)


def refused():
    for text, what in REFUSED:
        out = os.path.join(top, "refused")
        path = scenario("no", SMALL % "" + text)
        status, said = run(path, out)
        check(status == 2 and said.startswith("labgen: %s:12: " % path) and
              what in said and said.count("\n") == 1 and
              not os.path.exists(out), "refused before anything starts: %s" %
              what, status, said)


def full_disk():
    out = folder("full")
    big = scenario("big", "network n 10.0.0.0/24\nhost a 10.0.0.1\n"
                   "    capture\nhost b 10.0.0.2\n    capture\n"
                   "network m 10.0.1.0/24\n"
                   "transfer from a to b port 9\n    bytes 400K\n"
                   .replace("10.0.0.1\n", "10.0.0.11\n"))
    command = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    script = ("mount -t tmpfs -o size=64k none '%s' || exit 99\n"
              "'%s' run '%s' -o '%s' >&2\necho status $?\nls -A '%s'\n" %
              (out, LABGEN, big, out, out))
    done = subprocess.run(command + ["sh", "-c", script], text=True,
                          capture_output=True, timeout=SECONDS,
                          env=environment())
    if done.returncode == 99 or "status" not in done.stdout:
        skip("a full disk", "no file system of our own")
        return
    check(done.stdout == "status 1\n" and
          "No space left on device" in done.stderr,
          "a full disk: status 1, and no file", done.stdout, done.stderr)


def not_allowed():
    """A user namespace may have a bound of none."""
    out = folder("not-allowed")
    script = ("echo 0 >/proc/sys/user/max_net_namespaces || exit 99\n"
              "exec '%s' run echo -o '%s'\n" % (LABGEN, out))
    done = subprocess.run(["unshare", "-Ur", "sh", "-c", script], text=True,
                          capture_output=True, timeout=SECONDS,
                          env=environment())
    if done.returncode == 99:
        skip("no namespaces", "the bound of namespaces cannot be set")
        return
    check(done.returncode == 1 and done.stderr.count("\n") == 1 and
          done.stderr.startswith("labgen: no network namespaces: ") and
          not os.listdir(out), "where namespaces are not allowed: one line, "
          "status 1", done.returncode, done.stderr)


# Runs that are ended.

def interrupted():
    long = scenario("long", "limit 1h\n" + SMALL % "after 50s say \"late\"")
    generator = random.Random(SEED)
    os.makedirs(os.path.join(top, "tmp"), exist_ok=True)
    before = surroundings()
    for number, name in enumerate(("SIGINT", "SIGTERM") + ("SIGKILL",) * 6):
        out = folder("ended-%d" % number)
        # A run is on its feet after a quarter of a second.
        wait = generator.uniform(0, 0.6)
        process = start(long, out)
        time.sleep(wait)
        process.send_signal(getattr(signal, name))
        what = "%s after %.3f s" % (name, wait)
        said = end_of(process, what)
        if name != "SIGKILL" and process.returncode == 1:
            check("interrupted" in said, what + ": says so", said)
        nothing_left(before, what, out)
    hard_of_hearing(long, before)


def end_of(process, what):
    """What it says up to its end, and that of all that had its standard
    error."""
    try:
        said = process.communicate(timeout=10)[1].decode()
    except subprocess.TimeoutExpired:
        check(False, what + ": ends at once", *our_processes())
        kill_ours()
        said = process.communicate(timeout=10)[1].decode()
    return said


def kill_ours():
    for pid, _ in our_processes():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass


def hard_of_hearing(long, before):
    """Some signals say nothing to labgen, and the lab ends with it."""
    out = folder("ended-hup")
    process = start(long, out)
    time.sleep(0.5)
    process.send_signal(signal.SIGHUP)
    end_of(process, "SIGHUP")
    nothing_left(before, "SIGHUP", out)
    check(not our_processes(), "no run has left a process")


def nobody_waits():
    """Whoever starts it may not want to hear of children."""
    status, said = run(scenario("deaf", SMALL % ""), folder("deaf"),
                       user=lambda: signal.signal(signal.SIGCHLD,
                                                  signal.SIG_IGN))
    check(status == 0, "SIGCHLD is ignored: a run ends", status, said)


def main():
    print("# PCAPSTAT_TEST_SEED=%d" % SEED, flush=True)
    status, said = run(scenario("probe", SMALL % ""), folder("probe"))
    if status == 1 and ("network namespace" in said or
                        "ip is missing" in said):
        print("1..0 # SKIP " + said.splitlines()[0])
        return
    check(status == 0, "a small scenario runs", status, said)
    labs = begin_chat_labs()
    many_verbs()
    shaped()
    failures()
    nobody_waits()
    full_disk()
    not_allowed()
    end_chat_labs(*labs)
    interrupted()
    lab.end()


try:
    main()
finally:
    kill_ours()
    shutil.rmtree(top, ignore_errors=True)
