/* TAP for tests in JavaScript. */
let number = 0;

export function check(good, what, ...said) {
	number++;
	console.log(`${good ? "ok" : "not ok"} ${number} - ${what}`);
	if (good)
		return;
	process.exitCode = 1;
	for (const line of said.join("\n").split("\n"))
		console.log(`# ${line}`);
}

function shown(value) {
	return typeof value === "string" ? value :
	    JSON.stringify(value, (key, one) =>
		typeof one === "bigint" ? `${one}n` : one) ?? "undefined";
}

/* Of two texts that differ, says the first lines that do. */
export function equal(got, expected, what) {
	const [a, b] = [shown(got).split("\n"), shown(expected).split("\n")];
	const at = a.findIndex((line, n) => line !== b[n]);
	const line = at === -1 ? a.length : at;

	check(at === -1 && a.length === b.length, what,
	    `line ${line + 1} got      ${a[line]?.slice(0, 500)}`,
	    `line ${line + 1} expected ${b[line]?.slice(0, 500)}`);
}

export function plan() {
	console.log(`1..${number}`);
}
