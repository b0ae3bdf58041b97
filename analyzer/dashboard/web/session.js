/*
 * The link that the program prints carries a token behind "#", which no
 * browser sends.  The page gives it for a cookie that scripts cannot read, and
 * takes it out of the address bar, so that a copied address gives nothing away.
 */

/* The token of a link or of its part behind "#"; null: none. */
export function tokenIn(text) {
	return /(?:^|#)token=([^&#\s]+)\s*$/.exec(text)?.[1] ?? null;
}

/* The address bar's token, which is gone from there afterwards. */
export function takeToken() {
	const token = tokenIn(location.hash);

	if (token !== null)
		history.replaceState(history.state, "",
		    location.pathname + location.search);
	return token;
}

/* "" where the server took it, else why it did not. */
export async function exchange(token) {
	try {
		const answer = await fetch("/api/session", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ token }),
		});
		return answer.ok ? "" : answer.status === 403 ?
		    "This link is of an earlier start of the dashboard." :
		    `The server answered ${answer.status}.`;
	} catch {
		return "The server does not answer.";
	}
}
