/*
 * A chart that can be read without seeing it: uPlot draws, the arrow keys move
 * over its points, and each point is told in words.
 *
 * It is a slider to a screen reader (where am I, of how many, what is there),
 * so nothing is announced but what is asked for.  Its readout has a line of its
 * own, so nothing moves.
 */
import uPlot from "./uplot.js";
import { element, setText } from "./dom.js";

const LARGE_STEP = 10;
const DASHES = { solid: [], dashed: [7, 4], dotted: [2, 3] };

/* Colours are style sheet variables; a canvas needs their values. */
function color_of(host, variable) {
	const probe = element("span");

	probe.style.color = `var(${variable})`;
	host.append(probe);
	const value = getComputedStyle(probe).color;
	probe.remove();
	return value;
}

/* rgb(r, g, b) as see-through. */
function faded(color) {
	return color.replace(/^rgb\((.*)\)$/, "rgba($1, 0.18)");
}

/*
 * What update() takes:
 *   series  [{ label, note, color, line: solid | dashed | dotted, stepped,
 *           fill }]
 *   data    uPlot's: x, then a list a series
 *   x       { incrs, ticks(values, step): texts,
 *            splits(width, low, high): where the marks are, instead of
 *            incrs }
 *   y       { text(value), range, title: before the legend }
 *   words(index)               the point in words, every digit
 *   select(first, last)        two indexes were dragged; undefined: no drag
 */
export class Chart {
	#host;
	#area;
	#readout;
	#legend;
	#notes = [];	/* of the legend: what changes with the rows */
	#plot = null;
	#made = "";
	#spec = null;
	#index = null;
	#anchor = null;

