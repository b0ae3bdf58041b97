/*
 * The dashboard as its user has it: opened by the printed link, read, filtered,
 * shared, downloaded, without a mouse, without eyes, after a restart.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { check, equal, plan } from "./tap.mjs";
import { findings, rowsOf, runShown, startBrowser, startDashboard }
    from "./browser.mjs";

const SAMPLES = `${process.env.top_srcdir}/pcap_files`;
const CAPTURES = `${process.env.TMPDIR}/captures`;
const GOOGLE = `${CAPTURES}/google.pcap`;
/* A name that would be HTML, a query and a pattern if it could. */
const ODD = "<img src=x onerror=console.error(1)>&amp;'\"%31+#?.pcap";
const GROUP = /\B(?=(\d{3})+$)/g;

mkdirSync(CAPTURES);
for (const name of readdirSync(SAMPLES).filter((one) => /\.pcap/.test(one)))
	copyFileSync(`${SAMPLES}/${name}`, `${CAPTURES}/${name}`);
copyFileSync(`${SAMPLES}/echo.pcap`, `${CAPTURES}/${ODD}`);
writeFileSync(`${CAPTURES}/long.pcap`, longFrames([60, 65549]));

/* A capture of frames of these original lengths, 14 bytes kept of each. */
function longFrames(lengths) {
	const head = Buffer.alloc(24), frame = Buffer.alloc(30);

	head.writeUInt32LE(0xa1b2c3d4, 0);
	head.writeUInt16LE(2, 4);
	head.writeUInt16LE(4, 6);
	head.writeUInt32LE(14, 16);
	head.writeUInt32LE(1, 20);
	return Buffer.concat([head, ...lengths.map((length) => {
		frame.writeUInt32LE(14, 8);
		frame.writeUInt32LE(length, 12);
		return Buffer.from(frame);
	})]);
}

const wrong = [];	/* what the browser complained of */
let dashboard = await startDashboard(0, [CAPTURES]);
const origin = new URL(dashboard.link).origin;
const browser = await startBrowser(wrong);
const page = browser.pages()[0];

const grouped = (text) => text.replace(GROUP, ",");
const text = async (selector) => (await page.locator(selector).innerText())
    .replace(/\s+/g, " ").trim();
const address = () => new URL(page.url());

/* Until the view is read and every panel stands. */
async function settled(on = page) {
	await on.waitForFunction(() => document.querySelector(
	    "#status.complete") !== null &&
	    document.querySelectorAll(".panel").length > 0 &&
	    document.querySelectorAll(".panel[aria-busy]").length === 0);
}

async function choose(name) {
	await page.selectOption("#capture", name);
	await page.waitForURL((url) =>
		url.searchParams.get("capture") === name);
	await settled();
}

/* The figures against the command's row. */
async function checkFigures(row, what) {
	const packets = BigInt(row.packets_total) -
	    BigInt(row.packets_filtered);

	equal([await text("#figure-volume .note"),
	    await text("#figure-ways .value"),
	    await page.locator("#figure-span .value").getAttribute("title"),
	    await text("#figure-size .note")],
	[`${grouped(row.frame_bytes_total)} frame bytes`,
	    `${grouped(row.packets_in)} in · ${grouped(row.packets_out)} out`,
	    `${row.duration_s} s; last packet ` +
		new Date(Number(BigInt(row.last_time_ns) / 1000000n))
		    .toISOString().slice(0, 19).replace("T", " ") + " UTC",
	    `frame bytes a packet, of ${grouped(String(packets))}`],
	`${what}: figures are the summary's`);
}

/* The first line names the hosts of the largest conversation. */
async function checkWho() {
	const largest = rowsOf("flows", GOOGLE, "--top", "1")[0];
	const who = await text(".who");

	check(who.includes(largest.a_ip) && who.includes(largest.b_ip),
	    `between whom the most goes: ${who}`);
}

async function opens() {
	const response = await page.goto(dashboard.link);

	equal(response.status(), 200, "the printed link opens");
	await settled();
	equal(address().hash, "", "the token is gone from the address bar");
	equal(await page.evaluate(() => document.cookie), "",
	    "scripts cannot read the session");
	check((await page.locator("#capture option").allInnerTexts())
	    .includes("google.pcap"), "captures can be chosen");
	await choose("google.pcap");
	await checkFigures(rowsOf("summary", GOOGLE)[0], "google.pcap");
	await checkWho();
}

