/*
 * Tables on the page.
 *
 * LiveTable shows the same rows as they change: a row that did not change keeps
 * its nodes, so the focus stays where it is.  PagedTable shows every cell of a
 * panel as the command prints it, fifty rows at a time.
 */
import { element, setText } from "./dom.js";
import { grouped } from "./units.js";

const PAGE_ROWS = 50;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/* What scrolls must be reachable by keyboard. */
function scroller(label, ...children) {
	return element("div", { class: "scroll", tabindex: "0", role: "group",
	    "aria-label": label }, ...children);
}

/*
 * columns: [{ head, title, number, cell(row): node or text }]; key(row) names
 * a row among its like.
 */
export class LiveTable {
	#body = element("tbody");
	#columns;
	#key;
	#known = new Map();

	constructor(host, label, columns, key) {
		const heads = columns.map((column) => element("th", {
			scope: "col", title: column.title,
			class: column.number ? "number" : null,
		}, column.head));

		this.#columns = columns;
		this.#key = key;
		host.append(scroller(label, element("table", { class: "live" },
		    element("caption", { class: "unseen" }, label),
		    element("thead", {}, element("tr", {}, ...heads)),
		    this.#body)));
	}

	#make(row) {
		return element("tr", {}, ...this.#columns.map((column) =>
			element("td", {
				class: column.number ? "number" : null,
			}, column.cell(row) ?? "")));
	}

	/* `scale`: what cells depend on besides their row. */
	update(rows, scale = "") {
		const focus = this.#body.contains(document.activeElement) ?
		    document.activeElement.dataset.key : undefined;
		const known = new Map();

		for (const row of rows) {
			const key = this.#key(row);
			const text = scale + JSON.stringify(row);
			const old = this.#known.get(key);
			known.set(key, old?.text === text ? old :
			    { text, node: this.#make(row) });
		}
		this.#known = known;
		this.#place([...known.values()].map((entry) => entry.node));
		if (focus !== undefined && document.activeElement?.dataset.key
		    !== focus)
			this.#body.querySelector(
			    `[data-key="${CSS.escape(focus)}"]`)?.focus();
	}

	#place(nodes) {
		nodes.forEach((node, at) => {
			if (this.#body.children[at] !== node)
				this.#body.insertBefore(node,
				    this.#body.children[at] ?? null);
		});
		while (this.#body.children.length > nodes.length)
			this.#body.lastChild.remove();
	}
}

export class PagedTable {
	#host;
	#head = element("tr");
	#body = element("tbody");
	#where = element("span", { class: "where" });
	#back;
	#on;
	#rows = [];
	#columns = [];
	#first = 0;

	constructor(host, label) {
		this.#back = this.#button("Previous", -PAGE_ROWS);
		this.#on = this.#button("Next", PAGE_ROWS);
		this.#host = host;
		host.append(
		    scroller(label, element("table", { class: "exact" },
			element("caption", { class: "unseen" }, label),
			element("thead", {}, this.#head), this.#body)),
		    element("p", { class: "pager" },
			this.#back, this.#where, this.#on));
	}

	#button(text, by) {
		return element("button", { type: "button", class: "quiet",
		    onclick: () => {
			    this.#first += by;
			    this.#show();
		    } }, `${text} ${PAGE_ROWS}`);
	}

	/* Draws only while it is seen. */
	update(rows) {
		this.#rows = rows;
		if (!this.#host.hidden)
			this.#show();
	}

	show() {
		this.#show();
	}

	#heads() {
		const columns = Object.keys(this.#rows[0] ?? {});

		if (columns.join() === this.#columns.join())
			return;
		this.#columns = columns;
		this.#head.replaceChildren(...columns.map((column) =>
			element("th", { scope: "col" }, column)));
	}

	#show() {
		const all = this.#rows.length;
		const last_page = Math.max(0,
		    Math.ceil(all / PAGE_ROWS) - 1) * PAGE_ROWS;

		this.#first = Math.max(0, Math.min(this.#first, last_page));
		const end = Math.min(this.#first + PAGE_ROWS, all);
		this.#heads();
		this.#body.replaceChildren(
		    ...this.#rows.slice(this.#first, end).map((row) =>
			element("tr", {}, ...this.#columns.map((column) =>
				cell(row[column])))));
		setText(this.#where, all === 0 ? "no rows" :
		    `${grouped(this.#first + 1)}–${grouped(end)} ` +
		    `of ${grouped(all)}`);
		this.#back.disabled = this.#first === 0;
		this.#on.disabled = end === all;
	}
}

function cell(text) {
	return element("td", { class: NUMBER.test(text) ? "number" : null },
	    text ?? "");
}
