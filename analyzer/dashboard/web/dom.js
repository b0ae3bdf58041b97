/*
 * Small helpers over the document.
 *
 * What comes from a capture goes in as text, never as HTML.  Styles are set by
 * properties: the page's policy lets no style attribute pass.
 */

/* element("a", { href: "/", class: "link" }, "text", node): attributes that are
 * undefined, null or false are left out; "on..." adds a listener. */
export function element(name, attributes = {}, ...children) {
	const made = document.createElement(name);

	for (const [key, value] of Object.entries(attributes)) {
		if (value === undefined || value === null || value === false)
			continue;
		if (key.startsWith("on"))
			made.addEventListener(key.slice(2), value);
		else
			made.setAttribute(key, value === true ? "" : value);
	}
	made.append(...children);
	return made;
}

/* Sets what differs only: a text that stays is not announced or drawn again. */
export function setText(node, text) {
	if (node.textContent !== text)
		node.textContent = text;
}

/* A part of a whole, 0 to 1, as a bar as wide. */
export function bar(share, kind) {
	const fill = element("span", { class: `fill ${kind}` });

	fill.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
	return element("span", { class: "bar", "aria-hidden": "true" }, fill);
}

/* Says one line to who listens to the page; the same line twice is said once. */
export function announce(text) {
	setText(document.getElementById("said"), text);
}
