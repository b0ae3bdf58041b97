/*
 * Panels that are lists: protocols as a tree, conversations, connections.  An
 * address and a protocol filter, a number opens the ladder.
 */
import { bar, element } from "./dom.js";
import { nanoseconds, number } from "./exact.js";
import { LiveTable } from "./rows.js";
import { bytes, clockTime, count, duration, exactTime, grouped, percent }
    from "./units.js";

/* What a path may end in and the server takes as a protocol. */
const FILTERABLE = ["ah", "arp", "esp", "gre", "icmp", "icmpv6", "igmp", "ip",
    "ipv6", "sctp", "tcp", "udp"];

/* A button that adds to the filters; `key` is unique on its table. */
function filter_button(page, key, what, text) {
	const [name, value] = what;

	return element("button", { type: "button", class: "pick",
	    "data-key": key, title: `Only ${name} ${value}`,
	    onclick: () => page.filter({ [name]: value }) }, text);
}

/* address:port, each of them a filter; IPv6 in brackets. */
function end_point(page, key, ip, port, way) {
	const shown = ip?.includes(":") && port !== null ? `[${ip}]` : ip ?? "";
	const made = element("span", { class: "end" },
	    filter_button(page, `${key}-${way}`, [way, ip], shown));

	if (port !== null && port !== undefined)
		made.append(":", filter_button(page, `${key}-${way}-port`,
		    ["port", port], port));
	return made;
}

export function protocols(page) {
	return (host, title) => {
		const table = new LiveTable(host, title, [
			{ head: "Protocol", cell: (row) => name_of(page, row) },
			{ head: "Bytes", number: true,
			    title: "part of the frame bytes", cell: share_of },
			{ head: "Frame bytes", number: true, cell: (row) =>
				bytes(row.frame_bytes) },
			{ head: "Packets", number: true, cell: (row) =>
				count(row.packets) },
		], (row) => `${row.path}/${row.application ?? ""}`);

		return { update: ({ rows }) => table.update(rows) };
	};
}

function name_of(page, row) {
	const steps = row.path.split(":");
	const last = steps.at(-1);
	const key = `${row.path}/${row.application ?? ""}`;
	const cell = element("span", { class: "step" });
	const depth = steps.length - (row.application === null ? 1 : 0);

	cell.style.paddingInlineStart = `${depth * 0.8}em`;
	if (row.application !== null)
		cell.append(element("em", {}, row.application),
		    row.found_by === "port" ? " (by port)" : "",
		    row.clear_text === "yes" ? ", clear text" : "");
	else if (FILTERABLE.includes(last))
		cell.append(filter_button(page, key, ["proto", last], last));
	else
		cell.append(last);
	return cell;
}

function share_of(row) {
	const share = number(row.share_frame_bytes);

	return element("span", { class: "share" },
	    bar(share, row.application === null ? "plain" : "application"),
	    percent(share));
}

/* The words for /api/flow of a row of flows or of tcp. */
export function flow_of(row) {
	const start = row.start_time_ns;
	const words = {
		flow: row.flow, protocol: row.protocol ?? "tcp",
		a_ip: row.a_ip ?? row.client_ip,
		a_port: row.a_port ?? row.client_port,
		b_ip: row.b_ip ?? row.server_ip,
		b_port: row.b_port ?? row.server_port,
		start_time_ns: start,
	};

	if (start && row.duration_s)
		words.end_time_ns =
		    String(BigInt(start) + nanoseconds(row.duration_s));
	return words;
}

export function ladder_button(page, prefix, row, text) {
	return element("button", { type: "button", class: "open",
	    "data-key": `${prefix}-${row.flow}`,
	    title: "Its ladder and its numbers",
	    "aria-label": `Ladder of flow ${row.flow}`,
	    onclick: () => page.openFlow(flow_of(row)) }, text);
}

export function flows(page) {
	return (host, title) => {
		let most = 1;
		const table = new LiveTable(host, title, [
			{ head: "Flow", number: true, cell: (row) =>
				ladder_button(page, "flow", row, row.flow) },
			{ head: "IP bytes", number: true, cell: (row) =>
				both_ways(row, most) },
			{ head: "A", title: "sender of the first SYN, else " +
			    "of the first packet", cell: (row) => end_point(page,
			    `f${row.flow}`, row.a_ip, row.a_port, "src") },
			{ head: "B", cell: (row) => end_point(page,
			    `f${row.flow}`, row.b_ip, row.b_port, "dst") },
			{ head: "What", cell: (row) => row.application ?
				`${row.protocol} ${row.application}` :
				row.protocol },
			{ head: "A → B", number: true, cell: (row) =>
				bytes(row.a_ip_bytes) },
			{ head: "B → A", number: true, cell: (row) =>
				bytes(row.b_ip_bytes) },
			{ head: "Packets", number: true, cell: (row) =>
				count(row.packets) },
			{ head: "Lasts", number: true, cell: (row) =>
				duration(number(row.duration_s)) },
			{ head: "From", number: true, title: "UTC",
			    cell: (row) => row.start_time_ns === null ? "" :
				moment(row.start_time_ns) },
		], (row) => `${row.flow}/${row.part}`);

		return { update: ({ rows }) => {
			most = Math.max(1, ...rows.map((row) =>
				number(row.ip_bytes)));
			table.update(rows, most);
		} };
	};
}

/* The day and every digit for who points at it. */
export function moment(ns) {
	return element("time", { title: exactTime(ns),
	    datetime: exactTime(ns) }, clockTime(ns));
}

function both_ways(row, most) {
	return element("span", { class: "share",
	    title: `${grouped(row.ip_bytes)} B` },
	bar(number(row.ip_bytes) / most, "plain"), bytes(row.ip_bytes));
}

/* Bars only where there is something to compare. */
function again_of(row, most) {
	return most === 0 ? count(row.retransmissions) :
	    element("span", { class: "share" },
		bar(number(row.retransmissions) / most, "bad"),
		count(row.retransmissions));
}

export function connections(page) {
	return (host, title) => {
		let most = 0;
		const table = new LiveTable(host, title, [
			{ head: "Flow", number: true, cell: (row) =>
				ladder_button(page, "tcp", row, row.flow) },
			{ head: "Sent again", number: true,
			    title: "retransmissions", cell: (row) =>
				again_of(row, most) },
			{ head: "Client", cell: (row) => end_point(page,
			    `t${row.connection}`, row.client_ip,
			    row.client_port, "src") },
			{ head: "Server", cell: (row) => end_point(page,
			    `t${row.connection}`, row.server_ip,
			    row.server_port, "dst") },
			{ head: "RTT mean", number: true, cell: (row) =>
				duration(number(row.rtt_mean_s)) },
			{ head: "longest", number: true, cell: (row) =>
				duration(number(row.rtt_max_s)) },
			{ head: "Handshake", cell: (row) => row.handshake },
			{ head: "End", cell: (row) => row.close },
		], (row) => row.connection);

		return { update: ({ rows }) => {
			most = Math.max(0, ...rows.map((row) =>
				number(row.retransmissions)));
			table.update(rows, most);
		} };
	};
}
