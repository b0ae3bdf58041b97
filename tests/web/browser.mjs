/*
 * What the tests of the page stand on: a dashboard that runs, a browser, and
 * what pcapstat itself says.
 */
import { execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { PCAPSTAT, TMPDIR, WEB_MODULES, CHROMIUM } = process.env;
const require = createRequire(`${WEB_MODULES}/`);
const { chromium } = require("playwright-core");

export const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/* Milliseconds; nothing here comes near it. */
const PATIENCE = 20000;

/* Starts `pcapstat dashboard`; { link, stop() }. */
export async function startDashboard(port, inputs) {
	const child = spawn(PCAPSTAT, ["dashboard", "--port", String(port),
	    ...inputs], { stdio: ["ignore", "pipe", "pipe"] });
	const ended = new Promise((resolve) => child.on("exit", resolve));
	let said = "", errors = "";

	child.stderr.on("data", (data) => {
		errors += data;
	});
	const link = await new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(
		    `no link within ${PATIENCE} ms: ${said}${errors}`)),
		PATIENCE);
		child.stdout.on("data", (data) => {
			said += data;
			const found = /http:\S+#token=\S+/.exec(said);
			if (found !== null) {
				clearTimeout(timer);
				resolve(found[0]);
			}
		});
		ended.then((status) => reject(new Error(
		    `it ended with ${status}: ${errors}`)));
	});
	return {
		link,
		stop: async () => {
			child.kill("SIGTERM");
			return await ended;
		},
	};
}

/* One browser; what goes wrong in its pages is added to `wrong`. */
export async function startBrowser(wrong) {
	const context = await chromium.launchPersistentContext(
	    `${TMPDIR}/profile`, {
		    executablePath: CHROMIUM, headless: true,
		    viewport: { width: 1280, height: 900 },
		    colorScheme: "light", timezoneId: "Asia/Kolkata",
		    args: ["--headless", "--no-sandbox", "--disable-gpu",
			"--disable-quic", "--no-first-run",
			"--disable-background-networking",
			"--disable-component-update", "--disable-sync"],
	    });

	context.setDefaultTimeout(PATIENCE);
	await context.addInitScript(() => {
		addEventListener("securitypolicyviolation", (event) =>
			console.error(`policy: ${event.violatedDirective} ` +
			    `${event.blockedURI} ${event.sourceFile}`));
	});
	context.on("console", (message) => {
		if (message.type() === "error" || message.type() === "warning")
			wrong.push(`${message.text()} ` +
			    `(${message.location().url})`);
	});
	context.on("weberror", (error) => wrong.push(error.error().stack));
	return context;
}

/* Output of a command line as the page shows it, run in `folder`. */
export function runShown(line, format, folder) {
	const words = line.replace(/^pcapstat\b/, '"$PCAPSTAT"');

	try {
		return execFileSync("sh", ["-c", `${words} --format ${format}`],
		    { cwd: folder, maxBuffer: 1 << 27,
			stdio: ["ignore", "pipe", "ignore"] });
	} catch (error) {
		/* Status 1: read, with something to say about it. */
		if (error.status === 1)
			return error.stdout;
		throw error;
	}
}

/* Rows of a command, with cells as CSV has them. */
export function rowsOf(...words) {
	const text = execFileSync(PCAPSTAT, [...words, "--format", "json"],
	    { encoding: "utf8", maxBuffer: 1 << 27,
		stdio: ["ignore", "pipe", "ignore"] });

	return JSON.parse(text.replace(/:(-?\d[\d.eE+-]*)/g, ':"$1"')).rows;
}

/* What axe-core finds in the page as it is. */
export async function findings(page) {
	const found = await page.evaluate(`${AXE}; axe.run(document, {
	    resultTypes: ["violations"] })`);

	return found.violations.map((one) => `${one.id}: ${one.help}: ` +
	    one.nodes.map((node) => node.target.join(" ")).join(", "));
}
