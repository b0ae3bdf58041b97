/*
 * The panels: which there are, what each is drawn from, and when.
 *
 * Rows may come faster than a screen shows them.  What came is kept as text,
 * the newest of each panel only; it is read and drawn in the next frame, for
 * some milliseconds a frame, so the page stays quick whatever comes.
 */
import { anomalies } from "./anomalies.js";
import { gaps, sizes } from "./distributions.js";
import { element, setText } from "./dom.js";
import { parseExact } from "./exact.js";
import { account, figures } from "./figures.js";
import { connections, flows, protocols } from "./lists.js";
import { Panel } from "./panel.js";
import { volume } from "./volume.js";

const FRAME_MS = 12;

/* `names`: whose files a panel offers, the drawn one first; `needs`: what else
 * it is drawn from; `title`: where the server's does not fit. */
function layout(page) {
	return [
		{ names: ["volume"], kind: "large",
		    create: volume((window) => page.filter(window)) },
		{ names: ["protocols"], kind: "small",
		    create: protocols(page) },
		{ names: ["flows"], kind: "full low", create: flows(page) },
		{ names: ["sizes"], kind: "half", create: sizes },
		{ names: ["gaps"], needs: ["figures"], kind: "half",
		    create: gaps },
		{ names: ["connections"], kind: "full low",
		    create: connections(page) },
		{ names: ["anomalies-packets", "anomalies-packets-model"],
		    kind: "half", create: anomalies(page, "packet") },
		{ names: ["anomalies-flows", "anomalies-flows-model"],
		    kind: "half", create: anomalies(page, "flow") },
		{ names: ["figures"], kind: "full low",
		    title: "Account of every packet",
		    create: account(() => page.drops) },
	];
}

export class Board {
	#page;
	#host;
	#figures;
	#who = element("p", { class: "who" }, "\u00a0");
	#specs = [];
	#came = new Map();	/* name: the newest text, not read yet */
	#rows = new Map();	/* name: rows, in this view */
	#generations = new Map();
	#dirty = new Set();
	#frame = 0;
	#first = 0;	/* panel to begin with: who had to wait last time */

	/* page: filter(), openFlow(), drops. */
	constructor(page, figures_host, host) {
		this.#page = page;
		this.#host = host;
		this.#figures = figures(figures_host);
		figures_host.prepend(this.#who);
	}

	/* Another view: what is shown stays, marked, until its rows come. */
	wait() {
		this.#came.clear();
		this.#rows.clear();
		this.#generations.clear();
		this.#dirty.clear();
		for (const spec of this.#specs)
			spec.panel.wait();
	}

	/* The server's list of panels: [{ name, title, command, picture,
	 * finding, fault }]. */
	settle(listed, command_of, query) {
		const by_name = new Map(listed.map((one) => [one.name, one]));

		if (this.#specs.length === 0)
			this.#build(by_name);
		/* Between whom the most goes, before how much. */
		setText(this.#who, by_name.get("flows")?.finding ?? "\u00a0");
		for (const spec of this.#specs) {
			const its = spec.names.map((name) => by_name.get(name))
			    .filter((one) => one !== undefined);
			for (const one of its)
				spec.panel.origin(one.name, command_of(one),
				    query, one.picture);
			/* How many of how many comes before what they are. */
			spec.panel.tell(its.map((one) => one.finding)
			    .filter((line) => line !== null).reverse()
			    .join(" ") || null, its[0].fault);
		}
	}

	#build(by_name) {
		this.#specs = layout(this.#page).filter((spec) =>
			by_name.has(spec.names[0]));
		for (const spec of this.#specs) {
			const names = spec.names.filter((name) =>
				by_name.has(name));
			spec.panel = new Panel(names, names.map((name) =>
				spec.title ?? by_name.get(name).title),
			    spec.kind, spec.create);
			this.#host.append(spec.panel.node);
		}
	}

	/* An event's text: { name, generation, document }. */
	take(text) {
		const name = /"name"\s*:\s*"([^"]*)"/.exec(text)?.[1];

		if (name === undefined)
			return;
		this.#came.set(name, text);
		this.#plan();
	}

	generation(name) {
		return this.#generations.get(name);
	}

	redraw() {
		for (const spec of this.#specs)
			spec.panel.redraw();
	}

	/* Drawn again from what is there: something beside the rows changed. */
	touch(name) {
		if (this.#rows.has(name)) {
			this.#dirty.add(name);
			this.#plan();
		}
	}

	#plan() {
		if (this.#frame === 0)
			this.#frame = requestAnimationFrame(() => {
				this.#frame = 0;
				this.#draw();
			});
	}

	#draw() {
		const end = performance.now() + FRAME_MS;

		for (const [name, text] of this.#came) {
			this.#came.delete(name);
			this.#read(text);
			if (performance.now() > end)
				break;
		}
		this.#draw_dirty(end);
		if (this.#came.size > 0 || this.#dirty.size > 0)
			this.#plan();
	}

	#read(text) {
		const event = parseExact(text);

		this.#generations.set(event.name, event.generation);
		this.#rows.set(event.name, event.document?.rows ?? []);
		this.#dirty.add(event.name);
	}

	#draw_dirty(end) {
		const on_top = ["figures", "anomalies-packets-model"];
		const drawn = new Set(this.#dirty);

		if (on_top.some((name) => drawn.has(name)) &&
		    this.#rows.get("figures")?.length > 0)
			this.#figures(this.#rows.get("figures")[0],
			    this.#rows.get(on_top[1])?.[0], this.#page.drops,
			    this.#page.local);
		this.#in_turn().forEach((spec) => {
			const all = [...spec.names, ...spec.needs ?? []];
			if (!all.some((name) => drawn.has(name)) ||
			    !this.#rows.has(spec.names[0]))
				return;
			if (spec.panel.held || performance.now() > end) {
				/* Later: its names stay. */
				all.forEach((name) => drawn.delete(name));
				return;
			}
			this.#first = this.#specs.indexOf(spec) + 1;
			spec.panel.update(this.#rows.get(spec.names[0]),
			    Object.fromEntries(all.map((name) =>
				[name, this.#rows.get(name)])));
		});
		drawn.forEach((name) => this.#dirty.delete(name));
	}

	/* A frame goes on where the last one stopped: nobody waits forever. */
	#in_turn() {
		return [...this.#specs.slice(this.#first),
		    ...this.#specs.slice(0, this.#first)];
	}
}
