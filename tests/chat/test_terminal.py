"""labchat at a terminal (tmux): messages arrive while somebody types, and what
was typed stays; the terminal is as it was found, whatever ends the client."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

LABCHAT = os.environ.get(
    "LABCHAT", os.path.join(os.environ["top_builddir"], "labchat"))
LABCHATD = os.environ.get(
    "LABCHATD", os.path.join(os.environ["top_builddir"], "labchatd"))
SECONDS = 20	# no wait takes nearly as long
COLUMNS, ROWS = 40, 16
PROMPTS = [["$"], ["#"]]	# a user's, root's

number = 0
failed = False


def check(wrong, what):
    global number, failed
    number += 1
    print("%s %d - %s" % ("not ok" if wrong else "ok", number, what))
    for line in wrong:
        failed = True
        print("# %s" % (line,))
    sys.stdout.flush()


class Late(Exception):
    pass


class Screen:
    """A shell in a terminal of its own; sizes in columns and rows."""

    def __init__(self, folder, name):
        self.socket = os.path.join(folder, name + ".tmux")
        environment = {"PATH": os.environ["PATH"], "HOME": folder,
                       "LC_ALL": "C"}
        self.tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS),
                  *sum([["-e", "%s=%s" % e] for e in environment.items()], []),
                  "exec sh -i")
        self.wait(lambda lines: lines[-1:] in PROMPTS, "the shell's prompt")

    def tmux(self, *words):
        return subprocess.run(
            ["tmux", "-u", "-S", self.socket, "-f", "/dev/null"] + list(words),
            capture_output=True, timeout=SECONDS, check=True,
            encoding="utf-8", env=dict(os.environ, TERM="screen")).stdout

    def lines(self):
        """The rows, joined where the terminal broke a line itself."""
        text = self.tmux("capture-pane", "-p")
        lines = [line.rstrip() for line in text.split("\n")]
        while lines and lines[-1] == "":
            lines.pop()
        return lines

    def wait(self, fits, what):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            lines = self.lines()
            if fits(lines):
                return lines
            time.sleep(0.02)
        raise Late("%s is not on the screen:\n%s" % (what, "\n".join(lines)))

    def wait_end(self, *expected):
        """The last rows are these."""
        return self.wait(lambda lines: lines[-len(expected):] ==
                         list(expected), repr(expected))

    def wait_cursor(self, column, row_from_end):
        """The cursor, the row counted from the last one that is not empty."""
        def there(lines):
            at = self.tmux("display-message", "-p", "#{cursor_x},#{cursor_y}")
            return at.strip() == "%d,%d" % (column,
                                            len(lines) - 1 - row_from_end)
        self.wait(there, "a cursor at %d, %d" % (column, row_from_end))

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def keys(self, *names):
        self.tmux("send-keys", *names)

    def resize(self, columns):
        """tmux breaks its rows anew at once and tells the program later; what
        is shown in between no program could place."""
        self.tmux("resize-window", "-x", str(columns), "-y", str(ROWS))
        tty = self.tmux("display-message", "-p", "#{pane_tty}").strip()
        fd = os.open(tty, os.O_RDONLY | os.O_NOCTTY)
        self.wait(lambda lines: os.get_terminal_size(fd).columns == columns,
                  "a width of %d" % columns)
        os.close(fd)

    def close(self):
        self.tmux("kill-server")


class Server:
    """Sends one client back what it hears, and says more where told to."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(SECONDS)
        self.port = self.listener.getsockname()[1]
        self.client = None
        self.received = b""

    def accept(self):
        self.client, _ = self.listener.accept()
        self.client.settimeout(SECONDS)

    def say(self, text):
        self.client.sendall(text if isinstance(text, bytes)
                            else text.encode())

    def hear(self, n):
        while len(self.received) < n:
            data = self.client.recv(65536)
            if data == b"":
                raise Late("the client closed after %r" % self.received)
            self.received += data
        heard, self.received = self.received[:n], self.received[n:]
        self.client.sendall(heard)
        return heard

    def hear_text(self, text):
        heard = self.hear(len(text.encode()))
        return [] if heard == text.encode() else \
            ["heard %r, not %r" % (heard, text)]

    def close(self):
        if self.client is not None:
            self.client.close()
        self.listener.close()


