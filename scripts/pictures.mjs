/*
 * Pictures of pages for the README: the dashboard and a report of the sample
 * captures, in Chromium.
 *
 * usage (make pictures does it): PCAPSTAT, WEB_MODULES, CHROMIUM, TMPDIR as for
 * tests/web; pictures.mjs CAPTURES REPORT FOLDER
 */
import { pathToFileURL } from "node:url";
import { startBrowser, startDashboard } from "../tests/web/browser.mjs";

const [captures, report, folder] = process.argv.slice(2);
const CAPTURE = "nat_geo.pcap";
const wrong = [];	/* what the browser complained of */
const dashboard = await startDashboard(0, [captures]);
const browser = await startBrowser(wrong);
const page = browser.pages()[0];

async function settled() {
	await page.waitForFunction(() => document.querySelector(
	    "#status.complete") !== null &&
	    document.querySelectorAll(".panel").length > 0 &&
	    document.querySelectorAll(".panel[aria-busy]").length === 0);
}

const shoot = (name, options = {}) => page.screenshot({
	path: `${folder}/${name}.png`, animations: "disabled", ...options });

try {
	await page.setViewportSize({ width: 1100, height: 980 });
	await page.goto(dashboard.link);
	await settled();
	await page.selectOption("#capture", CAPTURE);
	await page.waitForURL((url) =>
		url.searchParams.get("capture") === CAPTURE);
	await settled();
	await shoot("dashboard");
	await page.emulateMedia({ colorScheme: "dark" });
	await page.setViewportSize({ width: 400, height: 980 });
	await settled();
	await shoot("dashboard-narrow");
	await page.emulateMedia({ colorScheme: "light" });
	await page.setViewportSize({ width: 900, height: 700 });
	await page.goto(pathToFileURL(report).href);
	await page.locator("#volume").evaluate((node) => node.scrollIntoView());
	await shoot("report");
} finally {
	await browser.close();
	await dashboard.stop();
}
if (wrong.length > 0) {
	console.error(wrong.join("\n"));
	process.exit(1);
}
