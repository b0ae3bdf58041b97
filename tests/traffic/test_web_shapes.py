"""The scenarios that are shaped after captures of the original TCP messaging
toolkit have their numbers: packets, bytes of IPv4, mean and median gaps, each
in and out, within a tenth.  With PCAPSTAT_CAPTURES they are held against what
the original program printed of them."""
import csv
import os
import statistics
import tempfile

from lab import check, end, read_pcap, skip, synth

TENTH = 0.1

# Of the original program, over the original captures; gaps in seconds.
ORIGINALS = {
    "google": {
        "packets_in": 551, "packets_out": 458,
        "bytes_in": 700648, "bytes_out": 97836,
        "time_in_mean": 0.020355475, "time_in_median": 0.000003,
        "time_out_mean": 0.024759606, "time_out_median": 0.000230},
    "nat_geo": {
        "packets_in": 2441, "packets_out": 1920,
        "bytes_in": 3324530, "bytes_out": 490950,
        "time_in_mean": 0.009895264, "time_in_median": 0.000002,
        "time_out_mean": 0.012552707, "time_out_median": 0.000108},
    "wikipedia": {
        "packets_in": 100, "packets_out": 87,
        "bytes_in": 113146, "bytes_out": 16250,
        "time_in_mean": 0.077033374, "time_in_median": 0.001553,
        "time_out_mean": 0.090074453, "time_out_median": 0.002190},
}

CLIENT = "192.168.2.151"


def numbers_of(packets):
    found = {}
    for way in ("in", "out"):
        mine = [p for p in packets if p.ip_len and
                (p.source == CLIENT) == (way == "out")]
        times = [p.ts_ns for p in mine]
        gaps = [b - a for a, b in zip(times, times[1:])]
        found["packets_" + way] = len(mine)
        found["bytes_" + way] = sum(p.ip_len for p in mine)
        found["time_%s_mean" % way] = sum(gaps) / len(gaps) / 1e9
        found["time_%s_median" % way] = statistics.median(gaps) / 1e9
    return found


def visit(name, folder):
    out = os.path.join(folder, name)
    done = synth("web-" + name, out)
    check(done.returncode == 0, "web-%s is played" % name, done.stderr)
    return read_pcap(os.path.join(out, "client.pcap"))


def check_shape(name, wanted, found):
    for column, value in wanted.items():
        check(abs(found[column] - value) <= TENTH * value,
              "web-%s: %s is %g, the original's is %g" %
              (name, column, found[column], value))


def check_originals():
    """The numbers above are those of the file."""
    folder = os.environ.get("PCAPSTAT_CAPTURES")
    path = os.path.join(folder or "", "originals",
                        "toolkit-read_pcap-output", "out.csv")
    if not folder or not os.path.exists(path):
        skip("they are what the original program printed",
             "PCAPSTAT_CAPTURES names no folder with its output")
        return
    with open(path, newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    for name, wanted in ORIGINALS.items():
        row = rows[name + ".pcap"]
        for column, value in wanted.items():
            check(abs(float(row[column]) - value) <= 1e-6 * value,
                  "%s: %s is what the original program printed" %
                  (name, column), row[column])


def check_others(folder):
    """Those without numbers differ from all others, and from each other."""
    seen = []
    for name in ("georgetown", "yahoo_finance"):
        found = numbers_of(visit(name, folder))
        check(200 < found["packets_in"] < 2000 and
              found["packets_out"] > 100, "web-%s is a visit" % name, found)
        check(0 < found["time_in_median"] < 0.001,
              "with bursts", found["time_in_median"])
        seen.append(found["packets_in"])
    check(len(set(seen + [n["packets_in"] for n in ORIGINALS.values()])) == 5,
          "no two are alike")


with tempfile.TemporaryDirectory() as folder:
    for name, wanted in ORIGINALS.items():
        check_shape(name, wanted, numbers_of(visit(name, folder)))
    check_others(folder)
check_originals()
end()
