"""The server: who gets in, what is answered, what is equal to commands."""
import gzip
import json
import os
import shlex
import subprocess
import sys
import xml.dom.minidom

from dashboard import (PCAPSTAT, SAMPLES, Dashboard, Tap, built_in, events,
                       pcapstat, query)

tap = Tap()
FOREIGN = [{"Host": "evil.example"}, {"Host": "127.0.0.1:1"},
           {"Host": "localhost"}, {"Host": ""},
           {"Origin": "http://evil.example"}, {"Origin": "null"}]


def check_session(d):
    tap.equal(d.ask("/api/state")[0], 403, "without a session there is none")
    tap.equal(d.ask("/api/events")[0], 403, "nor are there events")
    tap.equal(d.ask("/api/panel/volume.csv")[0], 403, "nor panels")
    tap.equal(d.ask("/api/flow.svg")[0], 403, "nor ladders")
    for body in ("", "{}", "x", '{"token":1}', '{"token":"' + 64 * "0" + '"}',
                 '{"token":"' + d.token[:-1] + '"}', '{"token":"' + d.token,
                 '{"token":"' + d.token + '"}x', "[" * 1000, "\0" * 100):
        tap.equal(d.ask("/api/session", "POST", body)[0], 403,
                  f"no session for {body[:12]!r}")
    status, headers, _ = d.enter()
    tap.equal(status, 204, "the token gives a session")
    cookie = headers["Set-Cookie"]
    tap.ok("; HttpOnly" in cookie and "; SameSite=Strict" in cookie and
           cookie.startswith(f"pcapstat-{d.port}=") and d.token not in cookie,
           "its cookie is out of reach, and not the token", cookie)
    tap.equal(d.ask("/api/state")[0], 200, "the cookie lets in")
    for wrong in (d.cookie[:-1], d.cookie + "0", "a=b", "=", ";;;",
                  d.cookie.replace("=", "=0", 1)):
        tap.equal(d.ask("/api/state", headers={"Cookie": wrong})[0], 403,
                  f"{wrong[:20]!r} does not")
    tap.equal(d.ask("/api/state", headers={"Cookie": "a=b; " + d.cookie +
                                           "; c=d"})[0], 200,
              "it may stand among others")


def check_origin(d):
    for headers in FOREIGN:
        tap.equal(d.ask("/api/state", headers=headers)[0], 403,
                  f"refused: {headers}")
    tap.equal(d.ask("/", headers={"Host": "evil.example"})[0], 403,
              "another name gets not even the page")
    for site, want in (("cross-site", 403), ("same-site", 403),
                       ("same-origin", 200), ("none", 200)):
        tap.equal(d.ask("/api/state", headers={"Sec-Fetch-Site": site})[0],
                  want, f"Sec-Fetch-Site: {site}")
    for host in ("localhost", "[::1]", "LOCALHOST"):
        tap.equal(d.ask("/api/state",
                        headers={"Host": f"{host}:{d.port}"})[0], 200,
                  f"{host} is us")
    tap.ok(b" 403 " in d.raw(f"GET / HTTP/1.1\r\nHost: {d.host}\r\n"
                             f"Host: {d.host}\r\nConnection: close\r\n\r\n"
                             .encode()).split(b"\r\n")[0],
           "one Host, not two")


def check_headers(d):
    for path in ("/", "/app.js", "/api/state", "/api/panel/volume.svg",
                 "/nothing", "/api/nothing"):
        _, h, _ = d.ask(path)
        csp = h["Content-Security-Policy"]
        tap.ok("frame-ancestors 'none'" in csp and "unsafe-eval" not in csp
               and "*" not in csp and h["X-Content-Type-Options"] == "nosniff"
               and h["Referrer-Policy"] == "no-referrer",
               f"{path} says what may be done with it", h)
    csp = d.ask("/")[1]["Content-Security-Policy"]
    tap.ok("default-src 'self'" in csp and "unsafe-inline" not in csp,
           "the page runs no script but its own", csp)


def check_methods(d):
    for method in ("PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PATCH",
                   "CONNECT", "BREW"):
        line = d.raw(f"{method} /api/state HTTP/1.1\r\nHost: {d.host}\r\n"
                     f"Cookie: {d.cookie}\r\nConnection: close\r\n\r\n"
                     .encode()).split(b"\r\n")[0]
        tap.ok(b" 200 " not in line, f"{method} is refused", line)
    tap.equal(d.ask("/api/state", "POST", "x")[0], 405, "state is for GET")
    tap.equal(d.ask("/api/session")[0], 405, "a session is for POST")


