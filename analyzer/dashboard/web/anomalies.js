/*
 * What the isolation forest flags, with its reasons.
 */
import { bar, element } from "./dom.js";
import { number } from "./exact.js";
import { ladder_button } from "./lists.js";
import { LiveTable } from "./rows.js";
import { clockTime } from "./units.js";

/* Whatever names an end: a packet's or a flow's. */
function ends(row) {
	const from = row.src_ip ?? row.a_ip ?? row.Source_IP ?? "";
	const to = row.dst_ip ?? row.b_ip ?? row.Destination_IP ?? "";

	return from === "" && to === "" ? "" :
	    element("span", { class: "two" }, `${from} →`,
		element("br"), to);
}

function time_of(row) {
	const at = row.time_ns ?? row.start_time_ns;

	return at === null || at === undefined ? "" : clockTime(at);
}

function score(row) {
	return element("span", { class: "share", title: row.score },
	    bar(number(row.score), "bad"), Number(row.score).toFixed(3));
}

function columns_of(page, prefix) {
	return [
		prefix === "packet" ?
		    { head: "Packet", number: true, cell: (row) =>
			row.number } :
		    { head: "Flow", number: true, cell: (row) =>
			ladder_button(page, "anomaly", row, row.flow) },
		{ head: "Time", number: true, title: "UTC", cell: time_of },
		{ head: "Ends", cell: ends },
		{ head: "Score", number: true, cell: score },
		{ head: "Why", cell: (row) =>
			element("span", { class: "words" }, row.why ?? "") },
	];
}

/* kind: "packet" or "flow". */
export function anomalies(page, kind) {
	return (host, title) => {
		const table = new LiveTable(host, title,
		    columns_of(page, kind),
		    (row) => row.number ?? `${row.flow}/${row.part}`);

		return { update: ({ rows }) => table.update(rows) };
	};
}
