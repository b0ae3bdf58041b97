"""Pages of report: what HTML readers make of them, that their numbers are those
of the commands, that nothing is fetched or executed, and that the same bytes come
out for any number of threads."""
import base64
import csv
import hashlib
import html.parser
import io
import os
import re
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from urllib.parse import unquote_to_bytes

PROGRAM = os.environ["PCAPSTAT"]
ROOT = os.path.realpath(os.environ["top_srcdir"])
SAMPLES = os.path.join(ROOT, "pcap_files")
SECONDS = 60
VOID = {"meta", "br", "hr", "img", "link", "input"}

number = 0
failed = False


def check(good, what, *said):
    global number, failed
    number += 1
    print("%s %d - %s" % ("ok" if good else "not ok", number, what))
    if not good:
        failed = True
        for line in said:
            print("# %s" % (str(line)[:500].replace("\n", " "),))


def pcapstat(folder, *arguments):
    done = subprocess.run([PROGRAM] + list(arguments), cwd=folder,
                          capture_output=True, timeout=SECONDS,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


class Page(html.parser.HTMLParser):
    """Balance, addresses, ids, tables."""

    def __init__(self, data):
        super().__init__(convert_charrefs=True)
        self.open, self.faults = [], []
        self.tags, self.ids, self.addresses = set(), [], []
        self.tables, self.texts, self.codes = {}, [], []
        self.attributes = set()
        self.feed(data.decode("utf-8"))
        self.close()
        if self.open:
            self.faults.append("still open: %s" % self.open)

    def handle_starttag(self, tag, attrs):
        self.note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.caption, self.rows = "", []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "code":
            self.codes.append("")

    def handle_startendtag(self, tag, attrs):
        self.note(tag, attrs)

    def note(self, tag, attrs):
        self.tags.add(tag)
        names = [name for name, value in attrs]
        if len(set(names)) != len(names):
            self.faults.append("an attribute twice: %s" % (attrs,))
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value)
            if name in ("href", "src", "xlink:href", "action", "data"):
                self.addresses.append(value)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append("</%s> closes another at %s" %
                               (tag, self.getpos()))
        if tag == "table":
            self.tables[self.caption] = self.rows

    def handle_data(self, data):
        self.texts.append(data)
        if "caption" in self.open[-1:]:
            self.caption += data
        elif "table" in self.open and self.rows and (
                "td" in self.open or "th" in self.open):
            self.rows[-1][-1] += data
        if "code" in self.open:
            self.codes[-1] += data

    def table(self, start):
        return next(rows for caption, rows in self.tables.items()
                    if caption.startswith(start))


def check_page(data, what, folder=None):
    """Whatever is in it, it is a page, and asks for nothing."""
    page = Page(data)
    check(not page.faults, "%s: tags are balanced" % what, *page.faults[:3])
    twice = {i for i in page.ids if page.ids.count(i) > 1}
    check(not twice, "%s: each id is there once" % what, twice)
    # No colon before a slash: no scheme.
    outside = [a for a in page.addresses
               if not re.fullmatch(r"#[\w-]+|(\.\./)*[\w~%-][\w./~%-]*\.html", a)]
    check(not outside, "%s: nothing is asked for elsewhere" % what, outside)
    lost = [a for a in page.addresses if a[0] == "#" and
            a[1:] not in page.ids]
    check(not lost, "%s: every link within it leads somewhere" % what, lost)
    # Names of namespaces are no addresses.
    rest = data.replace(b'"http://www.w3.org/2000/svg"', b"")
    check(b"<script" not in rest and b"@import" not in rest and
          b"url(" not in rest and not [a for a in page.attributes
                                       if a.startswith("on")],
          "%s: no script and no style from elsewhere" % what)
    styles = re.findall(rb"<style>(.*?)</style>", data, re.S)
    policy = re.search(rb'Content-Security-Policy" content="([^"]*)"', data)
    allowed = set(re.findall(rb"sha256-([A-Za-z0-9+/=]+)'", policy.group(1)))
    used = {base64.b64encode(hashlib.sha256(s).digest()) for s in styles}
    check(used <= allowed and b"default-src 'none'" in policy.group(1) and
          b"unsafe" not in policy.group(1),
          "%s: its policy allows its own styles only" % what, used, allowed)
    return page