def check_bounds(d):
    head = f"GET / HTTP/1.1\r\nHost: {d.host}\r\n".encode()
    for name, data in (
            ("headers", head + b"X: " + b"y" * 40000 + b"\r\n\r\n"),
            ("headers in number", head + b"X: y\r\n" * 9000 + b"\r\n"),
            ("the first line", b"GET /" + b"y" * 40000 + b" HTTP/1.1\r\n"),
            ("the body", f"POST /api/session HTTP/1.1\r\nHost: {d.host}\r\n"
             f"Content-Length: 1000000\r\n\r\n".encode() + b"y" * 100000),
            ("a length", f"POST /api/session HTTP/1.1\r\nHost: {d.host}\r\n"
             f"Content-Length: 99999999999999999999\r\n\r\n".encode()),
            ("a negative length", f"POST /api/session HTTP/1.1\r\n"
             f"Host: {d.host}\r\nContent-Length: -1\r\n\r\n".encode()),
            ("chunks", f"POST /api/session HTTP/1.1\r\nHost: {d.host}\r\n"
             "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"
             .encode() + b"y" * 10000),
            ("another's address", b"GET http://evil.example/ HTTP/1.1\r\n"
             b"Host: " + d.host.encode() + b"\r\nConnection: close\r\n\r\n"),
            ("no path", b"GET * HTTP/1.1\r\nHost: " + d.host.encode() +
             b"\r\nConnection: close\r\n\r\n"),
            ("no version", b"GET /\r\n\r\n"),
            ("bytes", bytes(range(256)) * 20),
            ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" +
             b"\0" * 500)):
        line = d.raw(data).split(b"\r\n")[0]
        tap.ok(b" 200 " not in line, f"bounded or refused: {name}", line)
    tap.equal(d.ask("/api/state" + "?src=" + "1" * 9000)[0], 400,
              "a long query")
    tap.equal(d.ask("/api/state")[0], 200, "it is still there")


def check_assets(d):
    status, headers, body = d.ask("/", cookie=False)
    page = gzip.decompress(body)
    tap.ok(status == 200 and b"<!doctype html>" in page.lower() and
           headers["Content-Type"].startswith("text/html"),
           "the page, without a session")
    tap.ok(d.token.encode() not in page, "knows no token")
    tap.equal(d.ask("/", headers={"If-None-Match": headers["ETag"]})[0], 304,
              "is not sent twice")
    tap.equal(d.ask("/../etc/passwd")[0], 404, "there are no other files")
    tap.equal(d.ask("/app.js%00")[0], 404, "nor other names")


def check_view_errors(d):
    for field, values in {
            "src": ["x", "1.2.3", "1.2.3.4/33", "::/129", "1.2.3.4 or ip",
                    "1.2.3.4;", "1" * 60],
            "dst": ["host", "::g"],
            "proto": ["x", "256", "-1", "tcp or udp", "6 "],
            "port": ["x", "65536", "80-70", "-", "80-", "1-2-3", " 80"],
            "from": ["x", "2026-13-01", "1e9"], "to": ["yesterday"],
            "capture": ["nothing.pcap", "../google.pcap", "/etc/passwd"],
            }.items():
        for value in values:
            status, _, body = d.ask("/api/state" + query({field: value}))
            said = json.loads(body)
            tap.ok(status == 400 and said.get("field") == field and
                   "\n" not in said["error"], f"{field}={value} is refused",
                   body)
    for q in ("?x=1", "?src=1.1.1.1&src=1.1.1.1", "?src", "?src=%",
              "?src=%zz", "?src=%00", "?src=%ff", "?from=5&to=4",
              "?" + "&".join(f"a{i}=1" for i in range(50))):
        tap.equal(d.ask("/api/state" + q)[0], 400, f"{q[:20]} is refused")


VIEWS = [{"capture": "google.pcap"},
         {"capture": "lossy.pcap", "src": "192.168.0.0/16", "proto": "tcp"},
         {"capture": "nat_geo.pcap", "from": "1768242002", "port": "443"},
         {"capture": "ipv6.pcap", "proto": "icmpv6"},
         {"capture": "echo.pcap", "dst": "203.0.113.99"}]


def check_panel(d, command, panel, view):
    for form in ("csv", "json"):
        words = shlex.split(command.replace("%s", panel["command"]))
        status, headers, body = d.panel(f"{panel['name']}.{form}", **view)
        want = pcapstat(*words[1:], "--format", form, "-q",
                        cwd=os.path.dirname(SAMPLES))
        tap.ok(status == 200 and body == want,
               f"{panel['name']}.{form} is what its command writes: "
               f"{view['capture']}", f"{status}\n{body[:300]}\n{want[:300]}")
    if panel.get("picture", True):
        status, headers, body = d.panel(f"{panel['name']}.svg", **view)
        tap.ok(status == 200 and headers["Content-Type"] == "image/svg+xml"
               and xml.dom.minidom.parseString(body).documentElement.tagName
               == "svg", f"{panel['name']}.svg is a picture")


