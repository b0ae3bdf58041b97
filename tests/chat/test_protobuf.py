"""Messages of im and eim are, byte by byte, what protoc makes of what the
originals declare, and lists of users what json.dumps makes."""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.path.join(os.environ["top_builddir"], "tests", "chat",
                       "wire_lines")
WIRE = os.path.join(os.environ["top_srcdir"], "chat", "wire")
SECONDS = 60
SEED = int(os.environ.get("PCAPSTAT_TEST_SEED", "20240229"))

# Message, its file, and its fields in order; of text the originals say string.
MESSAGES = [
    ("Message", "im_message.proto", ("nickname", "message"), True),
    ("demo.IM", "eim_package.proto", ("nickname", "message"), True),
    ("demo.PlaintextAndMAC", "eim_package.proto", ("paddedPlaintext", "mac"),
     False),
    ("demo.EncryptedPackage", "eim_package.proto", ("iv", "encryptedMessage"),
     False),
]
TEXTS = ["", "a", "seen by raw", "caf\u00e9", "\u20ac", "\U0001f30d",
         "\x01\x1b\x7f\n", "x" * 127, "x" * 128, "y" * 20000]

# What a relay is sent, and whether protobuf it is; groups aside, which we
# refuse and protobuf knows.
PACKAGES = ["", "a20100", "f20101aa", "a20100f20100", "0801a20100f20100120100",
            "a00101", "a20101", "a001", "ff", "0201", "a2018080808010f20100",
            "18ffffffffffffffffff01", "18ffffffffffffffffffff01", "0d01020304",
            "0d010203", "0901020304050607", "0e", "0f"]

number = 0
failed = False


def check(wrong, what):
    global number, failed
    number += 1
    print("%s %d - %s" % ("not ok" if wrong else "ok", number, what))
    for line in wrong[:10]:
        failed = True
        print("# %s" % (line,))


def hexed(data):
    return data.hex() or "-"


def ask(lines):
    done = subprocess.run([PROGRAM], input="\n".join(lines) + "\n", text=True,
                          capture_output=True, timeout=SECONDS, check=True)
    return done.stdout.split("\n")[:-1]


def protoc(folder, arguments, data):
    return subprocess.run(["protoc", "--proto_path=" + folder] + arguments,
                          input=data, capture_output=True, timeout=SECONDS)


def quoted(data):
    return '"%s"' % "".join("\\%03o" % byte for byte in data)


def encode(folder, message, file, fields, values):
    text = "".join("%s: %s\n" % (field, quoted(value))
                   for field, value in zip(fields, values))
    done = protoc(folder, ["--encode=" + message, file], text.encode())
    assert done.returncode == 0, done.stderr
    return done.stdout


def decode(folder, message, file, data):
    done = protoc(folder, ["--decode=" + message, file], data)
    return done.returncode == 0 and done.stdout or None


def write_originals(folder):
    """The same files, with the types that the originals declare."""
    for file in {file for _, file, _, _ in MESSAGES}:
        with open(os.path.join(WIRE, file)) as ours:
            text = ours.read()
        text = re.sub(r"bytes (nickname|message)\b", r"string \1", text)
        with open(os.path.join(folder, file), "w") as theirs:
            theirs.write(text)


def pairs_of(is_text, chance):
    values = [text.encode() for text in TEXTS]
    if not is_text:
        values += [bytes(range(256)), b"\0", b"\xff" * 16]
    pairs = [(value, b"other") for value in values] + \
        [(b"other", value) for value in values]
    return chance.sample(pairs, 12)


def check_message(folder, message, file, fields, is_text, chance):
    pairs = pairs_of(is_text, chance)
    ours = ask("write %s %s %s" % (message, hexed(a), hexed(b))
               for a, b in pairs)
    theirs = [encode(folder, message, file, fields, pair) for pair in pairs]
    check(["%r: %s, not %s" % (pair, our, their.hex())
           for pair, our, their in zip(pairs, ours, theirs)
           if our != their.hex()],
          "%s: %d are written as protoc encodes them" % (message, len(pairs)))
    read = ask("read %s %s" % (message, their.hex()) for their in theirs)
    check(["%r: read as %s" % (pair, our) for pair, our in zip(pairs, read)
           if our != "%s %s" % tuple(map(hexed, pair))],
          "%s: what protoc encodes is read" % message)


