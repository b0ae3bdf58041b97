/*
 * The frame of a panel: title, what it tells in a sentence, the picture, the
 * table behind it, and how to have the same elsewhere (files, command).
 */
import { announce, element, setText } from "./dom.js";
import { PagedTable } from "./rows.js";
import { groupedIn } from "./units.js";

/* The picture last: not every table has one. */
const ENDINGS = ["csv", "json", "svg"];

async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		announce("The command is copied.");
	} catch {
		announce("The browser lets nothing be copied here.");
	}
}

/* The files and the command of one table. */
class Origin {
	#name;
	#links;
	#code = element("code");

	constructor(host, name, title) {
		this.#name = name;
		this.#links = ENDINGS.map((ending) => element("a", {
			download: true, "aria-label": `${title} as ` +
			    ending.toUpperCase() },
		ending.toUpperCase()));
		host.append(element("p", { class: "origin" },
		    element("button", { type: "button", class: "quiet",
			title: "Copy this command",
			"aria-label": `Copy the command of ${title}`,
			onclick: () => copy(this.#code.textContent) }, "Copy"),
		    this.#code,
		    element("span", { class: "links" }, ...this.#links)));
	}

	update(command, query, has_picture) {
		this.#links.at(-1).hidden = !has_picture;
		setText(this.#code, command);
		this.#code.title = command;
		ENDINGS.forEach((ending, at) => {
			this.#links[at].href = `/api/panel/${this.#name}.` +
			    `${ending}${query}`;
		});
	}
}

export class Panel {
	#caption = element("figcaption");
	#picture = element("div", { class: "picture" });
	#behind = element("div", { class: "behind", hidden: true });
	#toggle;
	#table;
	#origins = new Map();
	#draw;
	#waiting = true;
	node;

	/* `names`: the table drawn, then those that only have files here.
	 * `create(host, title)` gives update({ rows, others by name }). */
	constructor(names, titles, kind, create) {
		const id = `panel-${names[0]}`;
		const title = titles[0];
		const feet = element("footer");

		this.#toggle = element("button", { type: "button",
		    class: "quiet", "aria-expanded": "false",
		    "aria-controls": `${id}-table`,
		    "aria-label": `Table of ${title}`,
		    onclick: () => this.#flip() }, "Table");
		this.#behind.id = `${id}-table`;
		this.#table = new PagedTable(this.#behind,
		    `${title}: every column`);
		this.node = element("section", { class: `panel ${kind}`, id,
		    "aria-labelledby": `${id}-title`, "aria-busy": "true" },
		    element("header", {}, element("h2", { id: `${id}-title`,
			tabindex: "-1" }, title), this.#toggle),
		    element("figure", {}, this.#caption, this.#picture),
		    this.#behind, feet);
		names.forEach((name, at) => this.#origins.set(name,
		    new Origin(feet, name, titles[at])));
		this.#draw = create(this.#picture, title);
		setText(this.#caption, "Reading …");
	}

	#flip() {
		this.#behind.hidden = !this.#behind.hidden;
		this.#toggle.setAttribute("aria-expanded",
		    String(!this.#behind.hidden));
		this.#table.show();
	}

	/* Where its files are and what gives the same rows. */
	origin(name, command, query, has_picture) {
		this.#origins.get(name)?.update(command, query, has_picture);
	}

	/* Rows of another view are on their way. */
	wait() {
		this.#waiting = true;
		this.node.setAttribute("aria-busy", "true");
	}

	/* What the rows tell, in a sentence; or why there are none. */
	tell(finding, fault) {
		const line = fault ?? finding;

		if (line !== null)
			setText(this.#caption, groupedIn(line));
		this.#caption.classList.toggle("error", fault !== null);
	}

	update(rows, others) {
		/* Axes over nothing would tell something.  Seen while it is
		 * drawn: it is measured. */
		this.#picture.hidden = false;
		this.#draw.update({ rows, others });
		this.#picture.hidden = rows.length === 0;
		this.node.classList.toggle("nothing", rows.length === 0);
		this.#table.update(rows);
		if (this.#waiting)
			this.node.removeAttribute("aria-busy");
		this.#waiting = false;
	}

	redraw() {
		this.#draw.redraw?.();
	}

	/* What the user holds must not move away. */
	get held() {
		return this.#picture.matches(":active") ||
		    this.#behind.matches(":active");
	}
}
