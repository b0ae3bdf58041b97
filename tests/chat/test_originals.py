"""Peers that do what the original programs do, and no more: one recv is one
message, a list of users is json.loads of all that came, lengths count
characters, a file ends where a recv ends in EOF.  Each is one end; ours is the
other."""
import json
import os
import re
import socket
import subprocess
import threading
import time

import chat_peers as lab
from chat_peers import Late, Program, Server, wait

GAP = 0.25      # between what one person types; the originals need it
VECTOR = bytes.fromhex("757467738a090c8bef19a839f506c555")
WORD = b"the answer is no"


class StandIn:
    """Runs in threads; what the original would die of is its fault."""

    def __init__(self):
        self.faults = []
        self.printed = []

    def go(self, function, *arguments):
        def run():
            try:
                function(*arguments)
            except Exception as error:
                self.faults.append("%s: %r" % (function.__name__, error))
        threading.Thread(target=run, daemon=True).start()

    def wait_printed(self, text):
        wait(lambda: self.faults or text in self.printed, "%r is printed" %
             (text,))
        if text not in self.printed:
            raise Late("%r is not printed: %s" % (text, self.faults))

    def check(self, s, what):
        s.equal(self.faults, [], what + " meets nothing that it dies of")


class OriginalServer(StandIn):
    def __init__(self):
        super().__init__()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.clients = {}       # in the order they came
        self.go(self.accept)

    def accept(self):
        while True:
            client, address = self.listener.accept()
            client.settimeout(lab.SECONDS)
            if self.welcome(client, address):
                self.go(self.handle, client)

    def welcome(self, client, address):
        self.clients[client] = address
        return True

    def others(self, client, *messages):
        for other in list(self.clients):
            if other is not client:
                for message in messages:
                    other.sendall(message)


class OriginalClient(StandIn):
    def __init__(self, server, source=None):
        super().__init__()
        self.socket = lab.Peer(server.port, source=source).socket
        self.go(self.receive)

    def say(self, text):
        time.sleep(GAP)
        self.socket.sendall(text.encode())


def labchat(server, protocol, name, *options, **rest):
    folder = rest.pop("folder", None) or lab.new_folder()
    return Program([lab.LABCHAT, protocol, "-p", str(server.port)] +
                   (["-n", name] if name else []) + list(options),
                   name or "labchat", folder=folder, cwd=folder,
                   stdin=subprocess.PIPE, **rest)


def leave(s, client, what="our client"):
    client.process.stdin.close()
    s.equal(client.wait_end(), 0, what + " leaves in order")


def type_line(client, line):
    time.sleep(GAP)
    client.write(line)


# p2p.

class P2pServer(OriginalServer):
    def __init__(self):
        self.names = {}
        super().__init__()

    def tell_all(self):
        users = {self.names[c]: self.clients[c][0] for c in self.clients}
        self.others(None, b"!" + json.dumps(users).encode())

    def welcome(self, client, address):
        self.names[client] = client.recv(1024).decode()
        self.clients[client] = address
        self.tell_all()
        return True

    def handle(self, client):
        while True:
            text = client.recv(1024).decode()
            if text == "":
                break
            self.printed.append(text)
            self.others(client, ("%s: %s " % (self.names[client],
                                              text)).encode())
        client.close()
        del self.clients[client]
        self.tell_all()


def udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("0.0.0.0", 0))
        return one.getsockname()[1]


def p2p_server(s):
    server = P2pServer()
    port = str(udp_port())
    ann, ben = [labchat(server, "p2p", name, "-b", address, "--peer-port",
                        port) for name, address in
                (("ann", "127.0.0.11"), ("ben", "127.0.0.12"))]
    wait(lambda: len(server.clients) == 2, "both are there")
    type_line(ann, "hello all")
    ben.wait_said("incoming msg from chatserver (ann: hello all )\n")
    for text in "one", "two", "three":      # not a moment between them
        ben.write(text)
    for text in "one", "two", "three":
        server.wait_printed(text)
    s.check(True, "lines that come at once are read apart")
    ann.wait_said("ben: three )")
    type_line(ann, "@ben: in private")
    ben.wait_said("Incoming msg (P2P) from ann: in private\n")
    leave(s, ann)
    wait(lambda: len(server.clients) == 1, "one has left")
    type_line(ben, "#ls")
    ben.wait_said("{'ben': '127.0.0.12'}")
    leave(s, ben)
    server.check(s, "the server")