def damaged(data, chance):
    data = bytearray(data)
    for _ in range(chance.randrange(3)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[:chance.choice([len(data), len(data),
                                      chance.randrange(len(data))])])


def check_damaged(folder, message, file, fields, is_text, chance):
    """What we read of a message, protoc reads: encoded again it is the
    same, or had fields that are unknown or twice."""
    whole = encode(folder, message, file, fields, (b"Alice", b"coding is fun"))
    inputs = [damaged(whole, chance) for _ in range(40)]
    wrong, read = [], 0
    for data, our in zip(inputs, ask("read %s %s" % (message, hexed(data))
                                     for data in inputs)):
        if our == "refused":
            continue
        read += 1
        values = [b"" if word == "-" else bytes.fromhex(word)
                  for word in our.split()]
        text = decode(folder, message, file, data)
        again = decode(folder, message, file,
                       encode(folder, message, file, fields, values))
        known = text and [line for line in text.splitlines()
                          if line.split(b":")[0].decode() in fields]
        if known != again.splitlines():
            wrong.append("%s: %s, not %r" % (data.hex(), our, text))
    if not 0 < read < len(inputs):
        wrong.append("%d of %d were read" % (read, len(inputs)))
    check(wrong, "%s: what we read of %d damaged ones, protoc reads" %
          (message, len(inputs)))


def check_relayed(folder):
    theirs = ["yes" if protoc(folder, ["--decode_raw"],
                              bytes.fromhex(data)).returncode == 0 else "no"
              for data in PACKAGES]
    ours = ask("relayed %s" % (data or "-") for data in PACKAGES)
    check(["%s: %s, not %s" % row for row in zip(PACKAGES, ours, theirs)
           if row[1] != row[2]],
          "what is relayed is what protobuf can read")


def name_of(chance):
    ranges = [(1, 0x7f), (0x80, 0x7ff), (0x800, 0xd7ff), (0xe000, 0xffff),
              (0x10000, 0x10ffff)]
    return "".join(chr(chance.randint(*chance.choice(ranges)))
                   for _ in range(chance.randrange(12)))


def check_users(chance):
    dicts = [{}, {chr(c): "127.0.0.1" for c in range(1, 32)},
             {chr(c): "::1" for c in (*range(0x7e, 0xa1), 0x2028, 0xd7ff)}]
    dicts[2] = dict(list(dicts[2].items())[:30])
    dicts += [{name_of(chance): "10.0.0.%d" % i
               for i in range(chance.randrange(20))} for _ in range(200)]
    ours = ask(" ".join(["users"] + [hexed(word.encode()) for entry in
                                     users.items() for word in entry])
               for users in dicts)
    theirs = [("!" + json.dumps(users)).encode().hex() for users in dicts]
    check(["%r: %s, not %s" % row for row in zip(dicts, ours, theirs)
           if row[1] != row[2]],
          "%d lists of users are as json.dumps writes them" % len(dicts))


def main():
    chance = random.Random(SEED)
    print("# PCAPSTAT_TEST_SEED=%d" % SEED)
    check_users(chance)
    if shutil.which("protoc") is None:
        print("ok 2 # SKIP no protoc (Debian: protobuf-compiler)\n1..2")
        return failed
    with tempfile.TemporaryDirectory(prefix="pcapstat-protobuf.") as folder:
        write_originals(folder)
        for row in MESSAGES:
            check_message(folder, *row, chance)
            check_damaged(folder, *row, chance)
        check_relayed(folder)
    print("1..%d" % number)
    return failed


sys.exit(main())