class Chat:
    """The client in a shell that compares the terminal's modes around it."""

    def __init__(self, folder, name, arguments="echo", port=None):
        self.server = Server()
        port = port or self.server.port
        self.screen = Screen(folder, name)
        self.pid_file = os.path.join(folder, name + ".pid")
        script = os.path.join(folder, name + ".sh")
        with open(script, "w") as out:
            out.write("ulimit -c 0\nbefore=$(stty -g)\n"
                      "sh -c 'echo $$ >%s; exec \"$@\"' sh %s %s -p %d\n"
                      "status=$?\n"
                      "[ \"$before\" = \"$(stty -g)\" ] && modes=same\n"
                      "echo end $status $modes\n" %
                      (self.pid_file, LABCHAT, arguments, port))
        # Read by the shell itself: it has the jobs, and Ctrl-Z works.
        self.screen.type("clear; . " + script)
        self.screen.keys("Enter")

    def connected(self):
        self.server.accept()
        self.screen.wait(lambda lines: lines[-1:] and "exit" in
                         " ".join(lines[-3:]), "the banner")
        return self

    def pid(self):
        with open(self.pid_file) as text:
            return int(text.read())

    def ends(self, status):
        """The shell says how; beginning of a line, nothing left before it."""
        self.screen.wait(lambda lines: any(
            re.match(r"^end %s same$" % status, line) for line in lines),
            "end %s same" % status)

    def close(self):
        self.server.close()
        self.screen.close()


def typed_text_stays(chat):
    wrong = []
    chat.screen.type("hello w\u00f6rld")
    chat.screen.wait_end("hello w\u00f6rld")
    chat.screen.keys("Left", "Left")
    chat.screen.wait_cursor(9, 0)
    chat.server.say("Bob: h\u00f6i\n")
    chat.screen.wait_end("Bob: h\u00f6i", "hello w\u00f6rld")
    chat.screen.wait_cursor(9, 0)
    chat.server.say("Bob: two\nBob: three\n")
    chat.screen.wait_end("Bob: h\u00f6i", "Bob: two", "Bob: three",
                         "hello w\u00f6rld")
    chat.screen.wait_cursor(9, 0)
    chat.screen.type("X")
    chat.screen.wait_end("Bob: three", "hello w\u00f6rXld")
    chat.screen.keys("Enter")
    wrong += chat.server.hear_text("hello w\u00f6rXld\n")
    return wrong


def utf8_is_edited_by_characters(chat):
    chat.screen.type("a\u00e4\u65e5\u672c\U0001f600z")
    chat.screen.wait_end("a\u00e4\u65e5\u672c\U0001f600z")
    chat.screen.keys("BSpace", "BSpace")
    chat.screen.wait_end("a\u00e4\u65e5\u672c")
    chat.screen.keys("Left", "Left")
    chat.screen.wait_cursor(2, 0)
    chat.screen.keys("DC")
    chat.screen.wait_end("a\u00e4\u672c")
    chat.screen.keys("End", "BSpace", "Home")
    chat.screen.wait_cursor(0, 0)
    chat.screen.type("\u20ac")
    chat.screen.wait_end("\u20aca\u00e4")
    chat.screen.keys("Enter")
    return chat.server.hear_text("\u20aca\u00e4\n")


def a_line_wider_than_the_terminal_stays_whole(chat):
    text = "0123456789" * 9 + "\u65e5\u672c\u8a9e" + "abc" * 5
    rows = [text[:40], text[40:80], text[80:]]
    chat.screen.type(text)
    chat.screen.wait_end(*rows)
    chat.server.say("Bob: above\n")
    chat.screen.wait_end("Bob: above", *rows)
    chat.screen.keys("Home")
    chat.screen.wait_cursor(0, 2)
    chat.server.say("Bob: again\n")
    chat.screen.wait_end("Bob: above", "Bob: again", *rows)
    chat.screen.wait_cursor(0, 2)
    chat.server.say("Bob: " + "w" * 100 + "\n")
    chat.screen.wait_end("Bob: again", "Bob: " + "w" * 35, "w" * 40, "w" * 25,
                         *rows)
    chat.screen.keys("End", "Enter")
    return chat.server.hear_text(text + "\n")


