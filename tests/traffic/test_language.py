"""labgen-scenario(5) against the language that labgen reads: every word of the
parser's tables is on the page and the other way round, with the bounds, the
defaults and the owners that the page tells of."""
import filecmp
import glob
import os
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import page
from lab import LABGEN, ROOT, check, end, synth

PAGE = page.sections("labgen-scenario.5")
PROTOCOLS = ["echo", "im", "eim", "p2p", "class", "caps", "room"]
VERBS = ["talk", "browse", "transfer", "datagrams", "ping", "lookup", "scan",
         "flood", "tunnel"]
# What a property does is to be seen in these.
NETWORKS = """network lan 192.168.1.0/24
    %s
network outside 203.0.113.0/24
    capture
"""
HOSTS = """host a 192.168.1.10
    capture %s
    resolver b
    link %s
    tcp %s
    %s
host b 203.0.113.5
    capture
    link latency uniform 1ms to 3ms
    name www.example.org
    serve dns
    serve %s
    serve caps port 777
"""
TAIL = """talk echo from a to b
    say "one"
    wait for "one"
transfer from a to b port 5001 at 1s
    bytes 300K
transfer from a to b port 5002 at 9s
    bytes 300K
    download
"""
# Who cannot be reached, and who is gone in the middle.
DEAD = """host dead 203.0.113.6
    link loss 100%%
host dying 203.0.113.7
    link up drop %s
transfer from a to dead port 5001 at 10s
transfer from a to dying port 5001 at 10s
""" % ",".join(map(str, range(6, 99)))
FULL = """flood from a to b port 778 at 20s
    every 0
    count 1200
"""
LONG = """ping from a to b
    count 3700
"""
TALKS = {
    "echo": "", "im": "", "p2p": "", "caps": "", "room": "",
    "class": '    password "x"\n',
    "eim": '    confidentiality "c"\n    authenticity "a"\n',
}
# With these a property shows.
ACTS = {"limit": LONG, "queue": FULL, "rto-min": DEAD, "retries": DEAD,
        "syn-retries": DEAD}
MORE = {
    ("browse", "connections"): "objects 3", ("browse", "think"): "pages 2",
    ("lookup", "every"): "count 2", ("flood", "size"): "kind udp",
}
ACTIONS = {
    "talk": "talk echo from a to b",
    "browse": "browse from a to b",
    "transfer": "transfer from a to b port 6000",
    "datagrams": "datagrams from a to b port 6000",
    "ping": "ping from a to b",
    "lookup": "lookup www.example.org from a",
    "scan": "scan from a to b ports 770-779",
    "flood": "flood from a to b port 777",
    "tunnel": "tunnel t.example from a",
}


def hosts(**put):
    words = ("capture", "link", "tcp", "host", "serve")
    return NETWORKS % put.get("network", "") + HOSTS % tuple(
        put.get(w, "echo" if w == "serve" else "") for w in words)


def talk(word, line):
    """A talk of a protocol that has the property, and one that answers it."""
    kind = {"peer-port": "p2p", "framing": "im", "keys": "eim"}
    kind = kind.get(word, "echo")
    steps = '    say "@c: one"\n    after 1s say "two"\n'
    other = "talk %s from c to b\n%s    at 1s say \"@a: three\"\n" % (
        kind, TALKS[kind]) if kind != "echo" else ""
    return hosts(serve=kind) + "host c\n" + other + \
        "talk %s from a to b\n%s    %s\n" % (kind, TALKS[kind], line) + steps


def scenario(table, line):
    """One in which that line is a property of the table, or nothing."""
    word = line.split(" ")[0]
    if table == "statement":
        return line + "\n" + hosts() + TAIL + ACTS.get(word, "")
    if table in ("network", "host", "capture", "link", "tcp"):
        return hosts(**{table: line}) + TAIL + ACTS.get(word, "")
    if table == "serve" and word == "framing":
        return hosts(serve="im " + line) + \
            'talk im from a to b\n    say "x"\n    after 1s say "y"\n'
    if table == "serve":
        return hosts(serve="echo " + line) + TAIL
    if table == "talk":
        return talk(word, line)
    if table == "action":
        verb = {"type": "lookup", "port": "browse"}.get(word, "transfer")
        return hosts() + ACTIONS[verb] + " " + line + "\n"
    return hosts() + ACTIONS[table] + "\n    %s\n    %s\n" % (
        line, MORE.get((table, word), ""))


