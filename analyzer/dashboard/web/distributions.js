/*
 * Two distributions: frame lengths by protocol, gaps by direction.
 */
import { Chart } from "./chart.js";
import { number, whole } from "./exact.js";
import { LiveTable } from "./rows.js";
import { bytes, count, duration, grouped, percent } from "./units.js";

/* Not those of in and out, which protocols are not. */
const COLORS = ["--fourth", "--other", "--fifth", "--sixth"];
const LINES = ["solid", "dashed", "dotted"];
const LENGTHS = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384,
    32768];
/* Frames above this come from offload or loopback: over so long an axis those
 * of a network would be one spike.  The logarithmic one begins at LOG_LOW. */
const LINEAR_MAX = 4096;
const LOG_LOW = 32;
const DECADES = ["1 ns", "10 ns", "100 ns", "1 µs", "10 µs", "100 µs", "1 ms",
    "10 ms", "100 ms", "1 s", "10 s", "100 s", "1000 s", "10⁴ s", "10⁵ s",
    "10⁶ s", "10⁷ s", "10⁸ s", "10⁹ s", "10¹⁰ s"];

/* Rows by one column's text, in order of their first. */
function grouped_by(rows, column) {
	const groups = new Map();

	for (const row of rows) {
		const key = row[column] ?? "";
		if (!groups.has(key))
			groups.set(key, []);
		groups.get(key).push(row);
	}
	return groups;
}

function total(rows, column) {
	return rows.reduce((all, row) => all + whole(row[column]), 0n);
}

function mean_of(rows) {
	const packets = total(rows, "packets");

	return packets === 0n ? null :
	    Number(total(rows, "frame_bytes")) / Number(packets);
}

/* The protocol of most packets first. */
function by_packets(groups) {
	return new Map([...groups].map(([name, rows]) =>
		[name || "no IP", rows, Number(total(rows, "packets"))])
	    .sort((a, b) => b[2] - a[2]));
}

/* Where ranges begin, and where one ends that no other follows. */
function edges_of(rows) {
	const edges = new Set();

	for (const row of rows) {
		edges.add(Number(row.frame_len_low));
		edges.add(Number(row.frame_len_high) + 1);
	}
	return [...edges].sort((a, b) => a - b);
}

function sizes_words(edges, index, groups) {
	const said = [...groups].flatMap(([name, rows]) => {
		const row = rows.find((one) =>
			Number(one.frame_len_low) === edges[index]);
		return row === undefined ? [] :
		    `${name} ${grouped(row.packets)}`;
	});

	return index + 1 === edges.length ? `${edges[index]} B and more: none` :
	    `${edges[index]}–${edges[index + 1] - 1} B: ` +
	    (said.join(", ") || "none") + " packets";
}

export function sizes(host, title) {
	const chart = new Chart(host, `${title}: packets a range of lengths`,
	    "tall");

	return {
		redraw: () => chart.redraw(),
		update: ({ rows }) => chart.update(sizes_spec(
		    by_packets(grouped_by(rows, "protocol")), edges_of(rows))),
	};
}

/* Places of 50 B, 100 B, 200 B ... 1 kB: fewer where there is little room. */
function log_marks(width, low, high) {
	const steps = width < 460 ? [1] : [1, 2, 5];

	return [10, 100, 1000, 10000, 100000, 1000000].flatMap((unit) =>
		steps.map((step) => Math.log2(step * unit)))
	    .filter((place) => place >= low && place <= high);
}

/* Places of lengths on the axis, and its marks. */
function sizes_axis(edges) {
	if ((edges.at(-1) ?? 0) <= LINEAR_MAX)
		return [edges, { incrs: LENGTHS, ticks: (values) =>
			values.map((v) => `${grouped(v)} B`) }];
	return [edges.map((edge) => Math.log2(Math.max(edge, LOG_LOW))), {
		splits: log_marks,
		ticks: (values) => values.map((v) => {
			const length = Math.round(2 ** v);
			return length < 1000 ? `${length} B` :
			    `${length / 1000} kB`;
		}),
	}];
}