def check_numbers(page, folder, what):
    """Every table that names its command has that command's cells."""
    commands = [shlex.split(c) for c in page.codes
                if c.startswith("pcapstat ")]
    starts = {"summary": "Summary", "timeline": "Volume", "sizes": "Packet",
              "protocols": "Protocols", "flows": "Top", "gaps": "Times"}
    seen = 0
    for words in commands:
        name = words[1]
        start = starts.get(name)
        if name == "tcp":
            start = ("TCP handshakes" if "--handshakes" in words else
                     "TCP connections")
        if name == "anomalies":
            start = "Anomalous %s: %s" % (
                "packets" if "packet" in words else "conversations",
                "how" if "--totals" in words else "a ")
        if start is None:
            continue
        status, out, err = pcapstat(folder, *words[1:], "--format", "csv",
                                    "-q")
        rows = list(csv.DictReader(out.decode().splitlines(), strict=True))
        try:
            table = page.table(start)
        except StopIteration:
            check(not rows, "%s: %s has no rows" % (what, name), words)
            continue
        if rows and table[0][1] in rows[0]:
            got = [dict(zip(table[0], row)) for row in table[1:]]
        else:  # upright: a column a line
            got = [{row[0]: row[1] for row in table}]
        good = len(got) == len(rows) and all(
            row[c] == text for row, cells in zip(rows, got)
            for c, text in cells.items())
        check(good and status in (0, 1) and got,
              "%s: %s: the page's numbers are the command's" % (what, name),
              words, err)
        seen += 1
    return seen


def check_samples(folder):
    status, _, err = pcapstat(folder, "report", SAMPLES, "-O", "one", "-j1")
    check(status == 0, "a folder", err)
    pcapstat(folder, "report", SAMPLES, "-O", "four", "-j4", "-q")
    found = sorted(os.path.relpath(os.path.join(at, name), folder + "/one")
                   for at, _, names in os.walk(folder + "/one")
                   for name in names)
    again = [read(folder, "four", name) for name in found]
    check(again == [read(folder, "one", name) for name in found],
          "pages have the same bytes for any number of threads", found)
    index = check_page(read(folder, "one", "index.html"), "index")
    linked = sorted(a for a in index.addresses if a[0] != "#")
    check(linked == [n for n in found if n != "index.html"] and
          "chat-lab/client1.pcap.html" in linked,
          "the index links to every page, in sub-folders too", linked, found)
    google = check_page(read(folder, "one", "google.pcap.html"),
                        "google.pcap")
    check(check_numbers(google, folder, "google.pcap") >= 8,
          "google.pcap: the tables are there")
    digest = hashlib.sha256(read(SAMPLES, "google.pcap")).hexdigest()
    check(google.table("Inputs")[1][1:] ==
          [str(os.path.getsize(SAMPLES + "/google.pcap")), digest, "ok"],
          "provenance is the file's size and SHA-256")
    lab = check_page(read(folder, "one", "chat-lab", "chatserver.pcap.html"),
                     "a page in a sub-folder")
    text = read(folder, "one", "google.pcap.html")
    check(0 < text.index(b'<section id="volume">') < text.index(b"<svg ") <
          text.index(b'<section id="figures">'),
          "the first picture is before the list of all figures")
    check(any("No packet comes from there. --local NET" in t
              for t in lab.texts) and not any("--local NET" in t
              for t in google.texts),
          "the hint to --local is where all packets come in")
    check("../index.html" in lab.addresses, "it leads back to the index")
    check(sum(len(read(folder, "one", n)) for n in found) < 8 << 20,
          "pages are small")


