/* The page's modules that need no page: numbers, units, addresses. */
import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { check, equal, plan } from "./tap.mjs";

const ROOT = process.env.top_srcdir;
const load = (name) => import(
    pathToFileURL(`${ROOT}/analyzer/dashboard/web/${name}.js`));
const { parseExact, number, whole, nanoseconds } = await load("exact");
const units = await load("units");
const { readQuery, writeQuery, isFiltered } = await load("view");
const { tokenIn } = await load("session");

/* Numbers stay as they are written. */
equal(parseExact('{"a":1768208400500323972,"b":-0.000000000001,"c":1e-7}'),
    { a: "1768208400500323972", b: "-0.000000000001", c: "1e-7" },
    "numbers are texts with all their digits");
equal(parseExact('{"1":["2 \\"3\\" 4","\\\\",5,null,true,"a\\\\",-6]}'),
    { 1: ["2 \"3\" 4", "\\", "5", null, true, "a\\", "-6"] },
    "digits in texts and names are left alone");
check([NaN, 0].every((bad) => {
	try {
		parseExact(`{"a":${bad === 0 ? "01" : bad}x}`);
		return false;
	} catch {
		return true;
	}
}), "what is no JSON is refused");
equal([number(null), number(""), number("1.5"), whole(null), whole("5")],
    [null, null, 1.5, 0n, 5n], "undefined is no number, and adds nothing");
equal(["1.5", "0.000000001234", "-2.25", "11", ""].map(nanoseconds),
    [1500000000n, 1n, -2250000000n, 11000000000n, 0n],
    "seconds are nanoseconds");

/* What a command writes as JSON is what it writes as CSV. */
const command = (...words) => execFileSync(process.env.PCAPSTAT,
    [...words, `${ROOT}/pcap_files/nat_geo.pcap`],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"],
	maxBuffer: 1 << 26 });
const [head, ...lines] = command("timeline", "--interval", "1ms",
    "--format", "csv").trimEnd().split("\n");
const rows = parseExact(command("timeline", "--interval", "1ms",
    "--format", "json")).rows;
check(rows.length > 100, "a timeline of many rows");
equal(Object.keys(rows[0]).join(), head, "columns of JSON are those of CSV");
equal(rows.map((row) => Object.values(row).map((cell) => cell ?? "").join())
    .join("\n"), lines.join("\n"), "cells of JSON are those of CSV");

/* Units. */
equal(["0", "999", "1000", "-1234567", "12345.678"].map(units.grouped),
    ["0", "999", "1,000", "-1,234,567", "12,345.678"], "groups of digits");
equal(units.groupedIn("120000 of 1011 (4096, 1 %), 64035 bytes, 2001:db8::1234 " +
    "port :4711, 1.12345 s from 2026-01-12T09:00:00Z on, and 1234."),
"120,000 of 1,011 (4,096, 1 %), 64,035 bytes, 2001:db8::1234 " +
    "port :4711, 1.12345 s from 2026-01-12T09:00:00Z on, and 1,234.",
"counts in a sentence, and nothing else");
equal([0, 999, 999.6, 1000, 12345, 999600, 1e6, 1.5e15, null]
    .map(units.bytes), ["0 B", "999 B", "1.00 kB", "1.00 kB", "12.3 kB",
    "1.00 MB", "1.00 MB", "1.50 PB", "–"], "bytes have decimal units");
equal(["7", "9999999", "10000000", null].map(units.count),
    ["7", "9,999,999", "10.0 M", "–"], "counts are exact to ten million");
equal([0, 0.0004, 0.5, 0.9995, 1, null].map(units.percent),
    ["0.0 %", "< 0.1 %", "50.0 %", "> 99.9 %", "100 %", "–"],
    "a part is all or nothing only where it is");
equal([0, 1e-9, 4.8e-4, 0.0421, 1.5, 119.6, 125, 7300, 950000000, null]
    .map(units.duration), ["0 s", "1.00 ns", "480 µs", "42.1 ms", "1.50 s",
    "120 s", "2 min 5 s", "2 h 1 min", "10,995 d 8 h", "–"],
"durations have the unit that fits");
equal(["0", "1768208400500323972", "-1", "9223372036854775807",
    "-9223372036854775808"].map(units.exactTime),
["1970-01-01T00:00:00Z", "2026-01-12T09:00:00.500323972Z",
    "1969-12-31T23:59:59.999999999Z", "2262-04-11T23:47:16.854775807Z",
    "1677-09-21T00:12:43.145224192Z"], "times are exact, and UTC");
equal([units.dateTime("1768208400500323972"),
    units.clockTime("1768208400500323972")],
["2026-01-12 09:00:00", "09:00:00.500"], "times for a glance");
equal([86400, 3600, 60, 1, 0.1, 0.000000001].map((step) =>
	units.tickTime(1768208400500323972n,
	    BigInt(Math.round(step * 1e9)))),
["2026-01-12", "09:00", "09:00", "09:00:00", "09:00:00.5",
    "09:00:00.500323972"], "marks of a time axis have the digits they need");
equal(["1000000", "10000000000", "60000000000", "21600000000000",
    "864000000000000", "1500", "1000"].map(units.unitOfTime),
["1 ms", "10 s", "1 min", "6 h", "10 d", "1,500 ns", "1 µs"],
"widths of buckets are whole");

/* Addresses. */
const view = { capture: "a b&c.pcap", src: "::1", port: "80" };
equal(writeQuery(view), "?capture=a+b%26c.pcap&src=%3A%3A1&port=80",
    "a view as an address");
equal(readQuery(writeQuery(view)), { view, flow: null }, "and back");
equal(writeQuery({ port: "80", src: "::1", capture: "a b&c.pcap" }),
    writeQuery(view), "equal views have equal addresses");
const flow = { flow: "3", protocol: "tcp", a_ip: "::1", a_port: "5" };
equal(readQuery(writeQuery(view, flow)), { view, flow },
    "a flow on top of it");
equal(readQuery("?x=1&src=&a_ip=%3A%3A1"), { view: {}, flow: null },
    "what is unknown or empty is left out; an address alone is no flow");
equal([isFiltered({ capture: "a" }), isFiltered({ from: "1" })],
    [false, true], "a capture is no filter");
equal(["#token=ab-_9", "http://127.0.0.1:8050/?src=1#token=x ", "abc",
    "#nottoken=x", "#token=", "#x&token=y"].map(tokenIn),
["ab-_9", "x", null, null, null, null], "the token of a link");
plan();