	/* kind: a class of the style sheet, which has its height. */
	constructor(host, label, kind = "") {
		this.#legend = element("ul", { class: "legend" });
		this.#readout = element("p", { class: "readout",
		    "aria-hidden": "true" });
		this.#area = element("div", { class: `chart ${kind}`,
		    tabindex: "0",
		    role: "slider", "aria-label": label, "aria-valuemin": "0",
		    "aria-valuemax": "0", "aria-valuenow": "0",
		    "aria-valuetext": "nothing yet",
		    onkeydown: (event) => this.#key(event),
		    onblur: () => this.#drop() });
		this.#host = host;
		host.append(element("div", { class: "over" }, this.#legend,
		    this.#readout), this.#area);
		new ResizeObserver(() => this.#fit()).observe(this.#area);
	}

	update(spec) {
		const made = JSON.stringify([spec.series.map((series) =>
			({ ...series, note: "" })), spec.select !== undefined,
		spec.y.title, spec.x.splits !== undefined]);

		this.#spec = spec;
		if (made !== this.#made || this.#plot === null) {
			this.#made = made;
			this.#build();
		} else {
			this.#plot.setData(spec.data);
		}
		this.#notes.forEach((node, at) =>
			setText(node, spec.series[at].note ?? ""));
		this.#area.setAttribute("aria-valuemax",
		    String(Math.max(0, spec.data[0].length - 1)));
		if (this.#index === null)
			this.#area.setAttribute("aria-valuetext",
			    "arrow keys move over the points");
		else
			this.#tell();
	}

	/* The colours changed. */
	redraw() {
		if (this.#spec !== null)
			this.#build();
	}

	#build() {
		const spec = this.#spec;

		this.#plot?.destroy();
		this.#plot = new uPlot(this.#options(spec), spec.data,
		    this.#area);
		this.#notes = spec.series.map((series) =>
			element("span", { class: "aside" }, series.note ?? ""));
		const keys = spec.series.map((series, at) => {
			const key = element("span", { "aria-hidden": "true",
			    class: `key ${series.line}` });
			key.style.borderColor = `var(${series.color})`;
			return element("li", {}, key, series.label, " ",
			    this.#notes[at]);
		});
		if (spec.y.title !== undefined)
			keys.unshift(element("li", { class: "title" },
			    spec.y.title));
		this.#legend.replaceChildren(...keys);
	}

	#options(spec) {
		const ink = color_of(this.#host, "--muted");
		const line = color_of(this.#host, "--line");
		const grid = { stroke: line, width: 1 };
		const axis = { stroke: ink, grid, ticks: { ...grid, size: 4 },
		    font: "11px system-ui, sans-serif" };

		return {
			width: Math.max(this.#area.clientWidth, 100),
			height: this.#area.clientHeight,
			legend: { show: false },
			cursor: { y: false, points: { size: 6 }, drag: {
				x: spec.select !== undefined, y: false,
				setScale: false } },
			scales: { x: { time: false }, y: {
				range: (plot, low, high) =>
					this.#spec.y.range(low, high) } },
			axes: [{ ...axis, size: 30, incrs: spec.x.incrs,
				space: 80, ...this.#splits(spec),
				values: (plot, values, at, space, step) =>
					this.#spec.x.ticks(values, step),
			}, { ...axis, size: 62, values: (plot, values) =>
				values.map((v) => this.#spec.y.text(v)) }],
			series: [{}, ...spec.series.map((series) =>
				this.#line(series))],
			hooks: {
				setCursor: [(plot) => this.#hover(plot)],
				setSelect: [(plot) => this.#dragged(plot)],
			},
		};
	}

	#splits(spec) {
		return spec.x.splits === undefined ? {} : {
			splits: (plot, axis, low, high) =>
				this.#spec.x.splits(plot.width, low, high) };
	}

	#line(series) {
		const color = color_of(this.#host, series.color);

		return {
			label: series.label, stroke: color, width: 1.5,
			dash: DASHES[series.line], points: { show: false },
			fill: series.fill ? faded(color) : undefined,
			paths: series.stepped ?
			    uPlot.paths.stepped({ align: 1 }) : undefined,
		};
	}

	#fit() {
		const width = this.#area.clientWidth;

		if (this.#plot !== null && width > 0 &&
		    width !== this.#plot.width)
			this.#plot.setSize({ width,
			    height: this.#area.clientHeight });
	}

	#hover(plot) {
		const index = plot.cursor.idx ?? null;

		setText(this.#readout, index === null ? "" :
		    this.#spec.words(index));
	}

	#dragged(plot) {
		const { left, width } = plot.select;

		if (width < 3 || this.#spec.select === undefined)
			return;
		plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
		this.#spec.select(plot.posToIdx(left),
		    plot.posToIdx(left + width));
	}

	#key(event) {
		const last = this.#spec === null ? -1 :
		    this.#spec.data[0].length - 1;
		const at = this.#index ?? (event.key === "ArrowLeft" ||
		    event.key === "ArrowDown" ? last + 1 : -1);
		const to = {
			ArrowRight: at + 1, ArrowUp: at + 1,
			ArrowLeft: at - 1, ArrowDown: at - 1,
			PageDown: at - LARGE_STEP, PageUp: at + LARGE_STEP,
			Home: 0, End: last,
		}[event.key];

		if (last < 0)
			return;
		if (to !== undefined)
			this.#move(Math.max(0, Math.min(last, to)),
			    event.shiftKey);
		else if (event.key === "Enter" && this.#anchor !== null)
			this.#take();
		else if (event.key === "Escape")
			this.#drop();
		else
			return;
		event.preventDefault();
	}

	#move(to, selecting) {
		if (this.#spec.select === undefined || !selecting)
			this.#anchor = null;
		else
			this.#anchor ??= this.#index ?? to;
		this.#index = to;
		this.#plot.setCursor({ left: this.#left(to), top: 0 });
		this.#mark();
		this.#tell();
	}

	#left(index) {
		return this.#plot.valToPos(this.#spec.data[0][index], "x");
	}

	#mark() {
		const ends = [this.#anchor ?? this.#index, this.#index].map(
		    (index) => this.#left(index)).sort((a, b) => a - b);

		this.#plot.setSelect({ left: ends[0], width: ends[1] - ends[0],
		    top: 0, height: this.#plot.over.clientHeight }, false);
	}

	#take() {
		const ends = [this.#anchor, this.#index].sort((a, b) => a - b);

		this.#drop();
		this.#spec.select(ends[0], ends[1]);
	}

	#drop() {
		this.#anchor = null;
		this.#index = null;
		this.#plot?.setSelect({ left: 0, width: 0, top: 0, height: 0 },
		    false);
		this.#plot?.setCursor({ left: -10, top: -10 });
	}

	#tell() {
		const last = this.#spec.data[0].length - 1;

		this.#index = Math.min(this.#index, last);
		this.#area.setAttribute("aria-valuenow", String(this.#index));
		this.#area.setAttribute("aria-valuetext",
		    (last < 0 ? "nothing" : this.#spec.words(this.#index)) +
		    (this.#anchor === null ? "" :
			"; Enter filters by the marked time"));
	}
}