class P2pClient(OriginalClient):
    def __init__(self, server, name, source, port):
        self.users = {}
        self.peers = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.peers.bind((source, port))
        self.port = port
        super().__init__(server, source)
        self.go(self.hear_peers)
        self.say(name)

    def receive(self):
        while True:
            text = self.socket.recv(1024).decode()
            if text[0] == "!":      # at the server's end an IndexError
                self.users = json.loads(text[1:])
            else:
                self.printed.append("incoming msg from chatserver (%s)" %
                                    text)

    def hear_peers(self):
        while True:
            data, address = self.peers.recvfrom(1024)
            name = next((name for name, ip in self.users.items()
                         if ip == address[0]), "Non-registered")
            self.printed.append("Incoming msg (P2P) from %s:%s" %
                                (name, data.decode()))

    def tell(self, name, text):
        time.sleep(GAP)
        self.peers.sendto(text.encode(), (self.users[name], self.port))


def p2p_clients(s):
    server = Server("p2p")
    port = udp_port()
    ann = P2pClient(server, "ann", "127.0.0.11", port)
    wait(lambda: ann.users == {"ann": "127.0.0.11"}, "the first list")
    ben = P2pClient(server, "caf\u00e9", "127.0.0.12", port)
    wait(lambda: ben.users == ann.users == {
        "ann": "127.0.0.11", "caf\u00e9": "127.0.0.12"}, "the second list")
    ours = labchat(server, "p2p", "cat", "-b", "127.0.0.13", "--peer-port",
                   str(port))
    wait(lambda: len(ann.users) == len(ben.users) == 3, "the third list")
    ann.say("hello all")
    ben.wait_printed("incoming msg from chatserver (ann: hello all )")
    ours.wait_said("incoming msg from chatserver (ann: hello all )\n")
    type_line(ours, "!no list")
    ann.wait_printed("incoming msg from chatserver (cat: !no list )")
    ann.tell("caf\u00e9", " psst")
    ben.wait_printed("Incoming msg (P2P) from ann: psst")
    ben.tell("cat", "hi")
    ours.wait_said("Incoming msg (P2P) from caf\u00e9:hi\n")
    type_line(ours, "@ann:hey")
    ann.wait_printed("Incoming msg (P2P) from cat:hey")
    time.sleep(GAP)
    leave(s, ours)
    wait(lambda: len(ann.users) == len(ben.users) == 2, "the last list")
    long = "x" * 1000       # with all around it, what one recv takes
    ann.say(long)
    ben.wait_printed("incoming msg from chatserver (ann: %s )" % long)
    ann.check(s, "a client")
    ben.check(s, "another client")
    ann.socket.shutdown(socket.SHUT_RDWR)
    wait(lambda: len(ben.users) == 1, "who is left")
    server.check_end(s)


# room.

class RoomServer(OriginalServer):
    def welcome(self, client, address):
        client.sendall(b"NICK")
        name = client.recv(1024).decode("ascii")
        self.clients[client] = name
        self.others(None, ("%s joined!" % name).encode("ascii"))
        client.sendall(b"Connected to server!")
        return True

    def handle(self, client):
        while True:
            data = client.recv(1024)
            if data == b"":     # where the original spins
                break
            self.printed.append(data.decode("ascii"))
            self.others(None, data)
        del self.clients[client]


