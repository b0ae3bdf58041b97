"""Results read back by other programs' means: JSON strictly, CSV, SQLite; all
formats of one table say the same."""
import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

PROGRAM = os.environ["PCAPSTAT"]
ROOT = os.environ["top_srcdir"]
SECONDS = 30

number = 0
failed = False


def check(good, what, *said):
    global number, failed
    number += 1
    print("%s %d - %s" % ("ok" if good else "not ok", number, what))
    if not good:
        failed = True
        for line in said:
            print("# %s" % (line,))


def pcapstat(folder, *arguments):
    done = subprocess.run([PROGRAM] + list(arguments), cwd=folder,
                          capture_output=True, timeout=SECONDS,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode()


def refuse(text):
    raise ValueError("%s is no JSON" % text)


def unique(pairs):
    assert len(dict(pairs)) == len(pairs), "a name twice"
    return dict(pairs)


def strict(text):
    """RFC 8259: no NaN, no name twice; numbers stay as they are written."""
    return json.loads(text, parse_constant=refuse, parse_float=str,
                      parse_int=str, object_pairs_hook=unique)


def as_cells(rows, columns):
    """What a CSV reader sees: text, undefined ones empty."""
    return [["" if row[c] is None else row[c] for c in columns]
            for row in rows]


def check_formats(folder, command, inputs):
    expected, text = pcapstat(folder, command, "--format", "csv", *inputs)
    table = list(csv.reader(text.splitlines(), strict=True))
    columns, cells = table[0], table[1:]
    check(all(len(row) == len(columns) for row in cells),
          command + ": each line has a cell a column")
    schema = pcapstat(folder, "schema", "--format", "csv", command)[1]
    check([row["name"] for row in csv.DictReader(schema.splitlines())
           if row["option"] == ""] ==
          columns, command + ": schema lists the columns of CSV")

    status, text = pcapstat(folder, command, "--format", "json", *inputs)
    document = strict(text)
    check(status == expected, command + ": the same status as JSON")
    check(document["schema_version"] == "1" and document["table"] == command,
          command + ": JSON says what it is")
    check(all(list(row) == columns for row in document["rows"]),
          command + ": JSON has the columns of CSV, in their order")
    check(as_cells(document["rows"], columns) == cells,
          command + ": JSON has the cells of CSV")

    text = pcapstat(folder, command, "--format", "ndjson", *inputs)[1]
    rows = [strict(line) for line in text.splitlines()]
    check(rows == document["rows"], command + ": NDJSON has the rows of JSON")

    text = pcapstat(folder, command, "--format", "json", inputs[0],
                    "--columns", columns[2] + "," + columns[0])[1]
    check([list(row.values()) for row in strict(text)["rows"]] ==
          [[row[columns[2]], row[columns[0]]] for row in document["rows"]
           if row["file"] == inputs[0]],
          command + ": JSON has the columns that are asked for")

    for jobs in "1", "4":
        check_database(folder, command, inputs, jobs, columns, cells)


def cell(value):
    return "" if value is None else str(value)


def check_database(folder, command, inputs, jobs, columns, cells):
    if "SQLite" not in pcapstat(folder, "--version")[1]:
        check(True, command + " # SKIP built without SQLite")
        return
    pcapstat(folder, command, "-o", "x.db", "-j", jobs, *inputs)
    what = "%s: the database of %s threads " % (command, jobs)
    db = sqlite3.connect(os.path.join(folder, "x.db"))
    check(db.execute("pragma integrity_check").fetchall() == [("ok",)],
          what + "is sound")
    cursor = db.execute("select * from %s order by rowid" % command)
    check([d[0] for d in cursor.description] == columns,
          what + "has the columns of CSV")
    rows = cursor.fetchall()
    check(len(rows) == len(cells), what + "has as many rows")
    faults = [(column, ours, theirs)
              for row, line in zip(rows, cells)
              for column, ours, theirs in zip(columns, row, line)
              if cell(ours) != theirs and not close(ours, theirs)]
    check(not faults, what + "has its cells", *faults[:10])
    db.close()
    os.remove(os.path.join(folder, "x.db"))


def close(ours, theirs):
    """Times of a database are binary fractions."""
    return isinstance(ours, float) and theirs != "" and \
        abs(ours - float(theirs)) <= 1e-15 * abs(ours)


def strange_names(folder):
    """File names are cells, whatever they hold."""
    names = ['with,comma.pcap', 'with "quotes".pcap', 'with\nnewline.pcap',
             'with \\ and \t.pcap', 'gr\u00fc\u00dfe-\u65e5\u672c.pcap']
    source = os.path.join(folder, "us-le.pcap")
    for name in names:
        shutil.copy(source, os.path.join(folder, name))
    text = pcapstat(folder, "summary", "--format", "json", *names)[1]
    check([row["file"] for row in strict(text)["rows"]] == names,
          "strange names in JSON")
    text = pcapstat(folder, "summary", "--format", "csv", *names)[1]
    rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
    check([row[0] for row in rows[1:]] == names, "strange names in CSV")
    raw = b"no-utf8-\xff\xfe.pcap"
    shutil.copy(source.encode(), os.path.join(folder.encode(), raw))
    done = subprocess.run([PROGRAM.encode(), b"summary", b"--format",
                           b"json", raw], cwd=folder, capture_output=True,
                          timeout=SECONDS)
    try:
        row, = strict(done.stdout.decode("utf-8", "strict"))["rows"]
        check(row["packets_total"] == "8", "a name that is no UTF-8 in JSON")
    except ValueError as fault:
        check(False, "a name that is no UTF-8 in JSON", fault)


def main():
    captures = os.path.join(ROOT, "tests", "captures")
    with tempfile.TemporaryDirectory() as folder:
        names = sorted(n for n in os.listdir(captures) if ".pcap" in n)
        for name in names:
            shutil.copy(os.path.join(captures, name), folder)
        samples = os.path.join(ROOT, "pcap_files")
        for name in sorted(os.listdir(samples)):
            if ".pcap" in name:
                shutil.copy(os.path.join(samples, name), folder)
                names.append(name)
        names.append("missing.pcap")
        for command in "summary", "packets":
            check_formats(folder, command, names)
        strange_names(folder)
    print("1..%d" % number)
    sys.exit(failed)


main()
