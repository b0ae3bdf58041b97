/*
 * Light or dark: as the system says, until the switch says otherwise.  Charts
 * are told when colours change, also for paper, which is always light.
 */
const THEMES = ["system", "light", "dark"];
const KEPT = "pcapstat-theme";

function kept() {
	try {
		const theme = localStorage.getItem(KEPT);
		return THEMES.includes(theme) ? theme : THEMES[0];
	} catch {
		return THEMES[0];
	}
}

function keep(theme) {
	try {
		localStorage.setItem(KEPT, theme);
	} catch {
		/* Then it lasts as long as the page. */
	}
}

export function startTheme(button, changed) {
	let theme = kept();

	const show = () => {
		document.documentElement.dataset.theme = theme;
		button.textContent = `Theme: ${theme}`;
	};
	button.addEventListener("click", () => {
		theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
		keep(theme);
		show();
		changed();
	});
	matchMedia("(prefers-color-scheme: dark)")
	    .addEventListener("change", changed);
	matchMedia("print").addEventListener("change", changed);
	show();
}