def room_server(s):
    server = RoomServer()
    ann, ben = labchat(server, "room", "ann"), labchat(server, "room", "ben")
    ann.wait_said("Connected to server!\n")
    ben.wait_said("Connected to server!\n")
    type_line(ann, "hello")
    ben.wait_said("ann: hello\n")
    for text in "one", "two", "three":
        ben.write(text)
    for text in "one", "two", "three":
        server.wait_printed("ben: " + text)
    s.check(True, "lines that come at once are read apart")
    ann.wait_said("ben: three")
    leave(s, ann)
    leave(s, ben)
    server.check(s, "the server")


class RoomClient(OriginalClient):
    def __init__(self, server, name):
        self.name = name
        super().__init__(server)

    def receive(self):
        while True:
            text = self.socket.recv(1024).decode("ascii")
            if text == "NICK":
                self.socket.sendall(self.name.encode("ascii"))
            elif text == "":
                break
            else:
                self.printed.append(text)

    def say(self, text):
        super().say("%s: %s" % (self.name, text))

    def all_printed(self, text):
        wait(lambda: text in "".join(self.printed), "%r in %r" %
             (text, self.printed))


def room_clients(s):
    server = Server("room")
    ann = RoomClient(server, "ann")
    ann.all_printed("ann joined!Connected to server!")
    ben = RoomClient(server, "ben")
    ben.all_printed("ben joined!Connected to server!")
    ours = labchat(server, "room", "cat")
    ann.all_printed("cat joined!")
    ann.say("hello")
    for each in ann, ben:
        each.all_printed("ann: hello")
    ours.wait_said("ann: hello\n")
    type_line(ours, "NICK")     # as "cat: NICK" it is no question
    ben.all_printed("cat: NICK")
    ann.say("")
    ben.all_printed("ann: ")
    ben.check(s, "another client")
    ben.socket.shutdown(socket.SHUT_RDWR)
    ann.all_printed("ben left!")
    leave(s, ours)
    ann.all_printed("cat left!")
    ann.check(s, "a client")
    server.check_end(s)


# im and eim.

def parse_im(data):
    """ParseFromString: of a field that comes again the last counts."""
    fields, at = {}, 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length > 127:
            length = length & 127 | data[at] << 7
            at += 1
        fields[tag >> 3] = data[at:at + length].decode()
        if at + length > len(data):
            raise ValueError("DecodeError")
        at += length
    return "%s: %s" % (fields[1], fields[2])


class ImServer(OriginalServer):
    def handle(self, client):
        while True:
            data = client.recv(1280)
            if data == b"":
                break
            self.others(client, data)
        del self.clients[client]


class EimServer(OriginalServer):
    def exactly(self, client, n):
        data = b""
        while len(data) < n:
            more = client.recv(n - len(data))
            if more == b"":
                return b""
            data += more
        return data

    def handle(self, client):
        while True:
            length = self.exactly(client, 4)
            if length == b"":
                break
            self.others(client, length, self.exactly(
                client, int.from_bytes(length, "big")))
        del self.clients[client]


def im_server(kind, protocol, *options):
    def scenario(s):
        server = kind()
        clients = [labchat(server, protocol, name, *options)
                   for name in ("ann", "ben", "cat")]
        wait(lambda: len(server.clients) == 3, "all are there")
        for number, client in enumerate(clients):
            for text in "one", "two", "\u20ac" * 300:   # all at once
                client.write("%d %s" % (number, text))
            for other in clients:
                if other is not client:
                    other.wait_said("%d %s\n" % (number, "\u20ac" * 300))
        for number, client in enumerate(clients):
            expected = ["%s: %d %s" % (name, n, text) for n, name in
                        enumerate(("ann", "ben", "cat")) if n != number
                        for text in ("one", "two", "\u20ac" * 300)]
            s.equal([line for line in client.said().decode().splitlines()
                     if re.match(r"\w+: \d ", line)], expected,
                    "what %s is shown" % client.name)
            leave(s, client)
        server.check(s, "the server")
    return scenario


