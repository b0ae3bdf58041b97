/*
 * JSON whose numbers stay as they are written.
 *
 * Times are nanoseconds beyond 2^53 and seconds have twelve decimals; read as
 * JavaScript's numbers they would not be what the command prints.  So a number
 * becomes its text, and who draws or adds asks for its value.
 */
const TOKENS =
    /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function parseExact(text) {
	return JSON.parse(text.replace(TOKENS,
	    (token) => token[0] === '"' ? token : `"${token}"`));
}

/* For drawing; null where it is undefined. */
export function number(text) {
	return text === null || text === undefined || text === "" ?
	    null : Number(text);
}

/* For whole numbers that must stay exact; 0 where it is undefined. */
export function whole(text) {
	return text === null || text === undefined || text === "" ?
	    0n : BigInt(text);
}

/* Decimals of seconds as nanoseconds, exactly: "1.5" is 1500000000n. */
export function nanoseconds(seconds) {
	const [, sign, before, after = ""] =
	    /^(-?)(\d+)(?:\.(\d+))?$/.exec(seconds) ?? [null, "", "0"];
	const size = BigInt(before + after.slice(0, 9).padEnd(9, "0"));

	return sign === "-" ? -size : size;
}
