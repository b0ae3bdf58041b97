/*
 * The form of filters.  What the server refuses is shown at the field it is
 * about.
 */
import { element } from "./dom.js";
import { FILTERS } from "./view.js";

const FIELDS = [
	["src", "Source", "192.168.0.10"],
	["dst", "Destination", "10.0.0.0/8"],
	["proto", "Protocol", "tcp"],
	["port", "Port", "443"],
	["from", "From (UTC)", "2026-01-12T18:00:00Z"],
	["to", "To (UTC)", "2026-01-12T18:00:05Z"],
];

export class Filters {
	#inputs = new Map();
	#errors = new Map();
	#clear;
	#general = element("p", { class: "error", role: "alert" });

	/* apply(filters): all of them, as the form has them. */
	constructor(form, apply) {
		for (const [name, label, example] of FIELDS)
			form.append(this.#field(name, label, example));
		this.#clear = element("button", { type: "button",
		    onclick: () => apply({}) }, "Clear");
		form.append(element("div", { class: "do" },
		    element("button", { type: "submit" }, "Filter"),
		    this.#clear), this.#general);
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			apply(this.#values());
		});
	}

	#field(name, label, example) {
		const id = `filter-${name}`;
		const input = element("input", { id, name, type: "text",
		    placeholder: example, autocomplete: "off",
		    autocapitalize: "off", spellcheck: "false",
		    maxlength: "200", "aria-describedby": `${id}-error` });
		const error = element("p", { id: `${id}-error`,
		    class: "error", role: "alert" });

		this.#inputs.set(name, input);
		this.#errors.set(name, error);
		return element("div", { class: `field ${name}` },
		    element("label", { for: id }, label), input, error);
	}

	#values() {
		const values = {};

		for (const [name, input] of this.#inputs) {
			if (input.value.trim() !== "")
				values[name] = input.value.trim();
		}
		return values;
	}

	show(view) {
		for (const [name, input] of this.#inputs) {
			input.value = view[name] ?? "";
			input.classList.toggle("set",
			    view[name] !== undefined);
			input.removeAttribute("aria-invalid");
			this.#errors.get(name).textContent = "";
		}
		this.#clear.disabled = !FILTERS.some((name) => view[name]);
		this.#general.textContent = "";
	}

	/* `field` may be none of ours, or undefined: then the line's first
	 * word may name it. */
	refuse(line, field) {
		const name = this.#inputs.has(field) ? field :
		    /^\w+/.exec(line)?.[0];
		const input = this.#inputs.get(name);

		if (input === undefined) {
			this.#general.textContent = line;
			return;
		}
		input.setAttribute("aria-invalid", "true");
		this.#errors.get(name).textContent =
		    line.startsWith(`${name}: `) ?
			line.slice(name.length + 2) : line;
		input.focus();
	}
}