/* Names come from whoever made the capture. */
async function oddName() {
	await choose(ODD);
	await checkFigures(rowsOf("summary", `${CAPTURES}/${ODD}`)[0],
	    "a name that would be HTML");
	equal(await page.locator("img").count(), 0, "it is none");
	const link = await page.getAttribute("#panel-protocols .links a",
	    "href");
	const csv = (await page.request.get(origin + link)).body();
	equal((await csv).toString(), runShown(await text(
	    "#panel-protocols .origin code"), "csv", CAPTURES).toString(),
	"its command can be pasted into a shell");
	await choose("google.pcap");
}

/* Every panel's files against the command that the page shows beside them. */
async function downloads() {
	const origins = await page.$$eval(".origin", (nodes) =>
		nodes.map((node) => ({
			command: node.querySelector("code").textContent,
			links: [...node.querySelectorAll(
			    "a:not([hidden])")].map((a) => a.href),
		})));
	const get = async (link) =>
		(await page.request.get(link)).body();

	check(origins.length >= 7, "every panel has a command and files",
	    `${origins.length}`);
	for (const { command, links } of origins) {
		for (const format of ["csv", "json"]) {
			const link = links.find((one) =>
				one.includes(`.${format}`));
			equal((await get(link)).toString("latin1"),
			    runShown(command, format, CAPTURES)
				.toString("latin1"),
			    `${command}: its ${format} is the command's`);
		}
	}
	const drawn = await browser.newPage();
	for (const link of origins.flatMap((one) => one.links)) {
		if (!link.includes(".svg"))
			continue;
		await drawn.goto(link.replace("&download=1", ""));
		check(await drawn.evaluate(() =>
			document.documentElement.nodeName === "svg" &&
			document.querySelector("parsererror") === null &&
			document.querySelector("title") !== null),
		`${new URL(link).pathname} is a picture`);
	}
	await drawn.close();
	const [file] = await Promise.all([page.waitForEvent("download"),
	    page.click("#panel-volume .links a >> nth=0")]);
	equal(file.suggestedFilename().endsWith(".csv"), true,
	    `a click saves ${file.suggestedFilename()}`);
}

async function tables() {
	const rows = rowsOf("timeline", "--interval", "auto", GOOGLE);

	await page.click("#panel-volume >> text=Table");
	equal(await text("#panel-volume .where"),
	    `1–50 of ${grouped(String(rows.length))}`,
	    "the table behind a chart has every row");
	await browser.grantPermissions(["clipboard-read", "clipboard-write"],
	    { origin });
	await page.click("#panel-volume >> text=Copy");
	await page.waitForFunction(() => document.querySelector("#said")
	    .textContent.includes("copied"));
	equal(await page.evaluate(() => navigator.clipboard.readText()),
	    await text("#panel-volume .origin code"),
	    "the command is copied by its button, which says so");
	await page.click("#panel-volume >> text=Next 50");
	equal((await page.locator("#panel-volume .exact tbody tr >> nth=0 >> td")
	    .allInnerTexts()).slice(1),
	Object.values(rows[50]).slice(1).map((cell) => cell ?? ""),
	"and every digit, on its second page too");
	await page.click("#panel-volume >> text=Table");
	equal(await page.locator("#panel-volume .behind").isVisible(), false,
	    "it can be closed");
}

async function filters() {
	await page.fill("#filter-src", "nonsense");
	await page.press("#filter-src", "Enter");
	await page.waitForSelector("#filter-src[aria-invalid]");
	check((await text("#filter-src-error")).includes("address"),
	    "a wrong address is told at its field");
	equal(await page.evaluate(() => document.activeElement.id),
	    "filter-src", "which has the focus");
	await page.fill("#filter-src", "203.0.113.10");
	await page.fill("#filter-port", "443");
	await page.click("#filters [type=submit]");
	await page.waitForURL(/src=203/);
	await settled();
	await checkFigures(rowsOf("summary", "--filter",
	    "src host 203.0.113.10 and port 443", GOOGLE)[0], "filtered");
	equal(address().search,
	    "?capture=google.pcap&src=203.0.113.10&port=443",
	    "the view is in the address");

	const other = await browser.newPage();
	await other.goto(page.url());
	await settled(other);
	equal(await other.locator("#figures").innerText(),
	    await page.locator("#figures").innerText(),
	    "the address shows the same to who opens it");
	await other.close();
	await page.goBack();
	await page.goBack();
	await page.waitForURL((url) => !url.search.includes("src"));
	await settled();
	await checkFigures(rowsOf("summary", GOOGLE)[0], "back");
	equal(await page.inputValue("#filter-src"), "",
	    "back empties the form");
}