def a_line_that_fills_its_row_stays_whole(chat):
    text = "x" * 40
    chat.screen.type(text)
    chat.screen.wait_end(text)
    chat.server.say("Bob: one\n")
    chat.screen.wait_end("Bob: one", text)
    chat.server.say("Bob: two\n")
    chat.screen.wait_end("Bob: one", "Bob: two", text)
    chat.screen.keys("Enter")
    return chat.server.hear_text(text + "\n")


def another_size_keeps_the_line_and_the_messages(chat):
    text = "abcdefghij" * 6
    chat.server.say("Bob: before\n")
    chat.screen.wait_end("Bob: before")
    chat.screen.type(text)
    chat.screen.wait_end("Bob: before", text[:40], text[40:])
    chat.screen.resize(70)
    chat.screen.wait_end("Bob: before", text)
    chat.server.say("Bob: wide\n")
    chat.screen.wait_end("Bob: before", "Bob: wide", text)
    chat.screen.resize(25)
    chat.screen.wait_end("Bob: before", "Bob: wide", text[:25], text[25:50],
                         text[50:])
    chat.server.say("Bob: narrow\n")
    chat.screen.wait_end("Bob: before", "Bob: wide", "Bob: narrow", text[:25],
                         text[25:50], text[50:])
    chat.screen.type("!")
    chat.screen.keys("Enter")
    return chat.server.hear_text(text + "!\n")


def what_was_typed_before_comes_back(chat):
    wrong = []
    for text in ("one", "two", "two", "three"):
        chat.screen.type(text)
        chat.screen.keys("Enter")
        wrong += chat.server.hear_text(text + "\n")
    chat.screen.keys("Up", "Up")
    chat.screen.wait_end("three", "two")
    chat.server.say("Bob: meanwhile\n")
    chat.screen.wait_end("Bob: meanwhile", "two")
    chat.screen.keys("Up")
    chat.screen.wait_end("Bob: meanwhile", "one")
    chat.screen.keys("Down", "Down")
    chat.screen.wait_end("Bob: meanwhile", "three")
    chat.screen.keys("Enter")
    wrong += chat.server.hear_text("three\n")
    # Each line begins at the newest again.
    chat.screen.keys("Up")
    chat.screen.wait_end("three", "three")
    chat.screen.keys("C-u")
    chat.screen.wait_end("three")
    return wrong


def half_a_key_holds_nothing_up(chat):
    chat.screen.type("abc")
    chat.screen.wait_end("abc")
    chat.screen.keys("-H", "1b")
    chat.server.say("Bob: hello\n")
    chat.screen.wait_end("Bob: hello", "abc")
    chat.screen.keys("-H", "5b", "44")	# with ESC: the left arrow
    chat.screen.wait_cursor(2, 0)
    chat.screen.type("X")
    chat.screen.keys("-H", "c3")
    chat.server.say("Bob: again\n")
    chat.screen.wait_end("Bob: hello", "Bob: again", "abXc")
    chat.screen.keys("-H", "a4")
    chat.screen.wait_end("Bob: again", "abX\u00e4c")
    chat.screen.keys("Enter")
    return chat.server.hear_text("abX\u00e4c\n")


def keys_without_a_meaning_have_none(chat):
    chat.screen.keys("F5", "PPage", "IC", "C-v", "M-x", "C-r", "C-]", "Tab",
                     "C-g", "M-1")
    chat.screen.type("ok")
    chat.screen.keys("C-@", "Enter")
    return chat.server.hear_text("ok\n")


def what_is_pasted_is_text(chat):
    """Ctrl-D, Ctrl-C, the left arrow and a tab, and two lines."""
    chat.screen.type("x")
    chat.screen.tmux("set-buffer", "a\tb\x04\x15\x1bbc\x1b[D\u00e4\nlast")
    chat.screen.tmux("paste-buffer", "-p", "-r")
    wrong = chat.server.hear_text("xa bbc[D\u00e4\n")
    chat.screen.wait_end("last")
    chat.screen.keys("Left", "Enter")
    return wrong + chat.server.hear_text("last\n")