def check_panels(d):
    for view in VIEWS:
        state = d.complete(**view)
        tap.equal(state["view"]["status"], "complete", f"read: {view}")
        for panel in state["panels"]:
            check_panel(d, state["view"]["command"], panel, view)
    view = VIEWS[1]
    state = d.complete(**view)
    a = state["accounting"]
    tap.ok(a["filtered"] > 0 and state["view"]["records"] == a["in"] +
           a["out"] + a["other"] + a["skipped"] + a["filtered"],
           "every record is accounted for", a)
    tap.ok(d.complete(capture="chat-lab/chatserver.pcap")["local"].endswith(
        "--local NET names the networks that are yours.") and
        state["local"] == "Local: 192.168.0.0/16.",
        "which networks are local, and a hint where none is", state["local"])
    tap.equal(d.panel("volume.csv", download="1", **view)[1]
              ["Content-Disposition"], 'attachment; filename="volume.csv"',
              "a download has a name")
    tap.equal([d.panel(name)[0] for name in
               ("x.csv", "volume", "volume.png", ".csv", "figures.svg",
                "handshakes.csv", "%2e%2e/x.csv")], 7 * [404],
              "there are no other panels")


def check_shared_view(d):
    a = d.complete(capture="lossy.pcap", src="192.168.77.7/16", proto="TCP")
    b = d.complete(capture="lossy.pcap", src="192.168.0.0/16", proto="tcp")
    tap.equal(a["view"], b["view"], "one view, however it is written")


def check_flow(d):
    view = {"capture": "google.pcap"}
    rows = json.loads(d.panel("flows.json", **view)[2])["rows"]
    row = next(r for r in rows if r["protocol"] == "tcp")
    end = row["start_time_ns"] + 60 * 10**9
    flow = {name: row[name] for name in
            ("flow", "protocol", "a_ip", "a_port", "b_ip", "b_port",
             "start_time_ns")}
    q = query({**view, **flow, "end_time_ns": end})
    status, _, body = d.ask("/api/flow.json" + q)
    said = json.loads(body)
    tap.ok(status == 200 and len(said["flows"]) == 1 and
           said["flows"][0]["a_packets"] == row["a_packets"] and
           len(said["tcp"]) == 1, "a flow's numbers", body[:500])
    words = shlex.split(said["command"])[1:]
    for ending, form in (("svg", "svg"), ("txt", "text")):
        status, headers, body = d.ask(f"/api/flow.{ending}" + q)
        want = pcapstat(*words, "--as", form, "-q",
                        cwd=os.path.dirname(SAMPLES))
        tap.ok(status == 200 and body == want and len(body) > 1000,
               f"its ladder is the command's, as {form}", body[:300])
    for wrong in ({"a_ip": "x"}, {"a_port": "70000"}, {"start_time_ns": "z"},
                  {"a_ip": ""}, {"shell": "1"}):
        tap.equal(d.ask("/api/flow.svg" + query({**view, **flow, **wrong}))
                  [0], 400, f"refused: {wrong}")
    tap.equal(d.ask("/api/flow.exe" + q)[0], 404, "no other form")


def check_events(d):
    view = {"capture": "wikipedia.pcap"}
    state = d.complete(**view)
    want = {p["name"] for p in state["panels"] if p["generation"] > 0}
    got = {}
    s = d.stream(**view)
    for name, data in events(s):
        document = json.loads(data)
        got[document["name"] if name == "panel" else "state"] = document
        if want <= got.keys():
            break
    s.close()
    tap.ok(want <= got.keys() and got["state"]["view"]["records"] ==
           state["view"]["records"], "who looks on gets all that is there")
    tap.equal(got["flows"]["document"],
              json.loads(d.panel("flows.json", **view)[2]),
              "an event has the panel's very rows")


def check_unprintable():
    """A link that nobody can read: no server that nobody can open."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [PCAPSTAT, "dashboard", "--port", "0", SAMPLES], stdout=full,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)
    tap.equal(done.returncode, 1, "a link that cannot be printed: status 1")
    tap.equal(done.stderr,
              b"pcapstat: standard output: No space left on device\n",
              "and a line that says so")


def main():
    if not built_in():
        tap.skip("the dashboard", "configured with --disable-dashboard")
        tap.end()
    d = Dashboard("pcap_files", cwd=os.path.dirname(SAMPLES))
    tap.ok(d.link.startswith("dashboard: http://127.0.0.1:"),
           "the link is printed", d.link)
    for check in (check_session, check_origin, check_headers, check_methods,
                  check_bounds, check_assets, check_view_errors,
                  check_panels, check_shared_view, check_flow, check_events):
        check(d)
    check_unprintable()
    again = Dashboard("pcap_files", cwd=os.path.dirname(SAMPLES))
    tap.equal(again.ask("/api/state", headers={
        "Cookie": d.cookie.replace(str(d.port), str(again.port))})[0], 403,
        "a session ends with its server")
    for one in (again, d):
        token = one.token
        status, said = one.end()
        tap.equal((status, said), (0, ""), "SIGTERM ends it in silence")
        tap.ok(token not in said, "no token was told")
        tap.equal(one.leftovers(), [], "nothing is left")
    tap.end()


if __name__ == "__main__":
    main()