async function clicks() {
	await page.click("#panel-flows .pick >> nth=0");
	await page.waitForURL(/src=/);
	await settled();
	check(address().searchParams.get("src") ===
	    await page.inputValue("#filter-src"),
	"a click on an address filters by it");
	await page.goBack();
	await page.waitForURL((url) => !url.search.includes("src"));
	await settled();
	await page.click("#panel-protocols .pick >> text=udp");
	await page.waitForURL(/proto=udp/);
	await settled();
	await checkFigures(rowsOf("summary", "--filter", "udp", GOOGLE)[0],
	    "a protocol that was clicked");
	await page.click("#filters [type=button]");
	await page.waitForURL((url) => !url.search.includes("proto"));
	await settled();

	const box = await page.locator("#panel-volume .u-over").boundingBox();
	await page.mouse.move(box.x + box.width / 4, box.y + 50);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width / 2, box.y + 60, { steps: 4 });
	await page.mouse.up();
	await page.waitForURL(/from=.*to=/);
	await settled();
	const [from, to] = ["from", "to"].map((name) =>
		address().searchParams.get(name));
	await checkFigures(rowsOf("summary", "--from", from, "--to", to,
	    GOOGLE)[0], "a window that was dragged");
	await page.click("#filters [type=button]");
	await page.waitForURL((url) => !url.search.includes("from"));
	await settled();
}

async function ladder() {
	const opener = "#panel-flows [data-key^=flow-] >> nth=0";
	const flow = await text(opener);

	await page.click(opener);
	await page.waitForSelector("dialog[open] .ladder");
	await page.waitForFunction(() =>
		document.querySelector(".ladder")?.naturalWidth > 100);
	check(true, "a click on a flow shows its ladder");
	const row = rowsOf("flows", GOOGLE).find((one) => one.flow === flow);
	check((await text("#flow-title")).includes(row.b_ip),
	    "the drawer says between whom");
	await page.click("text=Ladder as text");
	check((await page.locator("dialog pre").innerText()).length > 100,
	    "the ladder is there as text");
	equal((await page.request.get(await page.locator(
	    "dialog .links a >> text=Text").getAttribute("href")
	    .then((href) => origin + href))).status(), 200,
	"and as a file");
	equal(await findings(page), [], "axe finds nothing in the drawer");
	const deep = page.url();
	/* As a row is drawn anew when its numbers change. */
	await page.locator(opener).evaluate((node) =>
		node.replaceWith(node.cloneNode(true)));
	await page.keyboard.press("Escape");
	await page.waitForSelector("dialog", { state: "hidden" });
	equal(await page.evaluate(() =>
		document.activeElement.dataset.key), `flow-${flow}`,
	"Escape closes it; the focus is where it was");
	equal(address().searchParams.has("flow"), false,
	    "and the address is the view's");
	await page.goto(deep);
	await page.waitForSelector("dialog[open] .ladder");
	check(true, "its address opens it");
	await page.keyboard.press("Escape");
	await page.waitForSelector("dialog", { state: "hidden" });
	await settled();
}

/* Tab until the focus is on it. */
async function tabTo(selector) {
	for (let i = 0; i < 80; i++) {
		if (await page.evaluate((wanted) =>
			document.activeElement.matches(wanted), selector))
			return true;
		await page.keyboard.press("Tab");
	}
	return false;
}

async function keyboard() {
	await page.goto(`${origin}/?capture=google.pcap`);
	await settled();
	check(await tabTo(".skip") && await tabTo("#capture") &&
	    await tabTo("#filter-src"), "Tab goes through the top");
	check(await tabTo("#panel-volume .chart"), "and to the chart");
	await page.keyboard.press("End");
	await page.keyboard.press("Home");
	await page.keyboard.press("ArrowRight");
	const chart = page.locator("#panel-volume .chart");
	const rows = rowsOf("timeline", "--interval", "auto", GOOGLE);
	const row = rows[1];
	check((await chart.getAttribute("aria-valuetext")).includes(
	    `in ${grouped(row.frame_bytes_in)} B`),
	"arrows move over the points, told with every digit");
	equal(await chart.getAttribute("aria-valuenow"), "1",
	    "and where they are");
	await page.keyboard.press("Shift+PageUp");
	await page.keyboard.press("Enter");
	await page.waitForURL(/from=.*to=/);
	await settled();
	const nanoseconds = (name) => {
		const [, second, rest = ""] = /^(.*?)(?:\.(\d+))?Z$/.exec(
		    address().searchParams.get(name));
		return String(BigInt(Date.parse(`${second}Z`)) * 1000000n +
		    BigInt(rest.padEnd(9, "0")));
	};
	equal([nanoseconds("from"), nanoseconds("to")],
	    [row.bucket_start_ns, String(BigInt(rows[11].bucket_start_ns) +
		BigInt(rows[11].bucket_width_ns))],
	"Shift and Enter filter by time, to the end of the last bucket");
	check(await tabTo("[data-key^=flow-]"), "Tab reaches the flows");
	await page.keyboard.press("Enter");
	await page.waitForSelector("dialog[open] .ladder");
	await page.keyboard.press("Escape");
	await page.waitForSelector("dialog", { state: "hidden" });
	check(true, "Enter opens a ladder, Escape closes it");
	await page.goto(`${origin}/?capture=google.pcap`);
	await settled();
}