def savefile(*frames, end=b""):
    out = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for second, frame in frames:
        out += struct.pack("<IIII", second, 0, len(frame), len(frame)) + frame
    return out + end


def datagram(payload, port=9):
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), 1, 0, 64,
                     17, 0, bytes([192, 168, 0, 1]), bytes([10, 0, 0, 1]))
    udp = struct.pack(">HHHH", 4711, port, 8 + len(payload), 0)
    return b"\2" * 12 + b"\x08\0" + ip + udp + payload


EVIL = [b"<script>alert(1)</script>", b"\"'><img src=x onerror=alert(1)>",
        b"]]></style></svg><b>", b"\xff\xfe\x80\xc0<", "\u202e\u2028".encode()]


def check_hostile(folder):
    """Names and payloads are text, whatever they are."""
    captures = os.path.join(folder, "evil")
    os.mkdir(captures)
    names = [b"<b>&\"'.pcap", b"a\nb\x1b[1m.pcap", b"\xff\xfe.pcap",
             b"-o.pcap", b"100%:#?x.pcap", b"javascript:alert(1)"]
    frames = [(n, datagram(p)) for n, p in enumerate(EVIL)]
    for name in names:
        with open(os.path.join(captures.encode(), name), "wb") as file:
            file.write(savefile(*frames))
    status, _, err = pcapstat(folder, "report", "evil", "-O", "safe", "-q")
    check(status == 0, "names that are hostile: status", err)
    index = check_page(read(folder, "safe", "index.html"), "hostile index")
    pages = [a for a in index.addresses if a[0] != "#"]
    check(len(pages) == len(names), "hostile: all have pages", pages)
    check(all(os.path.exists(os.path.join(folder.encode(), b"safe",
                                          unquote_to_bytes(a)))
              for a in pages), "hostile: links lead to the pages", pages)
    for address in pages:
        path = os.path.join(folder.encode(), b"safe",
                            unquote_to_bytes(address))
        with open(path, "rb") as file:
            page = check_page(file.read(), "hostile " + address)
        check(not {"script", "img", "b"} & page.tags,
              "hostile %s: no tag of its own" % address, page.tags)
        text = "".join(page.texts)
        check("<script>alert" in text and "\x1b" not in text and
              "\u202e" not in text,
              "hostile %s: the payload is told as text" % address)


def check_odd(folder):
    """Captures with nothing, with one packet, with years, cut ones."""
    year = 365 * 86400
    cases = {
        "empty": (savefile(), 0),
        "single": (savefile((5, datagram(b"x"))), 0),
        "years": (savefile((0, datagram(b"x")),
                           (30 * year, datagram(b"y"))), 0),
        "cut": (savefile((5, datagram(b"x")), end=b"\0" * 10), 1),
    }
    for name, (data, wanted) in cases.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        status, _, err = pcapstat(folder, "report", name, "-o",
                                  name + ".html")
        check(status == wanted, "%s: status" % name, status, err)
        page = check_page(read(folder, name + ".html"), name)
        check_numbers(page, folder, name)
        text = "".join(page.texts)
        if name == "empty":
            check("Nothing to show." in text, "empty: the page says so")
        if name == "cut":
            check("cut: " in text[:text.index("Summary: ")],
                  "cut: it is said at the top")
        if name == "years":
            check(len(read(folder, name + ".html")) < 400000,
                  "30 years between two packets: the page stays small")


def ip(payload, protocol, end):
    return (bytes(12) + b"\x08\0" + struct.pack(
        ">BBHHHBBH4B4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0,
        192, 168, 1, 2, end) + payload)


def syn(i):
    return ip(struct.pack(">HHIIBBHHH", 1024 + i, 80, i, 0, 0x50, 2, 99, 0, 0),
              6, b"\x0a\0\0\1")


