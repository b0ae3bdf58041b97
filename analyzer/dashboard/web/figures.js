/*
 * The figures on top: how much, which way, how long, what is odd; and the
 * account of every record at the end of the page.
 */
import { bar, element, setText } from "./dom.js";
import { number, whole } from "./exact.js";
import { bytes, count, dateTime, duration, grouped, percent }
    from "./units.js";

class Figure {
	#value = element("dd", { class: "value" }, "–");
	#note = element("dd", { class: "note" }, " ");
	#extra = element("dd", { class: "extra" });

	constructor(host, name, title) {
		host.append(element("div", { class: "figure", id: name },
		    element("dt", {}, title), this.#value, this.#note,
		    this.#extra));
	}

	set(value, note, exact, extra) {
		setText(this.#value, value);
		setText(this.#note, note);
		this.#value.title = exact ?? "";
		if (extra !== undefined)
			this.#extra.replaceChildren(extra);
	}
}

function volume_of(row) {
	return [bytes(row.frame_bytes_total),
	    `${grouped(row.frame_bytes_total)} frame bytes`,
	    "original lengths, with the link header"];
}

function mean_size_of(row) {
	const packets = whole(row.packets_total) - whole(row.packets_filtered);
	const mean = Number(whole(row.frame_bytes_total)) / Number(packets);

	return packets === 0n ? ["–", "no packet", ""] :
	    [bytes(mean), `frame bytes a packet, of ${grouped(packets)}`,
		`${mean.toFixed(3)} B`];
}

function abnormal_of(model) {
	if (model === undefined)
		return ["–", "not scored", ""];
	if (whole(model.rows) === 0n)
		return ["0", "no packet to score", ""];
	return [count(model.anomalous), `${percent(Number(model.anomalous) /
	    Number(model.rows))} of ${grouped(model.rows)}; rule: ` +
	    model.rule, `score above ${model.threshold}, seed ${model.seed}`];
}

function ways_of(row, local) {
	const [into, out] = [whole(row.packets_in), whole(row.packets_out)];
	const both = Number(into + out);

	return [`${count(into)} in · ${count(out)} out`,
	    `${bytes(row.frame_bytes_in)} in, ${bytes(row.frame_bytes_out)} ` +
	    `out, ${count(row.packets_other)} other packets. ` + local, "packets",
	    both === 0 ? "" : bar(Number(into) / both, "ways")];
}

function span_of(row) {
	if (row.first_time_ns === null)
		return ["–", "no packet with a time", ""];
	return [duration(number(row.duration_s)),
	    `from ${dateTime(row.first_time_ns)} UTC`,
	    `${row.duration_s} s; last packet ` +
		`${dateTime(row.last_time_ns)} UTC`];
}

function lost_of(row, drops) {
	const skipped = whole(row.packets_skipped);
	const lost = drops === null ? null :
	    whole(drops.kernel) + whole(drops.interface);

	return [lost === null ? count(skipped) : count(skipped + lost),
	    `${grouped(skipped)} skipped` + (lost === null ?
		`, ${grouped(row.packets_malformed)} malformed` :
		`, ${grouped(lost)} dropped`), "packets"];
}

/* update(summary row, model row, drops, which networks are local). */
export function figures(host) {
	const list = element("dl");
	const make = (name, title) => new Figure(list, name, title);
	const volume = make("figure-volume", "Traffic volume");
	const size = make("figure-size", "Average packet size");
	const abnormal = make("figure-abnormal", "Abnormal packets");
	const ways = make("figure-ways", "Which way");
	const span = make("figure-span", "Time span");
	const lost = make("figure-lost", "Skipped or dropped");

	host.append(list);
	return (row, model, drops, local) => {
		volume.set(...volume_of(row));
		size.set(...mean_size_of(row));
		abnormal.set(...abnormal_of(model));
		ways.set(...ways_of(row, local));
		span.set(...span_of(row));
		lost.set(...lost_of(row, drops));
	};
}

const ACCOUNT = [
	["packets_in", "in"], ["packets_out", "out"],
	["packets_other", "other"], ["packets_skipped", "skipped"],
	["packets_filtered", "filtered"],
];
const MARKS = [
	["packets_truncated", "cut by the snaplen"],
	["packets_malformed", "malformed"],
	["packets_unsupported", "unsupported"],
	["no_time", "without a time"],
	["backward_steps", "steps back in time"],
];

function entry(text, value) {
	return element("div", {}, element("dt", {}, text),
	    element("dd", {}, grouped(value ?? 0)));
}

/* Every record has one of the first, any of the second. */
export function account(drops_now) {
	return (host) => {
		const parts = element("dl", { class: "account" });
		const marks = element("dl", { class: "account marks" });

		host.append(element("h3", {}, "Every record is one of"), parts,
		    element("h3", {}, "and may be"), marks);
		return { update: ({ rows: [row] }) => {
			if (row === undefined)
				return;
			parts.replaceChildren(...ACCOUNT.map(([name, text]) =>
				entry(text, row[name])));
			marks.replaceChildren(...MARKS.map(([name, text]) =>
				entry(text, row[name])),
			entry("format", row.format), entry("link types",
			    row.link_types), entry("reading ended", row.status),
			...drops_of(drops_now()));
		} };
	};
}

function drops_of(drops) {
	return drops === null ? [] : [
		entry("received by the interface", drops.received),
		entry("dropped by the kernel", drops.kernel),
		entry("dropped by the interface", drops.interface),
	];
}
