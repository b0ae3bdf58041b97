/*
 * One flow in a drawer: its numbers, its ladder as a picture and as text, and
 * how to have the same elsewhere.
 */
import { announce, element, setText } from "./dom.js";
import { number, parseExact } from "./exact.js";
import { PagedTable } from "./rows.js";
import { bytes, count, duration, exactTime } from "./units.js";
import { writeQuery } from "./view.js";

function rows_of(table) {
	return Array.isArray(table) ? table : table?.rows ?? [];
}

function entry(text, value, exact) {
	return element("div", {}, element("dt", {}, text),
	    element("dd", { title: exact }, value));
}

function packets_text(n) {
	return `${count(n)} ${number(n) === 1 ? "packet" : "packets"}`;
}

/* What one asks first; the tables below have the rest. */
function numbers_of(flow, tcp) {
	const list = [
		entry("began", flow.start_time_ns === null ? "–" :
			exactTime(flow.start_time_ns)),
		entry("lasts", duration(number(flow.duration_s)),
		    `${flow.duration_s} s`),
		entry("A → B", `${bytes(flow.a_ip_bytes)} of IP, ` +
		    packets_text(flow.a_packets),
		`${flow.a_ip_bytes} bytes`),
		entry("B → A", `${bytes(flow.b_ip_bytes)} of IP, ` +
		    packets_text(flow.b_packets),
		`${flow.b_ip_bytes} bytes`),
		entry("carries", [flow.protocol, flow.application]
		    .filter((word) => word).join(", ")),
		entry("ended by", flow.end_reason ?? "–"),
	];

	if (tcp !== undefined)
		list.push(entry("handshake", tcp.handshake),
		    entry("round trip", `${duration(number(tcp.rtt_min_s))}, ` +
			`mean ${duration(number(tcp.rtt_mean_s))}, longest ` +
			duration(number(tcp.rtt_max_s))),
		    entry("sent again", `${tcp.client_retransmissions} by ` +
			`the client, ${tcp.server_retransmissions} by the server`));
	return list;
}

function title_of(flow) {
	const end = (ip, port) => !ip ? "" :
	    `${ip.includes(":") && port ? `[${ip}]` : ip}` +
	    `${port ? `:${port}` : ""}`;

	return `Flow ${flow.flow}` + (flow.a_ip ?
		`: ${end(flow.a_ip, flow.a_port)} → ` +
		`${end(flow.b_ip, flow.b_port)}` : "");
}

export class FlowDrawer {
	#dialog;
	#title = element("h2", { id: "flow-title", tabindex: "-1" });
	#body = element("div", { class: "flow-body" });
	#turn = 0;
	#opener = undefined;

	/* closed(): the user wants it gone. */
	constructor(dialog, closed) {
		const close = element("button", { type: "button",
		    class: "quiet", onclick: () => dialog.close() }, "Close");

		this.#dialog = dialog;
		dialog.append(element("header", {}, this.#title, close),
		    this.#body);
		dialog.addEventListener("close", () => {
			this.#turn++;
			this.#body.replaceChildren();
			this.#refocus();
			closed();
		});
		/* A click beside it, on the backdrop. */
		dialog.addEventListener("click", (event) => {
			if (event.target === dialog)
				dialog.close();
		});
	}

	/* The opener may have been drawn anew meanwhile: found by its key. */
	#refocus() {
		const key = CSS.escape(this.#opener ?? "");

		document.querySelector(`[data-key="${key}"]`)?.focus();
	}

	close() {
		if (this.#dialog.open)
			this.#dialog.close();
	}

	async open(view, flow) {
		const turn = ++this.#turn;
		const query = writeQuery(view, flow);

		setText(this.#title, title_of(flow));
		this.#body.replaceChildren(element("p", {}, "Reading …"));
		if (!this.#dialog.open) {
			this.#opener = document.activeElement?.dataset.key;
			this.#dialog.showModal();
			this.#title.focus();
		}
		const answer = await this.#ask(query);
		if (turn !== this.#turn)
			return;
		if (answer.error !== undefined)
			this.#fail(answer.error);
		else
			this.#show(answer, query, turn);
	}

	async #ask(query) {
		try {
			const answer = await fetch(`/api/flow.json${query}`);
			const said = parseExact(await answer.text());
			return answer.ok ? said : { error: said.error ??
			    `The server answered ${answer.status}.` };
		} catch {
			return { error: "The server does not answer." };
		}
	}

	#fail(line) {
		this.#body.replaceChildren(element("p", { class: "error",
		    role: "alert" }, line));
	}

	#show(answer, query, turn) {
		const flow = rows_of(answer.flows)[0];
		const tcp = rows_of(answer.tcp)[0];

		if (flow === undefined) {
			this.#fail("This view has no such flow.");
			return;
		}
		setText(this.#title, title_of(flow));
		this.#body.replaceChildren(
		    element("dl", { class: "account" },
			...numbers_of(flow, tcp)),
		    ...this.#origin(answer.command, query),
		    this.#picture(query, title_of(flow)),
		    this.#details("Ladder as text",
			(host) => this.#text(host, query, turn)),
		    this.#details("Every number of the flow", (host) =>
			this.#table(host, "Flow", rows_of(answer.flows))),
		    ...tcp === undefined ? [] : [
			this.#details("Every number of the connection",
			    (host) => this.#table(host, "Connection",
				rows_of(answer.tcp)))]);
	}

	#origin(command, query) {
		const link = (ending, text) => element("a", { download: true,
		    href: `/api/flow.${ending}${query}` }, text);

		return [element("p", { class: "origin" },
		    element("button", { type: "button", class: "quiet",
			"aria-label": "Copy the command of this ladder",
			onclick: () => navigator.clipboard.writeText(command)
			    .then(() => announce("The command is copied."),
				() => announce("Nothing can be copied here.")),
		    }, "Copy"), element("code", { title: command }, command),
		    element("span", { class: "links" }, link("svg", "SVG"),
			link("txt", "Text"), link("json", "JSON")))];
	}

	#picture(query, title) {
		const picture = element("img", { class: "ladder",
		    src: `/api/flow.svg${query}`,
		    alt: `Ladder diagram. ${title}. The text below says the ` +
			"same." });

		picture.addEventListener("error", () => picture.replaceWith(
		    element("p", { class: "error", role: "alert" },
			"The ladder could not be drawn.")));
		return element("div", { class: "scroll", tabindex: "0",
		    role: "group", "aria-label": "Ladder" }, picture);
	}

	/* What is made when it is opened. */
	#details(title, make) {
		const host = element("div");
		const details = element("details", {},
		    element("summary", {}, title), host);

		details.addEventListener("toggle", () => make(host),
		    { once: true });
		return details;
	}

	#table(host, label, rows) {
		new PagedTable(host, `${label}: every column`).update(rows);
	}

	async #text(host, query, turn) {
		let text;

		try {
			const answer = await fetch(`/api/flow.txt${query}`);
			text = answer.ok ? await answer.text() :
			    `The server answered ${answer.status}.`;
		} catch {
			text = "The server does not answer.";
		}
		if (turn === this.#turn)
			host.append(element("pre", { tabindex: "0",
			    role: "group", "aria-label": "Ladder as text" },
			text));
	}
}