function sizes_spec(groups, edges) {
	const [places, axis] = sizes_axis(edges);
	const column = (rows) => {
		const by_low = new Map(rows.map((row) =>
			[Number(row.frame_len_low), number(row.packets)]));
		return edges.map((edge) => by_low.get(edge) ?? 0);
	};

	return {
		series: [...groups].map(([name, rows], at) => ({
			label: name, note: `mean ${bytes(mean_of(rows))}`,
			color: COLORS[at % COLORS.length],
			line: LINES[at % LINES.length], stepped: true,
			fill: at === 0 })),
		data: [places, ...[...groups.values()].map(column)],
		x: axis,
		y: { text: (value) => Number.isInteger(value) ?
			count(value) : "",
			range: (low, high) => [0, Math.max(high * 1.08, 1)] },
		words: (index) => sizes_words(edges, index, groups),
	};
}

/* Gaps on a logarithmic axis; those of 0 and below it have a place each. */
function place_of(high) {
	return high < 0 ? -2 : high === 0 ? -1 : Math.log10(high);
}

function tick_of(place) {
	return place === -2 ? "< 0" : place === -1 ? "0" :
	    Number.isInteger(place) ? DECADES[place] ?? "" : "";
}

/* The part up to each place; it holds until the next range that occurs. */
function shares_at(rows, places) {
	let share = 0, at = 0;

	return places.map((place) => {
		while (at < rows.length &&
		    place_of(number(rows[at].gap_high_ns)) <= place)
			share = number(rows[at++].share_up_to);
		return share;
	});
}

function gaps_words(place, names, shares) {
	const up_to = place === -2 ? "below 0" : place === -1 ? "0 s" :
	    duration(10 ** place / 1e9);

	return `up to ${up_to}: ` + names.map((name, at) =>
		`${name} ${percent(shares[at])}`).join(", ");
}

/* Exact quantiles are the summary's. */
function quantile_rows(summary) {
	return ["in", "out", "all"].map((way) => ({ way,
		median: number(summary[`time_${way}_median`]),
		p90: number(summary[`time_${way}_p90`]),
		p99: number(summary[`time_${way}_p99`]),
		mean: number(summary[`time_${way}_mean`]),
	}));
}

function quantiles(host) {
	const column = (head, name) => ({ head, number: true,
		cell: (row) => row[name] === undefined || row[name] === null ?
		    "-" : duration(row[name]) });

	return new LiveTable(host, "Quantiles of the gaps", [
		{ head: "Gaps", cell: (row) => row.way },
		column("half within", "median"),
		column("90 % within", "p90"),
		column("99 % within", "p99"),
		column("mean", "mean"),
	], (row) => row.way);
}

export function gaps(host, title) {
	const table = quantiles(host);
	const chart = new Chart(host, `${title}: part of the gaps up to a ` +
	    "length");

	return {
		redraw: () => chart.redraw(),
		update: ({ rows, others }) => {
			table.update(quantile_rows(others.figures?.[0] ?? {}));
			chart.update(gaps_spec(grouped_by(rows, "direction")));
		},
	};
}

function gaps_spec(groups) {
	const places = [...new Set([...groups.values()].flat().map((row) =>
		place_of(number(row.gap_high_ns))))].sort((a, b) => a - b);
	const names = [...groups.keys()];
	const shares = [...groups.values()].map((rows) =>
		shares_at(rows, places));
	const colors = { in: "--in", out: "--out", all: "--muted" };
	const lines = { in: "solid", out: "dashed", all: "dotted" };

	return {
		series: names.map((name) => ({ label: name,
			color: colors[name] ?? "--other",
			line: lines[name] ?? "dotted", stepped: true })),
		data: [places, ...shares],
		x: { incrs: [1, 2, 3, 6], ticks: (values) =>
			values.map(tick_of) },
		y: { text: (value) => percent(value).replace(".0", ""),
			range: () => [0, 1.02] },
		words: (index) => gaps_words(places[index], names,
		    shares.map((list) => list[index])),
	};
}