class ImClient(OriginalClient):
    def __init__(self, server, name):
        self.name = name
        super().__init__(server)

    def receive(self):
        while True:
            data = self.socket.recv(1280)
            if data == b"":
                break
            self.printed.append(parse_im(data))

    def say(self, text):
        time.sleep(GAP)
        self.socket.sendall(lab.im_message(self.name, text))


def im_clients(s):
    server = Server("im")
    ann, ben = ImClient(server, "ann"), ImClient(server, "ben")
    ours = labchat(server, "im", "cat")
    wait(lambda: server.said().count(b" connected\n") == 3, "all are there")
    long = "x" * 1200
    for text in "seen by raw", "caf\u00e9", long:
        ann.say(text)
        ben.wait_printed("ann: " + text)
    type_line(ours, "from ours")
    ann.wait_printed("cat: from ours")
    ours.wait_said("ann: %s\n" % long)
    # What would end the original is not passed on.
    ann.say("y" * 1290)
    time.sleep(GAP)
    ann.say("after")
    ben.wait_printed("ann: after")
    leave(s, ours)
    ann.check(s, "a client")
    ben.check(s, "another client")
    server.check_end(s)


# class.

def characters(header, text):
    """A frame as the original makes it: lengths of characters."""
    return len(header).to_bytes(2, "big") + header.encode() + \
        len(text).to_bytes(4, "big") + text.encode()


class ClassEnd(StandIn):
    """What the two ends of the original share."""

    def exactly(self, n):
        data = b""
        while len(data) < n:
            more = self.socket.recv(n - len(data))
            if more == b"":
                raise ConnectionError("the other end closed")
            data += more
        return data

    def frame(self):
        header = self.exactly(int.from_bytes(self.exactly(2), "big"))
        text = self.exactly(int.from_bytes(self.exactly(4), "big"))
        return header.decode(), text.decode()

    def file(self):
        data = b""
        while True:
            piece = self.socket.recv(1024)
            if piece == b"":
                raise ConnectionError("the other end closed in a file")
            if piece.endswith(b"EOF"):
                return data + piece[:-3]
            data += piece

    def send(self, header, text):
        self.socket.sendall(characters(header, text))

    def send_file(self, data):
        for at in range(0, len(data), 1024):
            self.socket.sendall(data[at:at + 1024])
        self.socket.sendall(b"EOF")


class ClassServer(ClassEnd):
    """Of one client; any password is right."""

    def __init__(self):
        super().__init__()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.files = {}
        self.go(self.serve)

    def serve(self):
        self.socket, _ = self.listener.accept()
        self.socket.settimeout(lab.SECONDS)
        self.send("info", "Are you already registered? (yes/no):")
        answers = [self.frame() for _ in range(3)]
        if [h for h, _ in answers] != ["info"] * 3:
            raise ValueError("wrong header %r" % answers)
        self.printed.append(answers)
        self.send("info", "Server: You joined the server.\n")
        while True:
            header, text = self.frame()
            self.printed.append((header, text))
            if header == "file_transfer":
                self.files[text] = self.file()
                self.send("info", "Server: File '%s' uploaded by ann\n" %
                          text.split(":")[-1])
            elif header == "msg" and text == "send me a file":
                self.send("file_transfer", "file from server:sample.txt\n")
                self.send_file(b"sample\n" * 1000)
                time.sleep(0.1)     # or the client would swallow it
                self.send("info", "Server: File 'sample.txt' sent to ann\n")
            elif header == "cmd":
                self.socket.close()
                return


