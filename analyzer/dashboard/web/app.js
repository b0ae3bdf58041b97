/*
 * The page: puts its parts together.  The address bar says what is looked at;
 * everything that changes the view goes through the address.
 */
import { Board } from "./board.js";
import { announce, element, setText } from "./dom.js";
import { whole } from "./exact.js";
import { Filters } from "./filters.js";
import { FlowDrawer } from "./flow.js";
import { exchange, takeToken, tokenIn } from "./session.js";
import { Stream } from "./stream.js";
import { startTheme } from "./theme.js";
import { count, dateTime } from "./units.js";
import { isFiltered, readQuery, writeQuery } from "./view.js";

/* A panel whose rows were lost on the way (frames are dropped for a slow
 * reader) is asked for after so long. */
const LATE_MS = 1500;

const by_id = (id) => document.getElementById(id);

/* "991 of 4,451 packets" where a filter leaves some out. */
function packets_of(state) {
	const all = whole(state.view.records);
	const left = all - whole(state.accounting.filtered);

	return left === all ? `${count(all)} packets` :
	    `${count(left)} of ${count(all)} packets`;
}

class Page {
	drops = null;
	local = "";
	#view;
	#flow;
	#state = null;
	#shown = null;		/* the capture's name, also when it is gone */
	#command = "";
	#late = 0;
	#board = new Board(this, by_id("figures"), by_id("panels"));
	#filters = new Filters(by_id("filters"), (filters) =>
		this.#go({ capture: this.#view.capture, ...filters }));
	#drawer = new FlowDrawer(by_id("flow"), () => {
		if (this.#flow !== null)
			this.#go(this.#view, null);
	});
	#stream = new Stream({
		state: (state) => this.#settle(state),
		panel: (text) => this.#board.take(text),
		refused: (line, field) => this.#refuse(line, field),
		denied: () => this.#deny(),
		offline: (pause, reason) => this.#offline(pause, reason),
		online: () => this.#unsay("offline"),
	});

	async start() {
		const token = takeToken();

		({ view: this.#view, flow: this.#flow } =
		    readQuery(location.search));
		this.#filters.show(this.#view);
		startTheme(by_id("theme"), () => this.#board.redraw());
		this.#fold();
		addEventListener("popstate", () => this.#follow());
		addEventListener("hashchange", () => this.#enter(takeToken()));
		by_id("capture").addEventListener("change", (event) =>
			this.#go({ ...this.#view,
				capture: event.target.value }));
		await this.#enter(token, true);
	}

	/* On a narrow screen the filters make room until they are wanted. */
	#fold() {
		const narrow = matchMedia("(max-width: 48rem)");
		const fit = () => {
			by_id("fold").open = !narrow.matches ||
			    isFiltered(this.#view);
		};

		narrow.addEventListener("change", fit);
		fit();
	}

	/* With the token of a link, or with the cookie of an earlier one. */
	async #enter(token, first = false) {
		const wrong = token === null ? "" : await exchange(token);

		if (wrong !== "")
			this.#deny(wrong);
		else if (first || token !== null)
			this.#look();
	}

	/* Adds to the filters; from panels. */
	filter(changes) {
		this.#go({ ...this.#view, ...changes });
	}

	openFlow(flow) {
		this.#go(this.#view, flow);
	}

	/* Another view or flow: a step in the history. */
	#go(view, flow = null) {
		const address = location.pathname + writeQuery(view, flow);

		if (address !== location.pathname + location.search)
			history.pushState(null, "", address);
		this.#follow();
	}

	/* As the address bar says. */
	#follow() {
		const before = writeQuery(this.#view);
		const { view, flow } = readQuery(location.search);

		this.#view = view;
		this.#flow = flow;
		if (writeQuery(view) !== before) {
			this.#drawer.close();
			this.#look();
		} else if (flow === null) {
			this.#drawer.close();
		} else {
			this.#drawer.open(view, flow);
		}
	}

	#look() {
		clearTimeout(this.#late);
		this.#filters.show(this.#view);
		this.#notice(null);
		this.#shown = null;
		this.#board.wait();
		this.#stream.open(this.#view);
		if (this.#flow !== null)
			this.#drawer.open(this.#view, this.#flow);
	}

	#settle(state) {
		const before = this.#state;

		this.#state = state;
		this.drops = state.drops;
		this.local = state.local ?? "";
		if (before !== null && before.server !== state.server)
			announce("The dashboard was started anew; " +
			    "this page goes on.");
		this.#show_source(state);
		this.#show_status(state, before);
		if (!this.#is_gone(state))
			this.#command = state.view.command;
		this.#board.settle(state.panels, (one) =>
			this.#command.replace("%s", () => one.command),
		writeQuery(this.#view, null, { download: "1" }));
		this.#board.touch("figures");
		this.#look_for_late(state);
	}

	/* What is shown is of a capture that is no longer there. */
	#is_gone(state) {
		return state.source.kind !== "live" &&
		    state.view.capture === null && this.#shown !== null;
	}

	/* The chooser; a capture that is chosen and not there has its place. */
	#offer(names, chosen, missing) {
		const select = by_id("capture");
		const all = missing ? [chosen, ...names] : names;
		const texts = all.map((name, at) =>
			missing && at === 0 ? `${name} (not there)` : name);

		by_id("pick").hidden = all.length < 2;
		if ([...select.options].map((o) => o.text).join("\n") !==
		    texts.join("\n"))
			select.replaceChildren(...all.map((name, at) =>
				element("option", { value: name },
				    texts[at])));
		select.value = chosen;
	}

	#show_source(state) {
		const names = state.captures.map((capture) => capture.name);
		const gone = this.#is_gone(state);

		this.#shown = state.view.capture ?? this.#shown;
		const chosen = this.#shown ?? names[0];
		this.#offer(names, chosen, gone);
		setText(by_id("source"), state.source.kind === "live" ?
		    `live: ${state.source.name === "-" ? "standard input" :
			state.source.name}${this.#since(state)}` :
		    names.length < 2 ? chosen ?? state.source.name :
		    `${names.length} captures`);
		document.title = (chosen ?? state.source.name) +
		    (isFiltered(this.#view) ? " (filtered)" : "") +
		    " – pcapstat";
	}

	/* A filtered view of what is live goes back as far as the ring. */
	#since(state) {
		const since = state.view.since_ns;

		return since === null || !isFiltered(this.#view) ? "" :
		    `, filtered: what is kept, from ${dateTime(since)} UTC on`;
	}

	#show_status(state, before) {
		const view = state.view;
		const packets = packets_of(state);
		const said = {
			waiting: "waiting", failed: "failed",
			running: `reading, ${packets}`,
			complete: `${packets} read`,
		}[view.status] ?? view.status;
		const chip = by_id("status");

		setText(chip, state.source.kind === "live" &&
		    view.status === "running" ?
			`live, ${packets}` : said);
		chip.className = `chip ${view.status}`;
		if (before?.view.status !== view.status &&
		    view.status !== "running")
			announce(`${by_id("source").textContent}: ${said}`);
		this.#say(state);
	}

	/* What there is to know about the view as a whole. */
	#say(state) {
		const { view } = state;
		const left = whole(view.records) -
		    whole(state.accounting.filtered);

		if (this.#is_gone(state))
			this.#notice("gone", `The capture ${this.#shown} is ` +
			    "no longer there; what is shown is as it was.");
		else if (view.error?.length > 0)
			this.#notice("wrong", view.error.join("; "));
		else if (left === 0n && view.status === "complete")
			this.#notice("empty", isFiltered(this.#view) ?
			    `No packet of ${count(whole(view.records))} ` +
			    "matches this filter." :
			    "This capture holds no packet.");
		else
			this.#unsay("gone", "wrong", "empty");
	}

	#unsay(...kinds) {
		if (kinds.includes(by_id("notice").dataset.kind))
			this.#notice(null);
	}

	#look_for_late(state) {
		clearTimeout(this.#late);
		this.#late = setTimeout(() => {
			for (const { name, generation } of state.panels) {
				if (generation !== "0" && generation !==
				    this.#board.generation(name))
					this.#fetch(name, generation);
			}
		}, LATE_MS);
	}

	async #fetch(name, generation) {
		const query = writeQuery(this.#view);

		try {
			const answer =
			    await fetch(`/api/panel/${name}.json${query}`);
			if (!answer.ok)
				return;
			const rows = await answer.text();
			if (query === writeQuery(this.#view))
				this.#board.take(`{"name":"${name}",` +
				    `"generation":${generation},` +
				    `"document":${rows}}`);
		} catch {
			/* The stream notices that the server is gone. */
		}
	}

	#refuse(line, field) {
		if (/^capture\b/.test(field ?? line)) {
			this.#miss(this.#view.capture);
			return;
		}
		this.#chip("refused", "not understood");
		this.#filters.refuse(line, field);
	}

	/* An old link, or a capture that was removed: the others can be had. */
	async #miss(name) {
		const view = this.#view;
		let names = [];

		try {
			const answer = await fetch("/api/state",
			    { cache: "no-store" });
			names = (await answer.json()).captures
			    .map((capture) => capture.name);
		} catch {
			/* Then there is nothing to choose from. */
		}
		if (view !== this.#view)
			return;
		this.#chip("refused", "no such capture");
		this.#offer(names, name, true);
		this.#notice("missing", `There is no capture ${name} here.`,
		    names.length === 0 ? "" : element("button", {
			    type: "button", onclick: () => this.#go({ ...view,
				capture: names[0] }) }, `Show ${names[0]}`));
	}

	#chip(kind, text) {
		by_id("status").className = `chip ${kind}`;
		setText(by_id("status"), text);
	}

	#offline(pause, reason) {
		this.#chip("failed", "offline");
		this.#notice("offline", (reason === "" ?
		    "The dashboard does not answer" :
		    `The dashboard answers: ${reason}`) +
		    "; what is shown is as it was. Next attempt in " +
		    `${Math.ceil(pause / 1000)} s.`,
		element("button", { type: "button",
		    onclick: () => this.#stream.again() }, "Try now"));
	}

	/* The session is unknown: started anew, or opened without its link. */
	#deny(wrong = "") {
		const input = element("input", { id: "link", type: "text",
		    autocomplete: "off", spellcheck: "false" });
		const form = element("form", { onsubmit: (event) => {
			event.preventDefault();
			this.#enter(tokenIn(input.value) ??
			    input.value.trim());
		} }, element("label", { for: "link" },
		    "or paste the link here:"), " ", input, " ",
		element("button", { type: "submit" }, "Open"));

		this.#stream.close();
		this.#chip("failed", "no session");
		this.#notice("denied", `${wrong} ` + (this.#state === null ?
		    "Open the link that pcapstat dashboard printed when it " +
		    "was started," :
		    "The dashboard was started anew. Open the link that it " +
		    "printed this time; the view stays,"), form);
	}

	/* One thing is wrong at a time; null: nothing is. */
	#notice(kind, line = "", ...more) {
		const notice = by_id("notice");

		notice.hidden = kind === null;
		notice.dataset.kind = kind ?? "";
		if (notice.firstChild?.textContent === line.trim() &&
		    more.length === 0)
			return;
		notice.replaceChildren(element("p", { role: "alert" },
		    line.trim()), ...more);
	}
}

new Page().start();
