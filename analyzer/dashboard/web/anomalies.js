/*
 * What the isolation forest flags, with its reasons; and how many of how many,
 * by which rule.
 */
import { bar, element } from "./dom.js";
import { number, whole } from "./exact.js";
import { ladder_button } from "./lists.js";
import { LiveTable } from "./rows.js";
import { clockTime, count, percent } from "./units.js";

/* Whatever names an end: a packet's or a flow's. */
function ends(row) {
	const from = row.src_ip ?? row.a_ip ?? row.Source_IP ?? "";
	const to = row.dst_ip ?? row.b_ip ?? row.Destination_IP ?? "";

	return from === "" && to === "" ? "" : `${from} → ${to}`;
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
		{ head: "Why", cell: (row) => row.why },
	];
}

function finding_of(rows, model, kind) {
	if (model === undefined)
		return rows.length === 0 ? `No ${kind} is flagged.` :
		    `${rows.length} ${kind}s are flagged.`;
	if (whole(model.rows) === 0n)
		return `No ${kind} to score.`;
	const share = Number(model.anomalous) / Number(model.rows);
	const flagged = `${count(model.anomalous)} of ${count(model.rows)} ` +
	    `${kind}s (${percent(share)}) score above ${model.threshold}`;
	return whole(model.anomalous) > BigInt(rows.length) ?
	    `${flagged}; the ${rows.length} highest are listed.` :
	    `${flagged}.`;
}

/* kind: "packet" or "flow". */
export function anomalies(page, kind) {
	return (host, title) => {
		const table = new LiveTable(host, title,
		    columns_of(page, kind),
		    (row) => row.number ?? `${row.flow}/${row.part}`);

		return { update: (rows, others) => {
			table.update(rows);
			return finding_of(rows,
			    others[`anomalies-${kind}s-model`]?.[0], kind);
		} };
	};
}