def fault(text):
    """What labgen check says of it; "" where it is fine."""
    done = subprocess.run([LABGEN, "check", "-"], input=text, text=True,
                          capture_output=True, timeout=30)
    return done.stderr


def table_of(heading):
    """"Of host" is the table of host."""
    name = heading[len("Of "):]
    return "action" if name == "an action" else name


def tables():
    return {table_of(h): items for h, items in PAGE.items()
            if h.startswith("Of ")}


def words_of_sources():
    """{table: [word]} of the rows of traffic/scenario/, all choices, and all
    words that may stand more than once."""
    found, choices, repeats = {}, set(), set()
    for path in glob.glob(os.path.join(ROOT, "traffic/scenario/*.c")):
        with open(path) as file:
            text = file.read()
        lists = dict(re.findall(
            r"struct property (\w+)\[\] = \{\n(.*?)\n\};", text, re.S))
        for of, rows in re.findall(r"PROPERTY_TABLE\((\S+),\s*(\w+)\)", text):
            of = of.strip('"') if of.startswith('"') else "action"
            found[of] = re.findall(r'^\t\{ "([a-z0-9-]+)",', lists.pop(rows),
                                   re.M)
        check(not lists, "%s has no list without a table" %
              os.path.basename(path), lists)
        for rows in re.findall(r"struct choice \w+\[\] = \{\n(.*?)\n\t?\};",
                               text, re.S):
            choices.update(re.findall(r'\{ "(\w+)"', rows))
        repeats.update(re.findall(
            r'^\t\{ "([a-z-]+)",[^{}]*\.repeats = true', text, re.M))
        if os.path.basename(path) == "statement.c":
            found["statement"] = re.findall(
                r'^\t(?:\{ |ACTION\()"(\w+)",', text, re.M)
    return found, choices, repeats


def repeats_on_page():
    with open(os.path.join(page.MAN, "labgen-scenario.5")) as file:
        said = re.search(r"^A property stands once, but for\n\.Cm (.*)\n"
                         r"and the steps", file.read(), re.M)
    steps = {i.names("Cm")[0] for i in tables()["talk"]
             if i.text.strip() in ("", "Steps.")}
    return set(said[1].split(" , ")) | steps


def check_words():
    sources, choices, repeats = words_of_sources()
    on_page = {t: [i.names("Cm")[0] for i in items]
               for t, items in tables().items()}
    on_page["statement"] = [w for i in PAGE["STATEMENTS"]
                            for w in i.names("Ic")]
    check(len(sources) == 17, "seventeen tables of words", sorted(sources))
    check(sorted(on_page) == sorted(sources),
          "a list of the page for each of them", sorted(on_page))
    for table in sorted(sources):
        got, wanted = sorted(on_page.get(table, [])), sorted(sources[table])
        check(got == wanted and len(wanted) > 1,
              "the page has the words of %s" % table,
              "page: %s" % got, "program: %s" % wanted)
    told = {w for items in tables().values() for i in items
            for w in i.names("Cm")[1:]}
    check(choices == told - {"name", "for", "within", "after", "known", "by",
                             "every", "up", "down"} and len(choices) > 10,
          "and all words that are chosen from", sorted(choices ^ told))
    got = repeats_on_page()
    check(got == repeats and len(got) > 6,
          "and those that may stand more than once", sorted(got ^ repeats))


def owners(item, everybody):
    """Who has the property by the page."""
    said = item.belongs_to()
    if said is None:
        return set(everybody)
    return set(everybody) - set(said[0]) if said[1] else set(said[0])


def check_owners():
    def has(text):
        return not re.search(
            "means nothing to|not a property|stands on ", fault(text))

    for table in ("talk", "serve", "action"):
        for item in tables()[table]:
            word = item.names("Cm")[0]
            everybody = VERBS if table == "action" else PROTOCOLS
            line = {"talk": "host a\nhost b\ntalk %%s from a to b\n    %s\n",
                    "serve": "host b\n    serve %%s %s\n",
                    "action": "%%s%%s %s\n"}[table] % word
            got = set()
            for who in everybody:
                first = {"talk": " echo", "lookup": " x", "tunnel": " x"}
                if has(line % ((who, first.get(who, ""))
                               if table == "action" else who)):
                    got.add(who)
            wanted = owners(item, everybody)
            check(got == wanted, "who has %s of %s" % (word, table),
                  "page: %s" % sorted(wanted), "program: %s" % sorted(got))


UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def bytes_of(text):
    return int(text[:-1]) * UNITS[text[-1]] if text[-1] in UNITS else \
        int(text)


def past(most, argument):
    """A value that is too large."""
    if argument in ("SIZE", "N", "BYTES", "SEGMENTS") or \
            most.isdigit() or most[-1] in UNITS:
        return str(bytes_of(most) + 1)
    number, unit = re.match(r"([\d.]+)(\D+)$", most).groups()
    return "%d%s" % (int(number) + 1, unit)


def bounds_fit(said, least, most):
    match = re.search(r"between (\S+) and (\S+)( bytes)?$", said.strip())
    if match is None:
        match = re.search(r"\((\S+) to (\S+),", said)
    if match is None:
        return False
    if match.lastindex == 3 or match[1].isdigit() and match[2].isdigit():
        return [int(match[1]), int(match[2])] == [bytes_of(least),
                                                  bytes_of(most)]
    return [match[1], match[2]] == [least, most]


def place(table, word, value):
    more = " every 1ms" if (table, word) == ("browse", "burst") else ""
    return scenario(table, "%s %s%s" % (word, value, more))


def check_bounds():
    """What is just past the most tells the bounds."""
    count = 0
    everything = dict(tables(), statement=PAGE["STATEMENTS"])
    for table, items in sorted(everything.items()):
        for item in items:
            bounds = re.match(r"(\S+) to (\S+?)(;|$)", item.parens)
            word = (item.names("Cm") + item.names("Ic"))[0]
            if bounds is None or word == "start":
                continue
            most = bounds[2]
            said = fault(place(table, word, past(most,
                                                 item.names("Ar")[0])))
            count += 1
            check(bounds_fit(said, bounds[1], most),
                  "%s of %s: %s to %s" % (word, table, bounds[1], most), said)
    check(count > 50, "so many properties have bounds", count)


def same(one, other):
    """Both make the same files, but for the truth's names of the scenario."""
    names = sorted(os.listdir(one))
    return names == sorted(os.listdir(other)) and len(names) > 1 and \
        filecmp.cmpfiles(one, other, names, shallow=False)[1:] == ([], [])


def defaults():
    for table, items in dict(tables(), statement=PAGE["STATEMENTS"]).items():
        for item in items:
            word = (item.names("Cm") + item.names("Ic"))[0]
            bounds, mark, value = item.parens.partition("; ")
            if mark == "" and " to " not in bounds:
                value = bounds
            if value:
                yield table, word, value


def play(text, folder):
    path = os.path.join(folder, "x.scenario")
    os.mkdir(folder)
    with open(path, "w") as file:
        file.write(text)
    return synth(path, os.path.join(folder, "out")).returncode == 0


def default_holds(top, number, table, word, value):
    with_it = place(table, word, value)
    without = with_it.replace("%s %s" % (word, value), "", 1)
    folders = [os.path.join(top, "%d%s" % (number, s)) for s in "ab"]
    if not play(without, folders[0]) or not play(with_it, folders[1]):
        return table, word, value, False
    return table, word, value, \
        same(*(os.path.join(f, "out") for f in folders))


def check_defaults():
    """A property that is given its default changes nothing."""
    with tempfile.TemporaryDirectory() as top, ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda n_d: default_holds(top, n_d[0], *n_d[1]),
                             enumerate(defaults())))
    check(len(done) > 40, "so many properties have a default", len(done))
    for table, word, value, good in done:
        check(good, "%s of %s is %s by default" % (word, table, value))


def example():
    """The page's longest example: a scenario."""
    with open(os.path.join(page.MAN, "labgen-scenario.5")) as file:
        blocks = re.findall(r"^\.Bd [^\n]*\n(.*?)^\.Ed", file.read(),
                            re.S | re.M)
    text = max(blocks, key=len)
    return text.replace("\\-", "-").replace("\\e", "\\")


def check_example():
    text = example()
    said = fault(text)
    check(said == "" and text.startswith("title "),
          "the example is a scenario", said)
    with tempfile.TemporaryDirectory() as top:
        check(play(text, os.path.join(top, "x")), "and can be played")


check_words()
check_owners()
check_bounds()
check_defaults()
check_example()
end()
