/*
 * Volume over time: in above the line, out below it, so that a glance says
 * which way.  Dragging, or Shift and arrows, makes a window of time.
 */
import { Chart } from "./chart.js";
import { number, whole } from "./exact.js";
import { bytes, exactTime, grouped, tickTime, unitOfTime } from "./units.js";

const SECOND = 1000000000n;

/* Distances of marks, in seconds: decimal, then as clocks and calendars go. */
const STEPS = [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]
    .flatMap((unit) => [unit, 2 * unit, 5 * unit])
    .concat([1, 2, 5, 10, 15, 30])
    .concat([1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60))
    .concat([1, 2, 3, 6, 12].map((hours) => hours * 3600))
    .concat([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
	.map((days) => days * 86400));

/* A whole day, hour or minute before the first bucket: marks counted from
 * there are round, and small enough to be exact. */
function origin_of(first, last) {
	const unit = last - first > 7200n * SECOND ? 86400n * SECOND :
	    last - first > 120n * SECOND ? 3600n * SECOND : 60n * SECOND;

	return first - ((first % unit) + unit) % unit;
}

/* Buckets that were left out are empty: the line goes down to 0 between. */
function points_of(rows) {
	const points = [];

	rows.forEach((row, at) => {
		const start = whole(row.bucket_start_ns);
		const end = start + whole(row.bucket_width_ns);
		const next = rows[at + 1];

		points.push({ at: start, row });
		if (next === undefined || whole(next.bucket_start_ns) > end)
			points.push({ at: end, row: null });
	});
	return points;
}

function words_of(point) {
	const row = point.row;

	if (row === null)
		return `${exactTime(point.at)}: nothing`;
	return `${exactTime(point.at)}: ` +
	    `in ${grouped(row.frame_bytes_in)} B ` +
	    `(${grouped(row.packets_in)} packets), ` +
	    `out ${grouped(row.frame_bytes_out)} B ` +
	    `(${grouped(row.packets_out)}), ` +
	    `other ${grouped(row.frame_bytes_other)} B`;
}

/* As the picture says it: bytes of what. */
function title_of(rows) {
	return rows.length === 0 ? undefined :
	    `Frame bytes in each ${unitOfTime(rows[0].bucket_width_ns)}`;
}

export function volume(filter) {
	return (host, title) => {
		const chart = new Chart(host, `${title}, frame bytes a bucket`);

		return {
			redraw: () => chart.redraw(),
			update: ({ rows: all }) => {
				/* Packets without a time are in the table. */
				chart.update(spec_of(all.filter((row) =>
					row.bucket_start_ns !== null), filter));
			},
		};
	};
}

function spec_of(rows, filter) {
	const points = points_of(rows);
	const origin = rows.length === 0 ? 0n :
	    origin_of(points[0].at, points.at(-1).at);
	const column = (name, sign) => points.map((point) =>
		point.row === null ? 0 : sign * number(point.row[name]));

	return {
		series: [
			{ label: "in ↑", color: "--in", line: "solid",
			    stepped: true, fill: true },
			{ label: "out ↓", color: "--out", line: "solid",
			    stepped: true, fill: true },
			{ label: "other ↑", color: "--other", line: "dotted",
			    stepped: true },
		],
		data: [
			points.map((point) =>
				Number(point.at - origin) / 1e9),
			column("frame_bytes_in", 1),
			column("frame_bytes_out", -1),
			column("frame_bytes_other", 1),
		],
		x: { incrs: STEPS, ticks: (values, step) => values.map((x) =>
			tickTime(origin + BigInt(Math.round(x * 1e9)),
			    BigInt(Math.round(step * 1e9)))) },
		y: { title: title_of(rows),
			text: (value) => bytes(Math.abs(value)),
			range: (low, high) =>
				[Math.min(low * 1.08, 0),
				    Math.max(high * 1.08, 1)] },
		words: (index) => words_of(points[index]),
		select: (first, last) => filter({
			from: exactTime(points[first].at),
			to: exactTime(points[last].at +
			    whole(points[last].row?.bucket_width_ns)),
		}),
	};
}