def check_bounds(folder):
    """What a picture or a table has no room for is told where it lacks."""
    protocols = (6, 17, 1, 2, 47, 50, 132, 41, 58)
    frames = [(5, ip(bytes(60), n, b"\x0a\0\0\1")) for n in protocols
              for _ in range(3)]
    with open(folder + "/-protocols.pcap", "wb") as file:
        file.write(savefile(*frames))
    with open(folder + "/syns.pcap", "wb") as file:
        file.write(savefile(*[(5, syn(i)) for i in range(12100)]))
    pcapstat(folder, "report", "-o", "bounds.html", "-q", "--",
             "-protocols.pcap")
    page = Page(read(folder, "bounds.html"))
    text = "".join(page.texts)
    check("the 7 protocols of 9 with most packets" in text,
          "protocols that are not drawn are told", text[:400])
    check("the most, 3 of 27 (11.1\u00a0%)," in text,
          "a ninth of the packets is the most, not most", text[:400])
    volume = read(folder, "bounds.html").split(b'<section id="volume">')[1]
    volume = volume.split(b"</section>")[0]
    check(b'class="s1 steps' in volume and b'class="s0' not in volume,
          "what goes out looks the same without what comes in")
    words = shlex.split(next(c for c in page.codes
                             if c.startswith("pcapstat sizes")))
    check(pcapstat(folder, *words[1:])[0] == 0,
          "an input that looks like an option stays an input", words)
    pcapstat(folder, "report", "-o", "syns.html", "-q", "syns.pcap")
    text = "".join(Page(read(folder, "syns.html")).texts)
    check("12100 segments of handshakes, 12000 of the first 12000 a SYN" in
          text, "rows without room are counted", text[:400])


def rows_of(*words):
    return list(csv.DictReader(io.StringIO(
        pcapstat(SAMPLES, *words, "-q", "nat_geo.pcap")[1].decode())))


def heights(svg, number):
    """How far each path of a plot, the first or another, goes up; by class."""
    plot = re.split(r'class="heading">', svg)[number + 1]
    found = {}
    for look, path in re.findall(r'<path class="s(\d) (?:steps[^"]*)" '
                                 r'd="([^"]*)"', plot):
        bottom = float(re.match(r"M[\d.]+ ([\d.]+)", path).group(1))
        found[look] = bottom - min(float(y) for y in
                                   re.findall(r"V([\d.]+)", path))
    return found


def are_in_proportion(found, wanted):
    """Pixels, a tenth of one being what is drawn, and numbers."""
    part = max(found.values()) / max(wanted.values())
    return found.keys() == wanted.keys() and all(
        abs(found[k] - wanted[k] * part) < 0.25 for k in wanted)


def most(rows, columns):
    found = {str(i): max(int(r[c]) for r in rows)
             for i, c in enumerate(columns)}
    return {k: v for k, v in found.items() if v > 0}


def is_about(text, ns):
    number, unit = text.split("\u00a0")
    factor = {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}[unit]
    return abs(float(number) * factor - ns) <= 0.006 * ns