def hostile_text_is_harmless(chat):
    chat.screen.type("abc")
    chat.screen.wait_end("abc")
    chat.server.say(b"Bob: \x1b[2J\x1b]0;x\x07\x1b[10;10H\xff\rend\n")
    lines = chat.screen.wait(lambda lines: "end" in " ".join(lines[-4:]),
                             "the text")
    chat.screen.wait_end(*lines[-2:-1], "abc")
    wrong = [] if any("Bob: \ufffd[2J\ufffd]0;x\ufffd\ufffd[10" in line
                      for line in lines) else lines
    chat.screen.keys("Enter")
    return wrong + chat.server.hear_text("abc\n")


def a_flood_of_messages_leaves_the_line(chat):
    chat.screen.type("still here")
    chat.screen.wait_end("still here")
    chat.server.say("".join("message %d\n" % i for i in range(3000)))
    chat.screen.wait_end("message 2998", "message 2999", "still here")
    chat.screen.keys("Enter")
    return chat.server.hear_text("still here\n")


def a_stop_gives_the_terminal_back(chat):
    chat.screen.type("draft")
    chat.screen.wait_end("draft")
    chat.screen.keys("C-z")
    # The shell names the whole command, which may take many lines.
    chat.screen.wait(lambda lines: "Stopped" in " ".join(lines) and
                     lines[-1:] in PROMPTS, "the stopped job")
    # The shell goes on behind the client in its script, and then waits.
    chat.screen.wait(lambda lines: any(line.endswith("same")
                                       for line in lines), "its modes")
    chat.screen.type("clear; fg >/dev/null")
    chat.screen.keys("Enter")
    chat.screen.wait(lambda lines: lines[-1:] == ["draft"], "the draft")
    chat.server.say("Bob: hello\n")
    chat.screen.wait_end("Bob: hello", "draft")
    chat.screen.type("!")
    chat.screen.keys("Enter")
    return chat.server.hear_text("draft!\n")


WHILE_CONNECTED = [
    (typed_text_stays, "typed text and its cursor stay below messages"),
    (utf8_is_edited_by_characters, "UTF-8 is edited by characters"),
    (a_line_wider_than_the_terminal_stays_whole,
     "a line wider than the terminal stays whole"),
    (a_line_that_fills_its_row_stays_whole,
     "a line that fills its row stays whole"),
    (another_size_keeps_the_line_and_the_messages,
     "another size keeps the line and the messages"),
    (what_was_typed_before_comes_back, "Up brings back what was typed"),
    (half_a_key_holds_nothing_up, "half a key holds no message up"),
    (keys_without_a_meaning_have_none, "keys without a meaning have none"),
    (what_is_pasted_is_text, "what is pasted is text, and no keys"),
    (hostile_text_is_harmless, "what a peer sends moves no cursor"),
    (a_flood_of_messages_leaves_the_line,
     "a flood of messages leaves the line"),
    (a_stop_gives_the_terminal_back, "Ctrl-Z, and back, keeps the line"),
]


def end_by_key(key):
    return lambda chat: chat.screen.keys(key)


def end_by_signal(number):
    return lambda chat: os.kill(chat.pid(), number)


def end_by_server(chat):
    chat.server.client.close()


# What ends the client, the text typed before, and its status.
ENDS = [
    ("Ctrl-D on an empty line", end_by_key("C-d"), "", "0"),
    ("Ctrl-C", end_by_key("C-c"), "half a li", "0"),
    ("SIGTERM", end_by_signal(signal.SIGTERM), "half a li", "0"),
    ("SIGHUP", end_by_signal(signal.SIGHUP), "half a li", "0"),
    ("Ctrl-\\", end_by_key("C-\\"), "half a li", "131"),
    ("SIGABRT", end_by_signal(signal.SIGABRT), "half a li", "134"),
    ("the server's end", end_by_server, "half a li", "1"),
]


def check_end(folder, name, end, typed, status):
    chat = Chat(folder, "end" + str(number)).connected()
    try:
        if typed:
            chat.screen.type(typed)
            chat.screen.wait_end(typed)
        end(chat)
        chat.ends(status)
        check([], "the terminal is restored after " + name)
    except Late as late:
        check([str(late)], "the terminal is restored after " + name)
    finally:
        chat.close()


