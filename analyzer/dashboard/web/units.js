/*
 * Numbers in words: human units for a glance, every digit for who asks.
 *
 * No locale takes part, so that a picture of the page reads the same
 * everywhere; times are UTC.
 */
const SECOND = 1000000000n;

/* Groups of three digits: "1234567" is "1,234,567". */
export function grouped(text) {
	const [, sign, digits, rest] = /^(-?)(\d*)(.*)$/.exec(String(text));

	return sign + digits.replace(/\B(?=(\d{3})+$)/g, ",") + rest;
}

/* Three significant digits, as 1.23, 12.3, 123. */
function three(value) {
	const size = Math.abs(value);

	return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/* Numbers of a sentence in groups, but no year, port or part of an address. */
export function groupedIn(text) {
	return text.replace(/(?<![\w.:/-])\d{4,}(?![\w:/-]|\.\d)/g, grouped);
}

function scaled(value, step, units) {
	let at = 0;

	while (Math.abs(value) >= step * 0.9995 && at < units.length - 1) {
		value /= step;
		at++;
	}
	return `${at === 0 ? String(Math.round(value)) : three(value)}` +
	    `${units[at] === "" ? "" : " " + units[at]}`;
}

/* Decimal units: 1 kB is 1000 bytes. */
export function bytes(value) {
	return value === null ? "–" :
	    scaled(Number(value), 1000, ["B", "kB", "MB", "GB", "TB", "PB"]);
}

/* Exact below ten million, then with a unit. */
export function count(value) {
	if (value === null)
		return "–";
	return Math.abs(Number(value)) < 1e7 ? grouped(value) :
	    scaled(Number(value), 1000, ["", "k", "M", "G", "T", "P"]);
}

export function percent(share) {
	const value = share * 100;

	if (share === null)
		return "–";
	if (value > 0 && value < 0.1)
		return "< 0.1 %";
	if (value < 100 && value > 99.9)
		return "> 99.9 %";
	return `${value.toFixed(value >= 99.95 ? 0 : 1)} %`;
}

/* Seconds in the unit that fits; from two minutes on, clock-like. */
export function duration(seconds) {
	const size = Math.abs(seconds);

	if (seconds === null)
		return "–";
	if (size === 0)
		return "0 s";
	if (size < 0.9995e-6)
		return `${three(seconds * 1e9)} ns`;
	if (size < 0.9995e-3)
		return `${three(seconds * 1e6)} µs`;
	if (size < 0.9995)
		return `${three(seconds * 1e3)} ms`;
	if (size < 120)
		return `${three(seconds)} s`;
	if (size < 7200)
		return `${Math.floor(size / 60)} min ` +
		    `${Math.floor(size % 60)} s`;
	if (size < 172800)
		return `${Math.floor(size / 3600)} h ` +
		    `${Math.floor(size % 3600 / 60)} min`;
	return `${grouped(Math.floor(size / 86400))} d ` +
	    `${Math.floor(size % 86400 / 3600)} h`;
}

/* A width of buckets: whole in the largest unit that has it so. */
export function unitOfTime(ns) {
	const units = [["d", 86400n * SECOND], ["h", 3600n * SECOND],
	    ["min", 60n * SECOND], ["s", SECOND], ["ms", 1000000n],
	    ["µs", 1000n], ["ns", 1n]];
	const [name, size] = units.find(([, one]) =>
		BigInt(ns) >= one && BigInt(ns) % one === 0n) ?? units.at(-1);

	return `${grouped(BigInt(ns) / size)} ${name}`;
}

/* { day: "2026-01-12", clock: "09:00:00", fraction: "500000000" }. */
function parts(ns) {
	let fraction = ns % SECOND;

	if (fraction < 0n)
		fraction += SECOND;
	const text =
	    new Date(Number((ns - fraction) / 1000000n)).toISOString();
	return {
		day: text.slice(0, text.indexOf("T")),
		clock: text.slice(text.indexOf("T") + 1, -5),
		fraction: String(fraction).padStart(9, "0"),
	};
}

/* Every digit there is, as --from and --to take it. */
export function exactTime(ns) {
	const p = parts(BigInt(ns));
	const fraction = p.fraction.replace(/0+$/, "");

	return `${p.day}T${p.clock}${fraction === "" ? "" : "."}${fraction}Z`;
}

/* "2026-01-12 09:00:00", to the second. */
export function dateTime(ns) {
	const p = parts(BigInt(ns));

	return `${p.day} ${p.clock}`;
}

/* "09:00:00.500", to the millisecond. */
export function clockTime(ns) {
	const p = parts(BigInt(ns));

	return `${p.clock}.${p.fraction.slice(0, 3)}`;
}

/* A mark on a time axis whose marks are `step` ns apart. */
export function tickTime(ns, step) {
	const p = parts(ns);
	const digits = 9 - String(step).match(/0*$/)[0].length;

	if (step >= 86400n * SECOND)
		return p.day;
	if (step >= 3600n * SECOND && p.clock === "00:00:00")
		return p.day.slice(5);
	if (step >= 60n * SECOND)
		return p.clock.slice(0, 5);
	return digits <= 0 || step >= SECOND ? p.clock :
	    `${p.clock}.${p.fraction.slice(0, digits)}`;
}
