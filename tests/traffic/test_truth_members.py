"""labgen-truth(5) against truth.json of the scenarios that come with labgen:
every member is on the page with its type, and every member on the page is
there."""
import json
import os
import subprocess
import tempfile

import page
from lab import LABGEN, check, end, synth

# What a heading is about: places in the file.
PLACES = {
    "The file": [""],
    "Of networks": [".networks"],
    "Of hosts": [".hosts"],
    "Of captures": [".captures"],
    "Of connections": [".connections"],
    "Of an end": [".connections.client", ".connections.server"],
    "Of packets": [".packets"],
    "Of fragment": [".packets.fragment"],
    "Of messages": [".messages"],
    "Of labels": [".labels"],
    "Of known": [".captures.known"],
    "Of totals": [".captures.known.totals"],
    "Of gaps": [".captures.known.totals." + t for t in
                ("time_in", "time_out", "time_all")] +
               [".captures.known.flows." + s for s in ("a_iat", "b_iat")],
    "Of flows": [".captures.known.flows"],
    "Of known connections": [".captures.known.connections"],
    "Of round trips": [".captures.known.connections." + r for r in
                       ("client_rtt", "server_rtt", "client_ts_rtt",
                        "server_ts_rtt")],
    "Of segments": [".captures.known.segments"],
}
TYPES = {bool: "boolean", int: "integer", str: "string", list: "list",
         dict: "object", type(None): "null"}
# A datagram that only the router has to cut.
CUT = """host a 192.168.1.10
host b 203.0.113.5
    mtu 1000
datagrams from a to b port 9
    size 1200
    count 1
"""


def collect(value, place, found):
    """found[place][member]: its types."""
    if isinstance(value, dict):
        members = found.setdefault(place, {})
        for name, member in value.items():
            members.setdefault(name, set()).add(TYPES[type(member)])
            collect(member, place + "." + name, found)
    elif isinstance(value, list):
        for item in value:
            collect(item, place, found)


def truths(top):
    """Of all that come with labgen, and of one more."""
    names = subprocess.run([LABGEN, "list"], capture_output=True, text=True,
                           check=True, timeout=30).stdout.splitlines()
    names = [line.split()[0] for line in names]
    check(len(names) > 20, "labgen comes with scenarios", names)
    path = os.path.join(top, "cut.scenario")
    with open(path, "w") as file:
        file.write(CUT)
    for name in names + [path]:
        folder = os.path.join(top, os.path.basename(name) + ".out")
        if synth(name, folder).returncode != 0:
            check(False, "%s is played" % name)
            continue
        with open(os.path.join(folder, "truth.json")) as file:
            yield json.load(file)


def on_page(items):
    """{member: types} of the lists below a heading; items without a type have
    that of the next one with."""
    found, waiting = {}, []
    for item in items:
        waiting += item.names("Va")
        if item.parens:
            for name in waiting:
                found[name] = set(item.parens.split(" or "))
            waiting = []
    return found


def check_place(heading, there, told):
    missing = sorted(set(there) - set(told))
    extra = sorted(set(told) - set(there))
    check(there and not missing and not extra, "members: " + heading,
          "not on the page: %s" % missing, "only on the page: %s" % extra)
    wrong = ["%s is %s" % (name, sorted(types)) for name, types in
             sorted(there.items()) if not types <= told.get(name, types)]
    never = ["%s is never one" % name for name, types in sorted(told.items())
             if name in there and not (types - {"null"}) <= there[name]]
    check(not wrong and not never, "types: " + heading, *wrong, *never)


def main():
    found = {}
    with tempfile.TemporaryDirectory() as top:
        for truth in truths(top):
            collect(truth, "", found)
    sections = page.sections("labgen-truth.5")
    placed = set(sum(PLACES.values(), []))
    check(set(found) == placed, "the page has every object",
          sorted(set(found) ^ placed))
    for heading, places in PLACES.items():
        there = {}
        for place in places:
            for name, types in found.get(place, {}).items():
                there.setdefault(name, set()).update(types)
        check_place(heading, there, on_page(sections.get(heading, [])))


main()
end()