def check_deletion(folder):
    """Ctrl-D on a line that is not empty deletes, and never ends."""
    chat = Chat(folder, "deletion").connected()
    try:
        chat.screen.type("abc")
        chat.screen.keys("C-d", "Home", "C-d", "Enter")
        wrong = chat.server.hear_text("bc\n")
    except Late as late:
        wrong = [str(late)]
    check(wrong, "Ctrl-D on a line that is not empty deletes")
    chat.close()


def check_secrets(folder):
    """The keys of eim are asked for before anybody is connected to."""
    chat = Chat(folder, "secret", "eim -n alice")
    wrong = []
    try:
        chat.screen.wait_end("Confidentiality key:")
        chat.screen.type("hunter2x")
        chat.screen.keys("BSpace", "Up", "Enter")
        chat.screen.wait_end("Confidentiality key:", "Authenticity key:")
        chat.screen.type("wrong")
        chat.screen.keys("C-u")
        chat.screen.type("swordfish")
        chat.screen.keys("Enter")
        chat.server.accept()
        lines = chat.screen.wait(lambda lines: "connected" in
                                 " ".join(lines), "the banner")
        for word in ("hunter2", "swordfish", "wrong"):
            if word in " ".join(lines):
                wrong.append("%s is on the screen" % word)
        chat.screen.keys("Up", "Up")
        chat.screen.type("hello")
        chat.screen.wait(lambda lines: lines[-1:] == ["hello"] or
                         lines[-1].endswith(" hello"), "hello alone")
        chat.screen.keys("C-c")
        chat.ends("0")
    except Late as late:
        wrong.append(str(late))
    check(wrong, "secrets are neither shown nor remembered")
    chat.close()


def check_secret_amid_lines(folder):
    """A password between lines that are shown, at our own server."""
    daemon = subprocess.Popen(
        [LABCHATD, "class", "-p", "0", "--users", folder + "/users.db",
         "--files", folder + "/files"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    port = int(daemon.stdout.readline().decode().rsplit(":", 1)[1])
    chat = Chat(folder, "amid", "class", port)
    wrong = []
    try:
        chat.screen.wait_end("yes/no:")
        chat.screen.type("no")
        chat.screen.keys("Enter")
        chat.screen.wait_end("name:")
        chat.screen.type("alice")
        chat.screen.keys("Enter")
        chat.screen.wait_end("password:")
        chat.screen.type("hunter2")
        chat.screen.keys("Enter")
        chat.screen.wait_end("Server: You joined the server.", ">")
        chat.screen.type("msg:one")
        chat.screen.wait_end("> msg:one")
        chat.screen.keys("Enter", "Up", "Up", "Up")
        lines = chat.screen.wait_end("> msg:one", "> msg:one")
        if "hunter2" in " ".join(lines):
            wrong.append("the password is on the screen")
        chat.screen.keys("C-c")
        chat.ends("0")
    except Late as late:
        wrong.append(str(late))
    check(wrong, "a password amid lines is neither shown nor remembered, a name "
          "not remembered")
    chat.close()
    daemon.terminate()
    daemon.communicate(timeout=SECONDS)


def check_interrupted_secret(folder):
    chat = Chat(folder, "interrupted", "eim -n alice")
    wrong = []
    try:
        chat.screen.wait_end("Confidentiality key:")
        chat.screen.type("hunter2")
        os.kill(chat.pid(), signal.SIGTERM)
        chat.ends("143")
    except Late as late:
        wrong.append(str(late))
    check(wrong, "the terminal is restored where a question is interrupted")
    chat.close()


def run(folder):
    chat = Chat(folder, "chat").connected()
    for test, what in WHILE_CONNECTED:
        try:
            chat.screen.resize(COLUMNS)
            wrong = test(chat)
        except Late as late:
            wrong = [str(late)]
        check([w for one in wrong for w in one.split("\n")], what)
    chat.close()
    for end in ENDS:
        check_end(folder, *end)
    check_deletion(folder)
    check_secrets(folder)
    check_secret_amid_lines(folder)
    check_interrupted_secret(folder)


def main():
    if shutil.which("tmux") is None:
        print("1..0 # SKIP there is no tmux")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        run(folder)
    print("1..%d" % number)
    return failed


sys.exit(main())
