"""What each verb of a scenario puts on the wire, read from the bytes of the
captures."""
import base64
import ipaddress
import os
import re
import struct
import subprocess
import tempfile

from lab import (ACK, FIN, LABGEN, RST, SYN, check, connections, end, play)

MS = 10**6


def requests_of(stream):
    return [r + b"\r\n\r\n" for r in stream.split(b"\r\n\r\n")[:-1]]


def bodies_of(stream):
    """Bodies as Content-Length says; None where the answers do not add up."""
    found = []
    while stream:
        head, gap, rest = stream.partition(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-Length: (\d+)", head)
        if not gap or length is None or \
                not head.startswith(b"HTTP/1.1 200 OK\r\n"):
            return None
        found.append(rest[:int(length[1])])
        if len(found[-1]) < int(length[1]):
            return None
        stream = rest[int(length[1]):]
    return found


def check_browse_clear():
    packets = play("""browse from client to server by name
    pages 3
    connections 2
    objects 5
    request 300
    response uniform 100 to 9000
    think 700ms
    server 3ms
    burst 1000 every 2ms
""")
    found = connections(packets)
    check(len(found) == 2, "a browser opens the connections that it may")
    asked = sum((requests_of(c.stream(True)) for c in found), [])
    paths = sorted(r.split()[1] for r in asked)
    check(paths == sorted(b"/page%d%s" % (p, o) for p in (1, 2, 3) for o in
                          [b".html"] + [b"/object%d.txt" % n for n in
                                        (2, 3, 4, 5)]),
          "and asks for each object of each page once", paths)
    check({len(r) for r in asked} == {300}, "requests are as long as asked")
    check(all(b"\r\nHost: www.example.org\r\n" in r for r in asked),
          "and name the server")
    bodies = [bodies_of(c.stream(False)) for c in found]
    check(None not in bodies, "answers are as long as they say")
    lengths = [len(b) for b in sum(bodies, [])]
    check(len(lengths) == 15 and min(lengths) >= 100 and
          max(lengths) <= 9000 and len(set(lengths)) > 10,
          "and as the scenario says", lengths)
    check_page_first(packets)
    check(all(c.count(FIN | ACK, True) == 1 for c in found),
          "the browser closes")
    names = [p for p in packets if p.kind == "udp" and p.dport == 53]
    check(names and names[-1].ts_ns < found[0].begin_ns,
          "the name is looked up before")


def check_page_first(packets):
    """The page is there before its objects are asked for, and the user
    thinks."""
    gets = [(p.ts_ns, p.payload.split()[1]) for p in packets
            if p.payload.startswith(b"GET")]
    order = [int(path[5:6]) for _, path in gets]
    check(order == sorted(order), "one page comes after the other")
    for page in (2, 3):
        first = min(t for t, path in gets if path[5:6] == b"%d" % page)
        before = max(p.ts_ns for p in packets if p.sport == 80 and p.payload
                     and p.ts_ns < first)
        # What thinks is told a moment after the last byte.
        check(700 * MS <= first - before < 702 * MS,
              "a user thinks before page %d" % page, first - before)
        second = min(t for t, path in gets if path.startswith(
            b"/page%d/" % page))
        check(second - first > 13 * MS,
              "objects of page %d wait for the page" % page)


def records_of(stream):
    found = []
    while len(stream) >= 5:
        kind, version, length = struct.unpack(">BHH", stream[:5])
        if version >> 8 != 3 or len(stream) < 5 + length:
            return None
        found.append((kind, stream[5:5 + length]))
        stream = stream[5 + length:]
    return found if not stream else None


def check_browse_tls():
    packets = play("""browse from client to server
    tls
    objects 4
    request 514
    response 20000
    burst 1028 every 1ms
""")
    found = connections(packets)
    check(len(found) == 1 and found[0].dport == 443,
          "TLS has port 443 of its own")
    asked = records_of(found[0].stream(True))
    told = records_of(found[0].stream(False))
    check(asked is not None and told is not None, "all is records")
    check(asked[0][0] == 22 and asked[0][1][0] == 1 and
          b"\x00\x0fwww.example.org" in asked[0][1],
          "the first is a ClientHello with the server's name")
    check(told[0][0] == 22 and told[0][1][0] == 2,
          "a ServerHello answers it")
    check([len(data) for _, data in asked[2:]] == [514 + 17] * 4,
          "requests are records of the size that was asked for")
    data = [len(data) - 17 for _, data in told[2:]]
    check(sum(data) == 80000 and set(data) == {1028, 20000 % 1028},
          "a burst is a record", data)
    check(len({p.payload for p in packets if p.kind == "tcp" and
               len(p.payload) > 400}) ==
          sum(p.kind == "tcp" and len(p.payload) > 400 for p in packets),
          "no two of them are alike")


def check_shared_port():
    packets = play("""browse from client to server port 8000
    response 3000
browse from client to server port 8000 at 1ms
    response 5000
transfer from client to server port 8001 at 2ms
    bytes 7000
transfer from client to server port 8001 at 3ms
    download
    bytes 8000
""")
    found = connections(packets)
    sizes = [(len(c.stream(True)) // 100, len(c.stream(False)) // 100)
             for c in found]
    check(sizes == [(4, 30), (4, 50), (70, 0), (0, 80)],
          "actions share a port, and each has its own far end", sizes)


def check_transfer():
    packets = play("""transfer from client to server port 5001
    bytes 40000
    chunk 1000 every 10ms
    linger 3s
transfer from client to server port 5002 at 20s
    bytes 40000
    download
    close reset
transfer from client to server port 5003 at 30s
    bytes 500
    close none
transfer from client to server port 5004 at 40s
    bytes 300
    close reset
    from-port 40000
    connections 3 every 2s
""")
    found = connections(packets)
    up, down, left, again = found[0], found[1], found[2], found[3:]
    check(len(up.stream(True)) == 40000 and up.stream(False) == b"",
          "an upload")
    data = [p.ts_ns for p in up.packets if p.payload]
    check(len(data) == 40 and 390 * MS <= data[-1] - data[0] < 391 * MS,
          "in chunks", len(data))
    closing = [p.ts_ns for p in up.packets if p.flags & FIN]
    check(closing[0] - data[-1] > 3000 * MS, "lingers before it closes")
    check(up.count(FIN | ACK, True) == 1 and up.count(FIN | ACK, False) == 1,
          "closes with FIN")
    check(len(down.stream(False)) == 40000 and down.stream(True) == b"",
          "a download")
    check(any(p.flags & RST and p.source == down.client
              for p in down.packets) and not any(p.flags & FIN for p in
                                                 down.packets),
          "closes with a reset")
    check(len(left.stream(True)) == 500 and not any(
        p.flags & (FIN | RST) for p in left.packets), "closes not at all")
    check([c.sport for c in again] == [40000] * 3 and
          all(len(c.stream(True)) == 300 for c in again),
          "connections follow each other from one port")
    gaps = [b.begin_ns - max(p.ts_ns for p in a.packets)
            for a, b in zip(again, again[1:])]
    check(all(1980 * MS < g < 2020 * MS for g in gaps),
          "with the time between them that was asked for", gaps)


def check_stall():
    packets = play("""transfer from client to server port 5001
    bytes 60000
    download
    stall after 20000 for 2s
""", client="    tcp window 16K no-scaling")
    conn = connections(packets)[0]
    check(len(conn.stream(False)) == 60000, "a reader that stalls gets all")
    zero = [p for p in conn.packets if p.source == conn.client and
            p.window == 0 and not p.flags & RST]
    check(zero, "its window closes")
    after = [p for p in conn.packets if p.payload and zero and
             p.ts_ns > zero[0].ts_ns and len(p.payload) > 1]
    check(after and after[0].ts_ns - zero[0].ts_ns > 1500 * MS,
          "until it reads on")


def check_datagrams():
    packets = play("""datagrams from client to server port 6000
    count 50
    size uniform 100 to 200
    every 20ms
    answer uniform 300 to 400
    from-port 5555
datagrams from client to server port 6001 at 3s
    count 7
    size 30
""")
    udp = [p for p in packets if p.kind == "udp"]
    out = [p for p in udp if p.dport == 6000]
    back = [p for p in udp if p.sport == 6000]
    check(len(out) == 50 and {p.sport for p in out} == {5555},
          "datagrams come from their port")
    check(all(100 <= len(p.payload) <= 200 for p in out) and
          all(300 <= len(p.payload) <= 400 for p in back) and
          len({len(p.payload) for p in out}) > 20, "their sizes vary")
    check(len(back) == 50 and {p.dport for p in back} == {5555},
          "each is answered")
    times = [p.ts_ns for p in out]
    check(all(b - a == 20 * MS for a, b in zip(times[1:], times[2:])),
          "they keep time")
    silent = [p for p in udp if 6001 in (p.sport, p.dport)]
    check(len(silent) == 7 and not any(p.kind == "icmp" for p in packets),
          "others are taken without a word")


def check_ping():
    packets = play("""ping from client to server
    count 6
    size 100
    every 250ms
""")
    asked = [p for p in packets if p.kind == "icmp" and p.type == 8]
    told = [p for p in packets if p.kind == "icmp" and p.type == 0]
    check(len(asked) == 6 and {len(p.payload) for p in asked} == {100},
          "pings")
    check([p.seq for p in asked] == [1, 2, 3, 4, 5, 6], "are counted")
    check([(p.seq, p.payload) for p in told] ==
          [(p.seq, p.payload) for p in asked], "and answered")


def name_of(payload):
    labels, at = [], 12
    while payload[at]:
        labels.append(payload[at + 1:at + 1 + payload[at]])
        at += 1 + payload[at]
    return labels, struct.unpack(">H", payload[at + 1:at + 3])[0]


def check_lookup():
    packets = play("""lookup www.example.org from client
    count 3
    every 100ms
lookup www.example.org from client type AAAA at 1s
lookup nobody.example.org from client type MX at 2s
""")
    asked = [p for p in packets if p.kind == "udp" and p.dport == 53]
    told = [p for p in packets if p.kind == "udp" and p.sport == 53]
    check([name_of(p.payload)[1] for p in asked] == [1, 1, 1, 28, 15],
          "questions of the types that were asked for")
    check(len({p.sport for p in asked}) == 5, "each from a port of its own")
    answers = [struct.unpack(">HHHH", p.payload[:8]) for p in told]
    check([a[1] & 15 for a in answers] == [0, 0, 0, 0, 3] and
          [a[3] for a in answers] == [1, 1, 1, 0, 0],
          "are answered, as far as there is an answer", answers)
    check(told[0].payload.endswith(bytes([203, 0, 113, 5])),
          "with the address")
    check([a[0] for a in answers] ==
          [struct.unpack(">H", p.payload[:2])[0] for p in asked],
          "and the number of the question")


def check_lost_lookup():
    packets = play("lookup www.example.org from client\n",
                   dns="    link up drop 2,3,4,5,6,7,8")
    asked = [p for p in packets if p.kind == "udp" and p.dport == 53]
    # The first waits for the neighbour's address.
    times = [round((p.ts_ns - asked[0].ts_ns) / 10**9, 2) for p in asked]
    check(times == [0, 5, 10],
          "a question without an answer is asked three times", times)


SCAN = """datagrams from client to server port 20
    size 10
transfer from client to server port 20
    bytes 10
scan from client to server ports 10-40 at 2s
    shuffled
    every 10ms
    kind %s
"""


def after_2s(packets):
    return [p for p in packets if p.ts_ns - packets[0].ts_ns > 1900 * MS]


def check_scan_syn():
    packets = after_2s(play(SCAN % "syn"))
    syns = [p.dport for p in packets if p.has(SYN)]
    check(sorted(syns) == list(range(10, 41)), "a scan asks each port once")
    check(syns != sorted(syns), "shuffled")
    refused = {p.sport for p in packets if p.has(RST | ACK)}
    opened = [p.sport for p in packets if p.has(SYN | ACK)]
    check(opened == [20] and refused == set(range(10, 41)) - {20},
          "one is open", opened)
    last = [p.flags for p in packets if 20 in (p.sport, p.dport)]
    check(last == [SYN, SYN | ACK, RST], "and is left half-open", last)


def check_scan_connect():
    packets = after_2s(play(SCAN % "connect"))
    found = connections(packets)
    check(sorted(c.dport for c in found) == list(range(10, 41)) and
          len({c.sport for c in found}) == 31,
          "a scan of connections has a port for each")
    opened = [c for c in found if c.count(SYN | ACK, False)]
    check([c.dport for c in opened] == [20] and
          opened[0].count(FIN | ACK, True) == 1 and
          opened[0].count(FIN | ACK, False) == 1,
          "closes the one that it gets")


def check_scan_udp():
    packets = after_2s(play(SCAN % "udp"))
    asked = sorted(p.dport for p in packets if p.kind == "udp")
    refused = sorted(struct.unpack(">H", p.payload[22:24])[0]
                     for p in packets if p.kind == "icmp" and
                     (p.type, p.code) == (3, 3))
    check(asked == list(range(10, 41)), "a scan of datagrams")
    check(refused == [p for p in asked if p != 20],
          "hears of closed ports by ICMP", refused)


def check_flood():
    packets = play("""transfer from client to server port 80
    bytes 10
flood from client to server port 80 at 2s
    count 300
    every 1ms
    sources 198.51.100.128/26
flood from client to server port 9 at 4s
    kind udp
    count 100
    size 64
flood from client to server at 6s
    kind icmp
    count 100
    size 64
""", host="client")
    packets = after_2s(packets)
    syns = [p for p in packets if p.has(SYN)]
    block = ipaddress.ip_network("198.51.100.128/26")
    check(len(syns) == 300 and all(ipaddress.ip_address(p.source) in block
                                   for p in syns),
          "a flood comes from addresses of its block")
    check(len({p.source for p in syns}) > 50 and
          len({p.sport for p in syns}) > 250, "many of them")
    # Those that come back are quoted in errors, and are no datagrams.
    udp = [p for p in packets if p.kind == "udp"]
    check(len(udp) == 100 and {(p.source, p.dport, len(p.payload))
                               for p in udp} == {("192.168.1.10", 9, 64)},
          "without a block it names itself")
    echo = [p for p in packets if p.kind == "icmp" and p.type == 8]
    check(len(echo) == 100 and {len(p.payload) for p in echo} == {64},
          "a flood of pings")


def check_tunnel():
    packets = play("""tunnel t.example.net from client
    bytes 1001
    every 50ms
""")
    asked = [name_of(p.payload) for p in packets if p.kind == "udp" and
             p.dport == 53]
    told = [p.payload for p in packets if p.kind == "udp" and p.sport == 53]
    check({kind for _, kind in asked} == {16}, "a tunnel asks for texts")
    check(all(labels[-3:] == [b"t", b"example", b"net"]
              for labels, _ in asked), "below its domain")
    check([labels[0] for labels, _ in asked] ==
          [b"%x" % n for n in range(len(asked))], "counts")
    text = [b"".join(labels[1:-3]).upper() for labels, _ in asked]
    carried = [base64.b32decode(t + b"=" * (-len(t) % 8)) for t in text]
    check(sum(map(len, carried)) == 1001, "and carries all bytes in base32",
          [len(c) for c in carried])
    check([base64.b32encode(c).rstrip(b"=") for c in carried] == text,
          "whose last bits are 0")
    check(len(told) == len(asked) and all(
        t[7] == 1 and t[3] & 15 == 0 for t in told), "each is answered")


def check_much():
    """What a socket has no room for is not kept, however much it is."""
    for what in ("browse from a to b\n    response 1G\n",
                 "browse from a to b\n    tls\n    response 1G\n",
                 "transfer from a to b port 9\n    bytes 4G\n"
                 "    chunk 4G\n"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "much.scenario")
            with open(path, "w") as file:
                file.write("limit 100ms\nhost a\nhost b\n" + what)
            process = subprocess.Popen(
                [LABGEN, "synth", path, "-o", folder],
                stderr=subprocess.DEVNULL)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        check(process.returncode == 0 and used.ru_maxrss < 400000,
              "much to write, little memory: %s" % what.split("\n")[0],
              process.returncode, "%d KiB" % used.ru_maxrss)


check_browse_clear()
check_browse_tls()
check_much()
check_shared_port()
check_transfer()
check_stall()
check_datagrams()
check_ping()
check_lookup()
check_lost_lookup()
check_scan_syn()
check_scan_connect()
check_scan_udp()
check_flood()
check_tunnel()
end()