def check_pictures(folder):
    """Pictures and sentences are about the rows of their tables."""
    pcapstat(folder, "report", "-q", "-o", "pictures.html",
             SAMPLES + "/nat_geo.pcap")
    data = read(folder, "pictures.html").decode()
    text = "".join(Page(data.encode()).texts)
    svgs = {re.search(r'id="([a-z-]+)-title"', s).group(1): s
            for s in re.findall(r"<svg .*?</svg>", data, re.S)
            if '-title"' in s}
    volume = rows_of("timeline", "--interval", "auto")
    for i, what in enumerate(("frame_bytes", "packets")):
        wanted = most(volume, [what + "_in", what + "_out", what + "_other"])
        check(are_in_proportion(heights(svgs["volume"], i), wanted),
              "picture of volume: " + what, wanted,
              heights(svgs["volume"], i))
    sizes, wanted = rows_of("sizes"), {}
    for row in sizes:
        wanted.setdefault(row["protocol"], []).append(int(row["packets"]))
    wanted = {str(i): max(n) for i, n in enumerate(wanted.values())}
    check(are_in_proportion(heights(svgs["sizes"], 0), wanted),
          "picture of sizes", wanted, heights(svgs["sizes"], 0))
    bars = [(int(y), look, float(width)) for look, y, width in re.findall(
        r'class="s(\d) bar" x="[\d.]+" y="(\d+)" width="([\d.]+)" '
        r'height="11"', svgs["flows"])]
    found = {(y, look): width for y, look, width in bars}
    flows = rows_of("flows", "--top", "10", "--by", "ip_bytes")
    wanted = {(y, look): int(row[column])
              for row, y in zip(flows, sorted({y for y, _, _ in bars}))
              for look, column in (("0", "a_ip_bytes"), ("1", "b_ip_bytes"))}
    part = 610 / max(int(row["ip_bytes"]) for row in flows)
    check(len(bars) == 2 * len(flows) and all(
        abs(found[k] - max(0.5, wanted[k] * part)) < 0.15 for k in wanted),
          "picture of conversations", found, wanted)
    gaps = rows_of("gaps")
    said = re.search(r"(\d+) gaps? between packets in, (\d+) out, (\d+) in all",
                     text)
    check(said and [int(n) for n in said.groups()] == [
        sum(int(r["gaps"]) for r in gaps if r["direction"] == direction)
        for direction in ("in", "out", "all")], "number of gaps", said)
    check("nine in ten" not in text, "no quantiles of ranges")


def check_usage(folder):
    for words, what in (
            (["report"], "no INPUT"),
            (["report", SAMPLES, "-o", "x.html"], "need a folder"),
            (["report", "single", "-o", "x.html", "-O", "y"],
             "do not go together"),
            (["report", "single", "-o", "."], "is a folder"),
            (["report", "single", "-o", "x.PDF"], "only HTML is written"),
            (["report", "single", "-o", "x.csv"], "only HTML is written"),
            (["report", "single", "--join", "-O", "y"], "--join makes one"),
            (["report", "single", "-F", "nonsense("], "--filter")):
        status, out, err = pcapstat(folder, *words)
        check(status == 2 and what in err and out == b"",
              "wrong usage: %s" % " ".join(words[1:]), status, err)
    check(not [n for n in os.listdir(folder) if n in ("x.html", "x.PDF", "x.csv", "y")],
          "wrong usage writes nothing")
    status, _, err = pcapstat(folder, "report", "none", "-o", "x.html")
    check(status == 3 and not os.path.exists(folder + "/x.html"),
          "nothing read, nothing written", status, err)
    before = read(folder, "single")
    status, _, err = pcapstat(folder, "report", "single", "-o", "single")
    check(status == 1 and read(folder, "single") == before,
          "an input is not replaced", status, err)
    status, out, _ = pcapstat(folder, "report", "single", "-o", "-", "-q")
    check(status == 0 and out == read(folder, "single.html"),
          "standard output has the same page")
    status, _, err = pcapstat(folder, "report", "single", "years", "-O",
                              "two", "-q")
    check(status == 0 and sorted(os.listdir(folder + "/two")) ==
          ["index.html", "single.html", "years.html"], "several inputs",
          status, err)
    os.makedirs(folder + "/clash/a")
    os.makedirs(folder + "/clash/b")
    shutil.copy(folder + "/single", folder + "/clash/a/x")
    shutil.copy(folder + "/single", folder + "/clash/b/x")
    shutil.copy(folder + "/single", folder + "/clash/index")
    status, _, err = pcapstat(folder, "report", "clash/a/x", "clash/b/x",
                              "clash/index", "years", "-O", "three", "-q")
    check(status == 1 and err.count("another page") == 3 and
          sorted(os.listdir(folder + "/three")) ==
          ["index.html", "years.html"],
          "pages of one name: none of them is written", status, err)
    check_page(read(folder, "three", "index.html"), "index without pages")


