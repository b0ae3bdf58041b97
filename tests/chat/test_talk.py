"""labchatd and labchat as people use them: each protocol with scripts, pipes
and files for typing, passwords, files, quizzes, addresses, events, the end."""
import hashlib
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import time

import chat_peers as lab
from chat_peers import Program, Server, wait

SEED = int(os.environ.get("PCAPSTAT_TEST_SEED", "20240229"))
SECRETS = ["key for reading", "key for knowing", "sesame"]


class Client(Program):
    """labchat with a script (its lines) or what `stdin` gives."""

    def __init__(self, server, protocol, name, *options, script=None,
                 stdin=subprocess.DEVNULL, host=None, **rest):
        self.folder = rest.pop("folder", None) or lab.new_folder()
        words = [lab.LABCHAT, protocol, "-p", str(server.port),
                 "-s", host or server.address.strip("[]")]
        if name:
            words += ["-n", name]
        if script is not None:
            with open(os.path.join(self.folder, "script"), "w",
                      encoding="utf-8") as file:
                file.write("\n".join(script) + "\n")
            words += ["--script", "script"]
        super().__init__(words + list(options), name or "labchat",
                         folder=self.folder, stdin=stdin, cwd=self.folder,
                         **rest)

    def shown(self):
        return self.said().decode().splitlines()

    def check_status(self, s, expected, what):
        status = self.wait_end()
        s.check(status == expected, what, "status %d, not %d" %
                (status, expected), *self.shown(),
                *self.complained().decode().splitlines())


def in_folder(folder=None):
    folder = folder or lab.new_folder()
    return {"folder": folder, "cwd": folder}


