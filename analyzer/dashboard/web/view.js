/*
 * What is looked at: a capture and filters, and a flow on top of them.
 *
 * The address bar holds it, so that a view is shared by its address, and back
 * and forward work.  The server gets the same words.
 */
export const FILTERS = ["src", "dst", "proto", "port", "from", "to"];
export const VIEW = ["capture", ...FILTERS];

/* A flow by its number, and by what it is where numbers change. */
export const FLOW = ["flow", "protocol", "a_ip", "a_port", "b_ip", "b_port",
    "start_time_ns", "end_time_ns"];

function pick(parameters, names) {
	const found = {};

	for (const name of names) {
		const value = parameters.get(name);
		if (value !== null && value !== "")
			found[name] = value;
	}
	return found;
}

/* { view, flow } of a query; flow is null where there is none. */
export function readQuery(search) {
	const parameters = new URLSearchParams(search);
	const flow = pick(parameters, FLOW);

	return {
		view: pick(parameters, VIEW),
		flow: flow.flow === undefined ? null : flow,
	};
}

/* "?capture=...": names in a fixed order, so that equal views have equal
 * addresses; "" where there is nothing to say. */
export function writeQuery(view, flow = null, more = {}) {
	const parameters = new URLSearchParams();

	for (const [names, values] of [[VIEW, view], [FLOW, flow ?? {}]]) {
		for (const name of names) {
			if (values[name])
				parameters.set(name, values[name]);
		}
	}
	for (const [name, value] of Object.entries(more))
		parameters.set(name, value);
	const text = parameters.toString();
	return text === "" ? "" : `?${text}`;
}

export function isFiltered(view) {
	return FILTERS.some((name) => view[name]);
}