def check_join(folder):
    status, _, err = pcapstat(folder, "report", "--join", "years", "single",
                              "-o", "join.html", "-q")
    page = check_page(read(folder, "join.html"), "join")
    check(status == 0 and len(page.table("Inputs")) == 3 and
          check_numbers(page, folder, "join") > 4, "join: one page", err)
    status, _, err = pcapstat(folder, "report", "--join", SAMPLES, "-o",
                              "all.html", "-q")
    page = check_page(read(folder, "all.html"), "join a folder")
    text = "".join(page.texts)
    check(status == 0 and len(page.table("Inputs")) == 14 and
          "and 12 more, joined" in text and "README" not in text and
          check_numbers(page, folder, "join a folder") > 9,
          "join a folder: its captures are one page", err)
    check(all(hashlib.sha256(read(SAMPLES, row[0])).hexdigest() == row[2]
              for row in page.table("Inputs")[1:]),
          "join a folder: each capture has its own hash")


def check_pipes(folder):
    """Standard input and FIFOs: the hash is of all bytes, damaged or not."""
    damaged = savefile((5, datagram(b"x")), end=b"\xff" * 300000)
    for what, data, wanted in (("whole", read(SAMPLES, "google.pcap"), 0),
                               ("damaged", damaged, 1)):
        done = subprocess.run([PROGRAM, "report", "-", "-o", "-", "-q"],
                              cwd=folder, input=data, capture_output=True,
                              timeout=SECONDS)
        page = check_page(done.stdout, "standard input, %s" % what)
        check(done.returncode == wanted and page.table("Inputs")[1][1:3] ==
              [str(len(data)), hashlib.sha256(data).hexdigest()],
              "standard input, %s: its hash" % what, done.stderr)
        text = "".join(page.texts)
        check("/proc/" not in text and b"/proc/" not in done.stderr and
              (wanted == 0 or b"standard input: offset" in done.stderr),
              "standard input, %s: is called so" % what, done.stderr)
    os.mkfifo(folder + "/fifo")
    run = subprocess.Popen([PROGRAM, "report", "fifo", "-o", "fifo.html",
                            "-q"], cwd=folder)
    with open(folder + "/fifo", "wb") as pipe:
        pipe.write(damaged[:-300000])
    check(run.wait(timeout=SECONDS) == 0 and hashlib.sha256(
        damaged[:-300000]).hexdigest().encode() in
        read(folder, "fifo.html"), "a FIFO has a hash")


def check_interrupted(folder):
    os.mkfifo(folder + "/pipe")
    done = subprocess.Popen([PROGRAM, "report", "pipe", "-o", "pipe.html"],
                            cwd=folder, stderr=subprocess.PIPE)
    with open(folder + "/pipe", "wb") as pipe:
        # More than pipes hold: the reading has begun.
        pipe.write(savefile(*[(5, datagram(b"x" * 1000))] * 2000))
        pipe.flush()
        done.send_signal(signal.SIGINT)
        err = done.communicate(timeout=SECONDS)[1].decode()
    check(done.returncode in (1, 3) and
          not [n for n in os.listdir(folder) if "pipe.html" in n],
          "interrupted: nothing half is left", done.returncode, err)


def main():
    folder = tempfile.mkdtemp()
    try:
        check_samples(folder)
        check_hostile(folder)
        check_odd(folder)
        check_bounds(folder)
        check_pictures(folder)
        check_usage(folder)
        check_join(folder)
        check_pipes(folder)
        check_interrupted(folder)
    finally:
        shutil.rmtree(folder)
    print("1..%d" % number)
    return failed


if __name__ == "__main__":
    sys.exit(main())