def class_server(s):
    server = ClassServer()
    folder = lab.new_folder()
    data = os.urandom(100000)
    with open(os.path.join(folder, "up.bin"), "wb") as file:
        file.write(data)
    with open(os.path.join(folder, "marked.bin"), "wb") as file:
        file.write(b"x" * 1021 + b"EOF" + b"more")
    ours = labchat(server, "class", "ann", "--password", "pw", "--files",
                   "got", folder=folder)
    server.wait_printed([("info", "yes"), ("info", "ann"), ("info", "pw")])
    ours.wait_said("You joined the server")
    type_line(ours, "msg:hii there")
    server.wait_printed(("msg", "hii there"))
    type_line(ours, "quiz_answer:a b c")
    server.wait_printed(("quiz_answer", "a b c"))
    type_line(ours, "file_transfer:file_to_server:up.bin")
    ours.wait_said("File 'up.bin' uploaded by ann")
    s.equal(server.files.get("file_to_server:up.bin"), data,
            "a file arrives as the original reads it")
    type_line(ours, "file_transfer:file_to_server:marked.bin")
    wait(lambda: b"'marked.bin' is not sent" in ours.complained(),
         "a file that the original would cut is refused")
    type_line(ours, "msg:send me a file")
    ours.wait_said("Saved as 'sample.txt': 7000 bytes.")
    s.equal(lab.read(folder, "got", "sample.txt"), b"sample\n" * 1000,
            "a file of the original is kept")
    ours.wait_said("Server: File 'sample.txt' sent to ann\n")
    type_line(ours, "msg:after it")
    server.wait_printed(("msg", "after it"))
    type_line(ours, "cmd:disconnect")
    s.equal(ours.wait_end(), 1, "the status tells of the file "
            "that was not sent")
    server.wait_printed(("cmd", "disconnect"))
    server.check(s, "the server")


class ClassClient(ClassEnd):
    def __init__(self, server, name):
        super().__init__()
        self.socket = lab.Peer(server.port).socket
        self.files = {}
        ask = self.frame()
        if ask != ("info", "Are you already registered? (yes/no):"):
            self.faults.append("asked %r" % (ask,))
        for text in "yes", name, "pw":
            self.send("info", text)
        self.go(self.receive)

    def receive(self):
        while True:
            try:
                header, text = self.frame()
            except ConnectionError:
                return
            self.printed.append((header, text))
            if header == "file_transfer":
                self.files[text] = self.file()


def class_clients(s):
    folder = lab.new_folder()
    server = Server("class", "--files", "kept", folder=folder, cwd=folder,
                    stdin=subprocess.PIPE)
    with open(os.path.join(folder, "console.txt"), "wb") as file:
        file.write(b"line\n" * 999)
    ann = ClassClient(server, "ann")
    ann.wait_printed(("info", "Server: You joined the server.\n"))
    ben = ClassClient(server, "ben")
    ann.wait_printed(("info", "Server: Client ben joined the server.\n"))
    ours = labchat(server, "class", "cat", "--password", "x", "--files",
                   "got")
    ours.wait_said("You joined the server")
    ann.send("msg", "hii there")
    ben.wait_printed(("msg", "Client ann: hii there\n"))
    ours.wait_said("Client ann: hii there\n")
    ann.send("to", "ben:psst")
    ben.wait_printed(("info", "ann (private): psst\n"))
    s.check(b"psst" not in ours.said(), "nobody else hears it")
    ann.send("nonsense", "text")
    ann.wait_printed(("error", "Server: Invalid message format. Please "
                      "adhere to the message protocol.\n"))

    data = os.urandom(50000)
    ann.send("file_transfer", "file_to:ben:data.bin")
    ann.send_file(data)
    ann.wait_printed(("info", "Server: File 'data.bin' sent to ben\n"))
    wait(lambda: ben.files.get("file_to:ann:data.bin\n") == data,
         "the file is at the other client's")
    s.equal(lab.read(folder, "kept", "ann", "data.bin"), data,
            "and a copy at the server's")
    ann.send("file_transfer", "file_to:cat:data.bin")
    ann.send_file(data)
    ours.wait_said("Saved as 'data.bin': 50000 bytes.")
    type_line(ours, "file_transfer:file_to:ben:got/data.bin")
    wait(lambda: ben.files.get("file_to:cat:data.bin\n") == data,
         "a file of our client")
    server.write("send_file:all:.:console.txt")
    for each in ann, ben:   # the frame behind it is not swallowed
        each.wait_printed(("info", "Server: File 'console.txt' sent to %s\n"
                           % ("ann" if each is ann else "ben")))
        s.equal(each.files.get("file from server:console.txt\n"),
                b"line\n" * 999, "a file of the operator")
    server.write("good bye")
    ben.wait_printed(("info", "Server: good bye\n"))
    ann.send("cmd", "disconnect")
    ben.wait_printed(("info", "Server: Client ann left the server.\n"))
    leave(s, ours)
    ben.wait_printed(("info", "Server: Client cat left the server.\n"))
    ann.check(s, "a client")
    ben.check(s, "another client")
    server.check_end(s)


