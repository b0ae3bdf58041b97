/*
 * The way from the server: the state of a view first, so that a refusal can be
 * read, then events as long as the view is looked at.
 *
 * What breaks is opened anew after a pause, 0.5 s to 8 s.  The browser's own
 * reconnecting is not used: it does not tell a server that is gone from one
 * that refuses.
 */
import { parseExact } from "./exact.js";
import { writeQuery } from "./view.js";

const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 8000;

/* { error, field } of an answer; error is "" where it is none of ours. */
function error_in(text) {
	try {
		return { error: "", ...JSON.parse(text) };
	} catch {
		return { error: "" };
	}
}

export class Stream {
	#handlers;
	#view = null;
	#turn = 0;		/* of open(); what belongs to an older one ends */
	#events = null;
	#timer = 0;
	#pause = PAUSE_MIN_MS;

	/*
	 * state(state), panel(name, raw text), refused(error, field),
	 * denied(), offline(milliseconds until the next attempt, the server's
	 * reason or ""), online().
	 */
	constructor(handlers) {
		this.#handlers = handlers;
		addEventListener("online", () => this.again());
	}

	open(view) {
		this.#view = view;
		this.#pause = PAUSE_MIN_MS;
		this.again();
	}

	close() {
		this.#turn++;
		clearTimeout(this.#timer);
		this.#events?.close();
		this.#events = null;
	}

	/* Now rather than at the end of a pause. */
	again() {
		if (this.#view === null)
			return;
		this.close();
		this.#ask(this.#turn);
	}

	async #ask(turn) {
		const query = writeQuery(this.#view);
		let answer, text;

		try {
			answer = await fetch(`/api/state${query}`,
			    { cache: "no-store" });
			text = await answer.text();
		} catch {
			answer = null;
		}
		if (turn !== this.#turn)
			return;
		if (answer === null || answer.status >= 500)
			this.#wait(answer === null ? "" : error_in(text).error);
		else if (answer.ok)
			this.#listen(query, text);
		else
			this.#refuse(answer.status, text);
	}

	#wait(reason = "") {
		this.close();
		this.#handlers.offline(this.#pause, reason);
		this.#timer = setTimeout(() => this.again(), this.#pause);
		this.#pause = Math.min(this.#pause * 2, PAUSE_MAX_MS);
	}

	#refuse(status, text) {
		const said = error_in(text);

		if (status === 401 || status === 403)
			this.#handlers.denied();
		else
			this.#handlers.refused(said.error ||
			    `the server answered ${status}`, said.field);
	}

	#listen(query, text) {
		const turn = this.#turn;
		const events = new EventSource(`/api/events${query}`);
		const of_us = (handle) => (event) => {
			if (turn === this.#turn)
				handle(event);
		};

		this.#events = events;
		this.#handlers.state(parseExact(text));
		events.onopen = of_us(() => {
			this.#pause = PAUSE_MIN_MS;
			this.#handlers.online();
		});
		events.onerror = of_us(() => this.#wait());
		events.addEventListener("state", of_us((event) =>
			this.#handlers.state(parseExact(event.data))));
		events.addEventListener("panel", of_us((event) =>
			this.#handlers.panel(event.data)));
	}
}
