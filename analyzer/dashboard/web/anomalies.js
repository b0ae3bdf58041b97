/*
 * What the isolation forest flags, with its reasons.
 */
import { bar, element } from "./dom.js";
import { number } from "./exact.js";
import { ladder_button, moment } from "./lists.js";
import { LiveTable } from "./rows.js";

function end(ip, port) {
	return ip === null || port === null ? ip ?? "" :
	    `${ip.includes(":") ? `[${ip}]` : ip}:${port}`;
}

/* A packet's or a flow's; without IP, what it is. */
function ends(row) {
	const from = end(row.src_ip ?? row.a_ip ?? null,
	    row.src_port ?? row.a_port ?? null);
	const to = end(row.dst_ip ?? row.b_ip ?? null,
	    row.dst_port ?? row.b_port ?? null);

	return (from === "" ? "" : `${from} → ${to} `) + (row.protocol ?? "");
}

/* When, who, and below that why: it wraps at any width. */
function what(row) {
	const at = row.time_ns ?? row.start_time_ns ?? null;

	return element("div", { class: "what" },
	    element("p", {}, at === null ? "" : moment(at), " ", ends(row)),
	    element("p", { class: "aside" }, row.why ?? ""));
}

function score(row) {
	return element("span", { class: "share", title: row.score },
	    bar(number(row.score), "bad"), Number(row.score).toFixed(3));
}

function columns_of(page, kind) {
	return [
		kind === "packet" ?
		    { head: "Packet", number: true, cell: (row) =>
			row.number } :
		    { head: "Flow", number: true, cell: (row) =>
			ladder_button(page, "anomaly", row, row.flow) },
		{ head: "Score", number: true, cell: score },
		{ head: "What, and why", cell: what },
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