/* A filter that leaves nothing: said once on top, and no axis over nothing. */
async function nothing() {
	await page.goto(`${origin}/?capture=google.pcap&src=9.9.9.9`);
	await settled();
	await page.waitForSelector("#notice[data-kind=empty]");
	equal(await text("#notice"), "No packet of 1,011 matches this filter.",
	    "a filter that nothing matches is told to be one");
	equal([await page.locator(".chart:visible").count(),
	    await page.locator("#figure-ways .bar").count()], [0, 0],
	"and neither an axis nor a bar is drawn");
	await page.click("#filters >> text=Clear");
	await page.waitForSelector("#notice", { state: "hidden" });
	await settled();
	equal([await page.locator(".chart:visible").count(),
	    await page.locator("#figure-ways .bar").count(),
	    await text("#panel-volume .legend .title")],
	[3, 1, "Frame bytes in each 10 ms"],
	"without it they are there, and say what the bytes are of");
}

/* Where the arrow keys stand on an axis, from 0 to 1. */
async function placeOn(panel, key) {
	await page.focus(`${panel} .chart`);
	await page.keyboard.press("Home");
	await page.keyboard.press(key);
	return await page.$eval(`${panel} .u-over`, (over) =>
		new DOMMatrix(getComputedStyle(over.querySelector(
		    ".u-cursor-x")).transform).e / over.clientWidth);
}

async function lengths() {
	await choose("long.pcap");
	const place = await placeOn("#panel-sizes", "ArrowRight");
	check(place > 0.05 && place < 0.15,
	    "long frames leave the short ones room", `${place}`);
	const svg = await (await page.request.get(
	    `${origin}/api/panel/sizes.svg?capture=long.pcap`)).text();
	check(svg.includes("logarithmic"), "in the picture as well");
	await choose("google.pcap");
}

/* An old link; a capture that is removed while it is looked at. */
async function gone() {
	const names = () => page.locator("#capture option").allInnerTexts();

	await page.goto(`${origin}/?capture=nosuch.pcap`);
	await page.waitForSelector("#notice[data-kind=missing]");
	check((await text("#notice")).startsWith(
	    "There is no capture nosuch.pcap here."),
	"a link to a capture that is not there says so");
	equal((await names())[0], "nosuch.pcap (not there)",
	    "and the chooser says it, too");
	await choose("long.pcap");
	equal(await page.locator("#notice").isVisible(), false,
	    "another can be chosen");
	const before = await text("#panel-volume .origin code");
	rmSync(`${CAPTURES}/long.pcap`);
	await page.waitForSelector("#notice[data-kind=gone]");
	equal([await text("#notice"), await page.inputValue("#capture"),
	    await text("#panel-volume .origin code")],
	["The capture long.pcap is no longer there; what is shown is as it " +
	    "was.", "long.pcap", before],
	"one that is removed keeps its name, its figures and its commands");
	equal(await findings(page), [], "axe finds nothing in that");
	await choose("google.pcap");
	equal((await names()).some((name) => name.includes("long.pcap")), false,
	    "once left it is not offered");
}

async function looks() {
	const wide = () => page.evaluate(() =>
		document.documentElement.scrollWidth > innerWidth);

	for (const scheme of ["light", "dark"]) {
		await page.emulateMedia({ colorScheme: scheme });
		for (const width of [1280, 400]) {
			await page.setViewportSize({ width, height: 900 });
			equal(await findings(page), [],
			    `axe finds nothing: ${scheme}, ${width} px`);
			equal(await wide(), false,
			    `nothing sticks out: ${scheme}, ${width} px`);
		}
	}
	await page.setViewportSize({ width: 1280, height: 900 });
	const ground = () => page.evaluate(() =>
		getComputedStyle(document.body).backgroundColor);
	const dark = await ground();
	await page.click("#theme");
	check(await ground() !== dark, "the switch overrides the system");
	await page.click("#theme");
	await page.click("#theme");
	equal(await ground(), dark, "and gives back to it");
	await page.emulateMedia({ colorScheme: "light" });
	await page.emulateMedia({ media: "print" });
	equal(await page.locator("#filters").isVisible(), false,
	    "paper has no form");
	await page.emulateMedia({ media: "screen" });
}