# caps and echo.

class CapsServer(OriginalServer):
    def handle(self, client):
        while True:
            word = client.recv(1024)
            option = client.recv(1024)
            self.printed.append((word, option))
            if option == b"1":
                client.sendall(word.upper())
            elif option == b"2" and word == VECTOR:
                client.sendall(WORD)
                time.sleep(0.05)
                client.sendall(VECTOR)
            elif option == b"3":
                client.close()
                return
            else:
                raise ValueError("word %r, option %r" % (word, option))


def caps_server(s):
    server = CapsServer()
    ours = labchat(server, "caps", None)
    for line in "open mode", "abcd", "secure mode", WORD.decode(), \
            "quit application":
        ours.write(line)        # all at once
    s.equal(ours.wait_end(), 0, "our client leaves in order")
    s.holds(ours.said(), b"capitalized it: ABCD\n", "open mode")
    s.holds(ours.said(), b"decrypted it: " + WORD, "secure mode, decrypted")
    s.holds(ours.said(), VECTOR.hex().encode(), "secure mode, encrypted")
    server.wait_printed((b"No data", b"3"))
    server.check(s, "the server")


def caps_client(s):
    """Its two sends follow each other at once, so that they may be joined."""
    server = Server("caps")
    client = lab.Peer(server.port).socket
    for turn in range(5):
        client.sendall(b"abcd")
        client.sendall(b"1")
        s.equal(client.recv(1024), b"ABCD", "open mode")
    client.sendall(VECTOR)
    client.sendall(b"2")
    answer = b""
    while len(answer) < 32:
        answer += client.recv(1024)
    s.equal(answer, WORD + VECTOR, "secure mode")
    client.sendall(b"No data")
    client.sendall(b"3")
    s.equal(client.recv(1024), b"", "quit")
    server.check_end(s)


class EchoServer(OriginalServer):
    reverse = False

    def handle(self, client):
        while True:
            data = client.recv(1024)
            if data == b"":
                return      # its own side stays open, as the original's does
            client.sendall(data[::-1] if self.reverse else data)


class ReverseServer(EchoServer):
    reverse = True


def echo_server(s):
    for kind, back in (EchoServer, "hello\n"), (ReverseServer, "olleh\n"):
        server = kind()
        ours = labchat(server, "echo", None)
        ours.write("hello")
        ours.wait_said(back)
        ours.write("x" * 1000)
        ours.wait_said("x" * 1000 + "\n")
        leave(s, ours)
        server.check(s, "the server")


lab.run_scenarios([
    ("p2p server", p2p_server),
    ("p2p clients", p2p_clients),
    ("room server", room_server),
    ("room clients", room_clients),
    ("im server", im_server(ImServer, "im")),
    ("im clients", im_clients),
    ("eim server", im_server(EimServer, "eim", "-c", "one", "-a", "two")),
    ("class server", class_server),
    ("class clients", class_clients),
    ("caps server", caps_server),
    ("caps client", caps_client),
    ("echo server", echo_server),
    # Like the originals these peers take what one recv() gives for one message,
    # and on a machine that is busy enough two become one.
], alone_again=True)