def write(data, *path):
    path = os.path.join(*path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def check_order(s, client, texts, what):
    """Each of these once, one behind the other."""
    said = client.said().decode()
    pattern = ".*".join(re.escape(text) for text in texts)
    s.check(re.search(pattern, said, re.S) and
            all(said.count(text) == 1 for text in texts), what,
            *texts + said.splitlines())


# Three people, by script.

UNFRAMED = ["room", "p2p"]
TEXTS = ["hello", "hi ben", "hi all \u20ac"]
SHOWS = {
    "im": "%s: %s", "eim": "%s: %s", "room": "%s: %s",
    "p2p": "%s: %s ",   # and brackets around all that was read at once
    "class": "Client %s: %s",
}


def udp_port():
    """One that is free at each of the addresses."""
    for _ in range(50):
        taken = []
        try:
            for address in ("127.0.0.1", "127.0.0.11", "127.0.0.12",
                            "127.0.0.13"):
                one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                taken.append(one)
                one.bind((address, taken[0].getsockname()[1]
                          if len(taken) > 1 else 0))
            return str(taken[0].getsockname()[1])
        except OSError:
            pass
        finally:
            for one in taken:
                one.close()
    raise OSError("no UDP port is free")


def three(s, server, protocol, options=()):
    """Ann and Cat are there, Ben comes; each answers the one before."""
    each = {"p2p": [["-b", "127.0.0.11"], ["-b", "127.0.0.12"],
                    ["-b", "127.0.0.13"]]}.get(protocol, [[], [], []])
    options = list(options)
    if protocol == "p2p":
        options += ["--peer-port", udp_port()]
    if protocol == "class":
        each = [["--password", "@pw"]] * 3
    show = SHOWS[protocol]
    say = "msg:%s" if protocol == "class" else "%s"

    def heard(name, text):
        return 'wait for "%s" within 20s' % (show % (name, text))

    def said(text):
        return 'say "%s"' % (say % text)

    scripts = {
        "ann": [heard("ben", TEXTS[0]), said(TEXTS[1]),
                heard("cat", TEXTS[2]), "end"],
        "cat": [heard("ann", TEXTS[1]), said(TEXTS[2])],
        "ben": [said(TEXTS[0]), heard("ann", TEXTS[1]),
                heard("cat", TEXTS[2])],
    }
    clients = {}
    for number, name in enumerate(["ann", "cat", "ben"]):
        folder = lab.new_folder()
        write(SECRETS[2] + "\n", folder, "pw")
        clients[name] = Client(server, protocol, name, *options,
                               *each[number], script=scripts[name],
                               folder=folder)
        sign = {"p2p": b"IP address", "class": b" joined\n",
                "room": b"Nickname is"}.get(protocol, b" connected\n")
        wait(lambda: server.said().count(sign) > number, name + " is there")
    expected = {"ann": [("ben", 0), ("cat", 2)], "ben": [("ann", 1),
                ("cat", 2)], "cat": [("ben", 0), ("ann", 1)]}
    for name, client in clients.items():
        client.check_status(s, 0, name + " leaves in order")
        lines = [show % (who, TEXTS[i]) for who, i in expected[name]]
        if protocol in UNFRAMED:    # messages that are read at once are a line
            check_order(s, client, lines, "what %s is shown" % name)
        else:
            s.equal([line for line in client.shown()
                     if any(text in line for text in TEXTS)], lines,
                    "what %s is shown" % name)
        s.equal(client.complained(), b"", "%s has no complaint" % name)


def talk(protocol, server_options=(), options=()):
    def scenario(s):
        server = Server(protocol, *server_options, **in_folder())
        three(s, server, protocol, options)
        server.check_end(s)
    return scenario


def room_notices(s):
    """Who comes and goes is told; an own message comes back."""
    server = Server("room")
    ann = Client(server, "room", "ann", script=[
        'wait for "ann joined!"', 'wait for "Connected to server!"',
        'wait for "ben joined!"', 'wait for "ben: hi"', 'say "well"',
        'wait for "ann: well"', 'wait for "ben left!"'])
    ann.wait_said("Connected to server!")
    ben = Client(server, "room", None, script=['say "ben"', 'say "hi"',
                 'wait for "ann: well"', 'say "exit"'])
    ben.check_status(s, 0, "who types the name gets in, and leaves by exit")
    ann.check_status(s, 0, "all of it was shown")
    server.check_end(s)


def echo(s):
    for options, back in ((), "hello"), (("-r",), "olleh"):
        server = Server("echo", *options)
        client = Client(server, "echo", None, script=[
            'say "hello"', 'wait for "%s"' % back, 'say ""', 'say "\u20ac"'])
        client.check_status(s, 0, "echo %s ends in order" % "".join(options))
        s.check(back in client.shown(), "echo %s" % "".join(options))
        server.check_end(s)


def caps(s):
    server = Server("caps")
    client = Client(server, "caps", None, script=[
        'wait for "3.Quit application"', 'say "OPEN mode"',
        'say "abcd 1x \u00e9"', 'wait for "ABCD 1X \u00e9"',
        'wait for "1.Open mode"',
        'say "2"', 'say "too short"', 'wait for "multiple of 16"',
        'say "secure mode"', 'say "the answer is no"',
        'wait for "757467738a090c8bef19a839f506c555"',
        'wait for "cleartext from the Server after decrypted it: '
        'the answer is no"',
        'wait for "the Server after encrypted it: '
        '757467738a090c8bef19a839f506c555"',
        'say "nonsense"', 'wait for "try again"', 'say "3"'])
    client.check_status(s, 0, "open mode, secure mode, quit")
    for line in (b"Received word from client: abcd 1x",
                 b"The word after decrypted is: the answer is no",
                 b"The client ended its connection"):
        s.holds(server.said(), line, "the server's log has each step")
    server.check_end(s)


# Keys.

def secrets_of(client):
    """Its command line and environment, as anybody with `ps` sees them."""
    at = "/proc/%d/" % client.process.pid
    return lab.read(at, "cmdline") + lab.read(at, "environ")


def keys(s):
    server = Server("eim")
    folder = lab.new_folder()
    c = "@" + write(SECRETS[0] + "\n", folder, "c.key")
    a = "@" + write(SECRETS[1], folder, "a.key")
    from_env = {"LABCHAT_CONFIDENTIALITY_KEY": SECRETS[0],
                "LABCHAT_AUTHENTICITY_KEY": SECRETS[1]}
    clients = {
        "files": Client(server, "eim", "files", "-c", c, "-a", a,
                        stdin=subprocess.PIPE),
        "words": Client(server, "eim", "words", "-c", SECRETS[0],
                        "--authenticity-key=" + SECRETS[1],
                        stdin=subprocess.PIPE),
        "environ": Client(server, "eim", "environ", env=from_env,
                          stdin=subprocess.PIPE),
        "other": Client(server, "eim", "other", "-c", c, "-a", "other",
                        stdin=subprocess.PIPE),
    }
    for client in clients.values():
        client.wait_said("connected to")
    wait(lambda: server.said().count(b"accepted") == 4, "all are there")
    for name, client in clients.items():
        seen = [x for x in SECRETS if x.encode() in secrets_of(client)]
        s.equal(seen, [], name + ": the keys are not in /proc")
    for name in "files", "words", "environ":
        clients[name].write("I am " + name)
        for other, client in clients.items():
            if other not in (name, "other"):
                client.wait_said("%s: I am %s\n" % (name, name))
    s.check(True, "keys from files, words and environment are the same")
    wait(lambda: b"not authentic" in clients["other"].complained() or
         b"not authentic" in clients["other"].said(), "who has another key")
    s.check(b"I am" not in clients["other"].said(),
            "who has another key reads nothing")
    for name, client in clients.items():
        client.process.stdin.close()
        client.check_status(s, 0, name + ": the end of its input is its end")
    s.check(not any(x.encode() in server.said() for x in SECRETS),
            "no key is in the server's log")
    missing = Client(server, "eim", "missing")
    missing.check_status(s, 2, "without keys that is wrong usage")
    server.check_end(s)


# p2p.

def private(s):
    server = Server("p2p")
    port = udp_port()
    ann = Client(server, "p2p", "ann", "-b", "127.0.0.11", "--peer-port",
                 port, script=[
                     'wait for "(ben: here )" within 20s',
                     'say "#ls"', 'wait for "\'ben\': \'127.0.0.12\'}"',
                     'say "@ben: only you"',
                     'say "@nobody:hello"',
                     'wait for "nobody is not registered"',
                     'wait for "Incoming msg (P2P) from ben:and you"'])
    ann.wait_said("connected to")
    server.wait_said("ann with IP address:127.0.0.11, has connected")
    ben = Client(server, "p2p", "ben", "-b", "127.0.0.12", "--peer-port",
                 port, script=[
                     'say "here"',
                     'wait for "Incoming msg (P2P) from ann: only you"',
                     'say "@ann:and you"', 'after 200ms end'])
    ben.check_status(s, 0, "ben was told in private")
    ann.check_status(s, 0, "ann was told in private")
    s.holds(ann.said(), b"{'ann': '127.0.0.11', 'ben': '127.0.0.12'}",
            "#ls shows who is there as the original does")
    s.check(b"only you" not in server.said(), "nothing of it went by TCP")
    server.check_end(s)


def own_addresses(s):
    server = Server("p2p")
    port = udp_port()
    ann = Client(server, "p2p", "ann", "--peer-port", port, script=[
        'wait for "from ben:and you" within 20s'])
    server.wait_said("ann with IP address:127.0.0.1, has connected")
    other = Client(server, "p2p", "cat", "--peer-port", port, script=[])
    other.check_status(s, 1, "the address of another client")
    s.equal(other.complained().decode(), "labchat: UDP 127.0.0.1:%s: Address "
            "already in use; each client on one machine needs an address of "
            "its own: -b 127.0.0.11\n" % port, "says what to do")
    ben = Client(server, "p2p", "ben", "-b", "127.0.0.11", "--peer-port",
                 port, script=['say "@ann:and you"', 'after 200ms end'])
    ben.check_status(s, 0, "one with -b beside one without")
    ann.check_status(s, 0, "one without -b beside one with it")
    server.check_end(s)


def p2p_users(s):
    where = in_folder()
    server = Server("p2p", "--users", "users.db", **where)
    port = udp_port()
    other = udp_port()

    def come(password, expected, what, said=b"", *more, **rest):
        client = Client(server, "p2p", "ann", "--login", "-b", "127.0.0.11",
                        "--peer-port", port, *more, script=[
                            'say "#ls"', 'wait for "\'ann\'"'], **dict(
                            {"env": {"LABCHAT_PASSWORD": password}}, **rest))
        client.check_status(s, expected, what)
        s.holds(client.complained() + client.said(), said, what + ": says so")

    come("sesame", 0, "a new name is registered", b"{'ann': '127.0.0.11'}")
    come("sesame", 0, "it logs in again", b"{'ann': '127.0.0.11'}")
    come("guess", 1, "a wrong password is refused",
         b"The name or the password is wrong.")
    folder = lab.new_folder()
    write("sesame\n", folder, "pw")
    come("", 0, "a password from a file", b"'ann'", "--password", "@pw",
         folder=folder, env={})
    here = Client(server, "p2p", "ann", "--login", "--password", "sesame",
                  "-b", "127.0.0.12", "--peer-port", other,
                  stdin=subprocess.PIPE)
    server.wait_said("127.0.0.12, has connected")
    s.check(b"sesame" not in secrets_of(here), "the password is not in /proc")
    come("sesame", 1, "who is here already is refused",
         b"The name ann is in use.")
    here.process.stdin.close()
    here.check_status(s, 0, "the one that is here is not disturbed")
    plain = Client(server, "p2p", "cat", "-b", "127.0.0.13", "--peer-port",
                   port, script=['wait for "password"'])
    plain.check_status(s, 1, "without --login nobody comes in")
    row = sqlite3.connect(os.path.join(where["folder"], "users.db")).execute(
        "SELECT username, password FROM users").fetchall()
    s.check(len(row) == 1 and row[0][0] == "ann" and
            row[0][1].startswith("$scrypt$"), "one record, of scrypt", row)
    s.check(b"sesame" not in server.said(), "no password is in the log")
    server.check_end(s)


# class.

def class_users(s):
    where = in_folder()
    database = sqlite3.connect(os.path.join(where["folder"], "users.db"))
    database.execute("CREATE TABLE users (username TEXT PRIMARY KEY, "
                     "password TEXT)")
    original = hashlib.sha256(b"sesame").hexdigest()
    database.execute("INSERT INTO users VALUES ('old', ?)", (original,))
    database.commit()
    database.close()
    server = Server("class", "--users", "users.db", **where)

    def come(name, password, status, said, what, *options):
        client = Client(server, "class", name, *options, script=[
            'wait for "joined the server."'],
            env={"LABCHAT_PASSWORD": password})
        client.check_status(s, status, what)
        s.holds(client.said() + client.complained(), said, what + ": says so")

    def record():
        store = sqlite3.connect(os.path.join(where["folder"], "users.db"))
        found = store.execute("SELECT password FROM users WHERE username = "
                              "'old'").fetchone()[0]
        store.close()
        return found

    come("old", "guess", 1, b"Invalid username or password.",
         "a wrong password for the original's record")
    s.equal(record(), original, "a wrong password changes no record")
    come("old", "sesame", 0, b"Server: You joined the server.",
         "the original's record is accepted")
    s.check(record().startswith("$scrypt$"), "and replaced", record())
    come("old", "sesame", 0, b"Server: You joined the server.",
         "the new record is accepted")
    come("new", "sesame", 0, b"Username registered successfully.",
         "a new name is registered", "--register")
    come("new", "sesame", 0, b"You joined", "it logs in again")
    come("new", "sesame", 1, b"Username already exists.",
         "it cannot be registered again", "--register")
    come("new", "guess", 1, b"Invalid username or password.",
         "a wrong password is refused")
    come("nobody", "sesame", 1, b"Invalid username or password.",
         "an unknown name is refused by the same words")

    # The same dialogue, typed.
    typed = Client(server, "class", None, stdin=subprocess.PIPE)
    for question, answer in (("(yes/no):", "no"), ("", "old"),
                             ("already exists", "typed"),
                             ("successfully", "word"),
                             ("You joined", "msg:hello")):
        wait(lambda: question.encode() in typed.said() + typed.complained(),
             question)
        typed.write(answer)
    typed.process.stdin.close()
    typed.check_status(s, 0, "the dialogue can be typed")
    server.check_end(s)


def digest(*path):
    with open(os.path.join(*path), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def class_files(s):
    """All three ways, with marks of the original in the bytes."""
    generator = random.Random(SEED)
    where = in_folder()
    server = Server("class", "--files", "kept", stdin=subprocess.PIPE,
                    **where)
    sizes = {"empty.bin": 0, "small.txt": 5, "marks.bin": 3 << 10,
             "large.bin": 3000001}
    ann, ben = lab.new_folder(), lab.new_folder()
    data = {name: bytes(generator.getrandbits(8) for _ in range(min(
        size, 4096))) * (size // 4096 + 1) for name, size in sizes.items()}
    data = {name: data[name][:size] for name, size in sizes.items()}
    data["marks.bin"] = (b"x" * 1021 + b"EOF") * 3
    for name, content in data.items():
        write(content, ann, name)
        write(content, where["folder"], "sent", "server-" + name)

    takes = ["A file from ann"] * len(data)
    first = Client(server, "class", "ben", "--password", "x", "--files",
                   "got", folder=ben, script=[
                       'wait for "Saved as \'%s\'" within 20s' % name
                       for name in data] + [
                       'wait for "Saved as \'server-%s\'" within 20s' % name
                       for name in data] + ['say "msg:got them"'])
    first.wait_said("You joined")
    second = Client(server, "class", "ann", "--password", "x", "--files",
                    "got", folder=ann, script=[
                        'say "file_transfer:file_to_server:%s"' % name
                        for name in data] + [
                        'wait for "File \'%s\' uploaded by ann" within 20s'
                        % name for name in data] + [
                        'say "file_transfer:file_to:ben:%s"' % name
                        for name in data] + [
                        'wait for "File \'%s\' sent to ben" within 20s'
                        % name for name in data] + [
                        'wait for "Saved as \'server-%s\'" within 20s' % name
                        for name in data] + [
                        'wait for "ben: got them" within 20s'])
    server.wait_said("sent to ben, 3000001 bytes")
    for name in data:
        server.write("send_file:all:sent:server-" + name)
    second.check_status(s, 0, "ann sends and gets all of them")
    first.check_status(s, 0, "ben gets all of them")
    s.equal(first.said().decode().count(takes[0]), len(data),
            "ben is told of each")
    expected = {name: hashlib.sha256(content).hexdigest()
                for name, content in data.items()}
    kept = os.path.join(where["folder"], "kept", "ann")
    wrong = [name for name in data if digest(kept, name) != expected[name]]
    s.equal(wrong, [], "client to server: sha256")
    wrong = [name for name in data
             if digest(ben, "got", name) != expected[name]]
    s.equal(wrong, [], "client to client: sha256")
    wrong = [name for name in data for who in (ann, ben)
             if digest(who, "got", "server-" + name) != expected[name]]
    s.equal(wrong, [], "server to all: sha256")
    s.equal(sorted(os.listdir(os.path.join(where["folder"], "kept"))),
            ["ann"], "nothing else is kept")
    s.holds(second.said(), b"sending 'large.bin': 50 % of 3000001 bytes",
            "progress is shown")
    # The second of a name was the copy of what went to ben.
    s.equal(sorted(os.listdir(kept)), sorted(list(data) + [
        name + " (2)" for name in data]), "nothing was overwritten")
    server.check_end(s)


QUESTIONS = """What is the capital of Norway?
a. Oslo b. Bergen c. Trondheim
Which layer is TCP?
a. Link b. Transport
Is UDP reliable?
a. yes b. no
"""


def class_console(s):
    where = in_folder()
    write(QUESTIONS, where["folder"], "quiz", "ques.txt")
    write("a b b\n", where["folder"], "quiz", "ans.txt")
    server = Server("class", "--files", "kept", stdin=subprocess.PIPE,
                    **where)
    scripts = {"ann": "A b b", "ben": "b a b"}
    clients = {name: Client(server, "class", name, "--password", "x", script=[
        'wait for "Server: good morning" within 20s',
        'wait for "Question 3: Is UDP reliable?" within 20s',
        'say "quiz_answer:a"', 'wait for "asks for 3 answers"',
        'say "quiz_answer:%s"' % answers,
        'wait for "Quiz is over. Thank you for participating!"',
        'say "to:%s:psst"' % {"ann": "ben", "ben": "ann"}[name],
        'wait for "(private): psst"',
        'wait for "Server is shutting down." within 20s'])
        for name, answers in scripts.items()}
    wait(lambda: server.said().count(b" joined\n") == 2, "both are there")
    server.write("good morning")
    server.write("Quiz:quiz:ques.txt:nowhere.txt:score.csv")
    server.write("Quiz:quiz:ques.txt:ans.txt:score.csv")
    server.write("send_file:nobody:quiz:ques.txt")
    server.wait_said("there is no user 'nobody' here")
    for client in clients.values():
        client.wait_said("(private): psst")
    server.write("shutdown")
    s.equal(server.wait_end(), 0, "shutdown ends the server with status 0")
    for name, client in clients.items():
        client.wait_end()
        s.holds(client.said(), b"Server is shutting down.",
                name + " had the last word")
        s.holds(client.said(), "\n".join(
            ["Question 1: What is the capital of Norway?", "",
             "Options: a. Oslo b. Bergen c. Trondheim", "", "-" * 29,
             ""]).encode(), "the quiz as the original writes it")
    s.equal(sorted(lab.read(where["folder"], "kept", "all_quiz_scores",
                            "score.csv").decode().splitlines()),
            ["ann,3", "ben,1"], "the scores")
    s.holds(server.said(), b"nowhere.txt", "a quiz that cannot be read")


def class_console_end(s):
    server = Server("class", stdin=subprocess.PIPE, **in_folder())
    server.process.stdin.close()
    server.wait_said("\nconsole closed\n")
    server.check_end(s)


# Addresses and input.

def addresses(s):
    server = Server("im", "-b", "127.0.0.5")
    s.equal(server.address, "127.0.0.5", "-b of a server")
    client = Client(server, "im", "ann", "-b", "127.0.0.9")
    client.check_status(s, 0, "-b of a client")
    s.check(re.search(rb"^127\.0\.0\.9:\d+ connected$", server.said(), re.M),
            "it comes from there", server.said())
    server.check_end(s)

    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        s.skip("IPv6", str(error))
        return
    for protocol in "im", "room", "class", "echo", "caps":
        server = Server(protocol, "-b", "::1")
        s.equal(server.address, "[::1]", "it listens on [::1]")
        if protocol in SHOWS:
            three(s, server, protocol)
        else:
            client = Client(server, protocol, None)
            client.check_status(s, 0, protocol + " over IPv6")
        server.check_end(s)
    server = Server("p2p", "-b", "::1")
    client = Client(server, "p2p", "ann", "--peer-port", udp_port(), script=[
        'say "#ls"', 'wait for "{\'ann\': \'::1\'}"'])
    client.check_status(s, 0, "p2p over IPv6")
    server.check_end(s)
    server = Server("im", "-b", "::")
    for host in "127.0.0.1", "::1", "localhost":
        client = Client(server, "im", "ann", host=host)
        client.check_status(s, 0, ":: serves " + host)
    server.check_end(s)


def inputs(s):
    server = Server("im")
    hearer = Client(server, "im", "hearer", stdin=subprocess.PIPE)
    server.wait_said("connected")
    nothing = Client(server, "im", "nothing")
    nothing.check_status(s, 0, "input from /dev/null")
    folder = lab.new_folder()
    lines = ["line %d" % i for i in range(200)]
    with open(write("\n".join(lines), folder, "lines"), "rb") as file:
        Client(server, "im", "file", stdin=file).check_status(
            s, 0, "input from a file")
    hearer.wait_said("file: line 199\n")
    s.equal([line for line in hearer.shown() if line.startswith("file: ")],
            ["file: " + line for line in lines], "all lines in order")
    piped = Client(server, "im", "piped", stdin=subprocess.PIPE)
    piped.write("from a pipe")
    hearer.wait_said("piped: from a pipe\n")
    piped.write("EXIT")
    piped.check_status(s, 0, "exit leaves")
    hearer.process.stdin.close()
    hearer.check_status(s, 0, "the end of a pipe leaves")

    # Protocols without framing, in which lines that come at once are apart.
    for protocol in UNFRAMED:
        server = Server(protocol)
        port = udp_port()
        more = [["-b", "127.0.0.11", "--peer-port", port],
                ["-b", "127.0.0.12", "--peer-port", port]] \
            if protocol == "p2p" else [[], []]
        hearer = Client(server, protocol, "hearer", *more[0],
                        stdin=subprocess.PIPE)
        wait(lambda: b"hearer" in server.said(), "the hearer is there")
        with open(os.path.join(folder, "lines"), "rb") as file:
            Client(server, protocol, "file", *more[1],
                   stdin=file).check_status(
                s, 0, protocol + ": input from a file")
        hearer.wait_said("file: line 199")
        s.equal(re.findall(r"file: (line \d+)", hearer.said().decode()),
                lines, protocol + ": each line is a message")
        hearer.process.stdin.close()
        hearer.check_status(s, 0, protocol + ": the hearer leaves")
        server.check_end(s)


# The end, and what is told of it.

def events(s):
    where = in_folder()
    server = Server("room", "--events", "events", **where)
    ann = Client(server, "room", "ann", "--events", "events", script=[
        'wait for "ann joined!"', 'say "hi"', 'wait for "ann: hi"'])
    ann.check_status(s, 0, "a client leaves")
    wait(lambda: b" left (" in server.said(), "it is gone")
    server.process.send_signal(signal.SIGUSR1)
    server.wait_said("clients 0, connections 1, refused 0,")
    s.equal(server.end_by(signal.SIGTERM), 0, "the server ends")
    lines = lab.read(where["folder"], "events").decode().splitlines()
    rows = [json.loads(line) for line in lines]
    s.equal([row["event"] for row in rows],
            ["listening", "ready", "connected", "asked", "admitted", "named",
             "gone", "left", "counters", "stop"],
            "the server's events in order")
    times = [row["time"] for row in rows]
    s.check(times == sorted(times) and all(re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", each) for each in times),
        "each has its time", *times)
    by_name = {row["event"]: row for row in rows}
    s.equal(by_name["named"].get("user"), "ann", "the name is a field")
    s.equal([by_name["left"][key] for key in ("why", "bytes_in")],
            ["ended", len("ann") + len("ann: hi")], "what it sent")
    s.equal([by_name["counters"][key] for key in
             ("clients", "connections", "ended")], [0, 1, 1],
            "SIGUSR1: the counters")
    s.equal(by_name["stop"]["reason"], "signal", "why it ended")
    own = lab.read(ann.folder, "events") if os.path.exists(
        os.path.join(ann.folder, "events")) else b""
    s.check(all(json.loads(line)["event"] for line in own.splitlines()),
            "the client's events are JSON, too")


def drain(s):
    """Whoever is there at SIGTERM gets what was said before."""
    server = Server("class")
    clients = [Client(server, "class", "c%d" % i, "--password", "x",
                      stdin=subprocess.PIPE) for i in range(3)]
    for client in clients:
        client.wait_said("You joined")
    wait(lambda: server.said().count(b" joined\n") == 3, "all are there")
    talker = lab.Peer(server.port)
    lab.DIALECTS["class"].join(talker, "talker")
    for i in range(500):
        talker.send(lab.class_frame("msg", "word %d" % i))
    clients[0].wait_said("word 0\n")
    s.equal(server.end_by(signal.SIGTERM), 0, "SIGTERM ends with status 0")
    for client in clients:
        client.check_status(s, 1, "a client without its server ends with 1")
        words = re.findall(r"word (\d+)$", client.said().decode(), re.M)
        s.check(words == [str(i) for i in range(len(words))] and words,
                "nothing of what came is lost", *words[-3:])
        s.holds(client.said(), b"Server is shutting down.",
                "it is told of the end")
    said = [re.findall(rb"word \d+$", client.said(), re.M)
            for client in clients]
    s.check(said[0] == said[1] == said[2], "all were told the same",
            *[len(each) for each in said])


def statuses(s):
    server = Server("room")
    client = Client(server, "room", "ann", stdin=subprocess.PIPE)
    client.wait_said("Connected to server!")
    second = Client(server, "room", "ann", script=['wait for "never"'])
    second.check_status(s, 1, "a name that is in use")
    s.holds(second.said() + second.complained(), b"in use", "says so")
    server.process.kill()
    server.process.wait()
    client.check_status(s, 1, "a server that is killed")
    s.holds(client.complained(), b"labchat: ", "one line says so")
    gone = Client(server, "room", "ann")
    gone.check_status(s, 1, "a server that is not there")
    s.equal(gone.complained().decode(), "labchat: cannot reach 127.0.0.1:%d: "
            "Connection refused\n" % server.port, "one clear line")
    for words in (["labchat"], ["labchat", "nothing"], ["labchatd"],
                  ["labchat", "im", "-p", "70000", "-n", "x"],
                  ["labchatd", "im", "--users", "x"],
                  ["labchatd", "im", "-p", "x"],
                  ["labchatd", "im", "stray"]):
        done = subprocess.run(
            [lab.program(words[0])] + words[1:], capture_output=True,
            stdin=subprocess.DEVNULL, timeout=lab.SECONDS)
        s.check(done.returncode == 2 and done.stdout == b"" and
                done.stderr.endswith(b"--help'.\n"),
                "wrong usage: " + " ".join(words), done)


lab.run_scenarios([
    ("im", talk("im")),
    ("im --framing length", talk("im", ["--framing", "length"],
                                 ["--framing", "length"])),
    ("eim", talk("eim", options=["-c", SECRETS[0], "-a", SECRETS[1]])),
    ("eim --keys", talk("eim", options=[
        "-c", SECRETS[0], "-a", SECRETS[1], "--keys", "sha256-chained"])),
    ("p2p", talk("p2p")),
    ("class", talk("class")),
    ("room", talk("room")),
    ("room, notices", room_notices),
    ("echo", echo),
    ("caps", caps),
    ("keys", keys),
    ("private", private),
    ("p2p, addresses", own_addresses),
    ("p2p --users", p2p_users),
    ("class --users", class_users),
    ("files", class_files),
    ("console", class_console),
    ("console, its end", class_console_end),
    ("addresses", addresses),
    ("inputs", inputs),
    ("--events", events),
    ("SIGTERM", drain),
    ("statuses", statuses),
])