/* Many events at once: the page stays quick, and shows the last. */
async function flood() {
	const busy = await browser.newPage();
	const event = (n) => "event: panel\ndata: " + JSON.stringify({
		name: "volume", generation: n, document: { rows:
		    Array.from({ length: 300 }, (_, at) => ({
			    bucket_start_ns: at * 1000, bucket_width_ns: 1000,
			    packets_in: n, packets_out: 1, packets_other: 0,
			    frame_bytes_in: n * 100 + at,
			    frame_bytes_out: at, frame_bytes_other: 0,
			    frame_bytes_total: n * 100 + 2 * at })) } }) + "\n\n";
	let served = 0;

	await busy.route("**/api/events**", (route) => served++ > 0 ?
		route.abort() : route.fulfill({
			contentType: "text/event-stream",
			body: Array.from({ length: 200 }, (_, n) =>
				event(n + 1)).join("") }));
	/* What the page then misses, it would ask for: not here. */
	await busy.route("**/api/panel/**", (route) => route.abort());
	await busy.addInitScript(() => {
		window.longest = 0;
		let last = performance.now();
		const frame = (now) => {
			window.longest = Math.max(window.longest, now - last);
			last = now;
			requestAnimationFrame(frame);
		};
		addEventListener("load", () => {
			last = performance.now();
			requestAnimationFrame(frame);
		});
	});
	await busy.goto(`${origin}/?capture=google.pcap`);
	await busy.waitForSelector("#panel-volume:not([aria-busy])");
	await busy.focus("#panel-volume .chart");
	await busy.keyboard.press("Home");
	await busy.waitForFunction(() => document.querySelector(
	    "#panel-volume .chart").getAttribute("aria-valuetext")
	    .includes("in 20,000 B"));
	const longest = await busy.evaluate(() => window.longest);
	check(longest < 1000, "200 updates at once: the last is shown, no " +
	    "frame takes long", `${longest} ms`);
	await busy.close();
}

async function restart() {
	const port = new URL(origin).port;
	const before = await page.locator("#figures").innerText();

	equal(await dashboard.stop(), 0, "SIGTERM ends the dashboard in order");
	await page.waitForSelector("#notice[data-kind=offline]");
	check((await text("#notice")).includes("does not answer"),
	    "the page says that nobody answers");
	equal(await page.locator("#figures").innerText(), before,
	    "and keeps what it has");
	dashboard = await startDashboard(port, [CAPTURES]);
	await page.waitForSelector("#notice[data-kind=denied]");
	check((await text("#notice")).includes("started anew"),
	    "started anew: the page says what to do");
	equal(await findings(page), [], "axe finds nothing in that");
	const view = address().search;
	await page.fill("#link", dashboard.link);
	await page.press("#link", "Enter");
	await page.waitForSelector("#notice", { state: "hidden" });
	await settled();
	equal(address().search, view, "with the new link the view goes on");
	await checkFigures(rowsOf("summary", GOOGLE)[0], "after a restart");

	await page.context().clearCookies();
	await page.goto(`${origin}/`);
	await page.waitForSelector("#notice[data-kind=denied]");
	check((await text("#notice")).includes("Open the link"),
	    "without a session the page says what to open");
	await page.evaluate((link) => location.assign(link),
	    `${origin}/#token=0123456789abcdef`);
	await page.waitForFunction(() => document.querySelector("#notice")
	    .textContent.includes("earlier start"));
	check(true, "a wrong link is told to be one");
	await page.evaluate((link) => location.assign(link), dashboard.link);
	await page.waitForSelector("#notice", { state: "hidden" });
	await settled();
	check(true, "the right one opens in the same tab");
}

/* Answers of 4xx and a server that is gone are part of the test. */
const EXPECTED = /Failed to load resource.*(400|403|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_FAILED|ERR_EMPTY)/;

try {
	for (const part of [opens, oddName, downloads, tables, filters,
	    clicks, ladder, keyboard, nothing, lengths, gone, looks, flood, restart])
		await part();
	equal(wrong.filter((line) => !EXPECTED.test(line)), [],
	    "the browser complains of nothing: no policy, no script");
} catch (error) {
	check(false, "the test runs to its end", error.stack,
	    `at ${page.url()}`, ...wrong);
} finally {
	await browser.close();
	await dashboard.stop();
}
plan();
