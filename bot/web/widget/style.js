// Sizes are in em of the reader's own letter size (medium), not of the page's.
export default `
:host { all: initial !important; display: block !important; }
:host([hidden]) { display: none !important; }
.root { --accent: #0b6e6e; --on-accent: #fff; --ink: #1d2326; --soft: #505a5f; --line: #7c878c; --hair: #d5dbdd;
  --paper: #f5f6f4; --card: #fff; --link: #0b6464; --rust: #9a3a0a; --warn: #fdeee6; --focus: #1d2326;
  all: initial; display: block; color: var(--ink); color-scheme: light; font: medium/1.5 system-ui, sans-serif;
  direction: ltr; overflow-wrap: anywhere; hyphens: auto; }
.dark { --accent: #0b7b7b; --ink: #e8eceb; --soft: #b4bec2; --line: #8a969b; --hair: #3a4448; --paper: #14191b;
  --card: #1d2427; --link: #74d3cf; --rust: #ffb391; --warn: #38231a; --focus: #fff; color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
svg { width: 1.25em; height: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round; vertical-align: -.25em; }
p, h1, h2, h3, dl, dd, ul, fieldset { margin: 0; padding: 0; border: 0; }
h1, h2, h3 { font-size: 1.06em; line-height: 1.3; }
a { display: inline-block; padding: .2em 0; color: var(--link); }
a svg { margin-inline-end: .3em; }
button, input, textarea { font: inherit; color: inherit; letter-spacing: inherit; word-spacing: inherit; }
button { display: inline-flex; align-items: center; justify-content: center; gap: .4em; min-height: 2.6em;
  min-width: 2.6em; padding: .3em .7em; border: 1px solid var(--line); border-radius: .5em; background: var(--card);
  cursor: pointer; text-align: start; }
button:hover { border-color: currentColor; text-decoration: underline; }
button[aria-pressed="true"], .send, .launcher { background: var(--accent); color: var(--on-accent);
  border-color: var(--accent); }
button.plain { border-color: transparent; background: none; color: var(--link); padding: .2em .4em; min-height: 2.2em; }
button.plain[aria-pressed="true"] { border-color: currentColor; text-decoration: underline; }
[aria-pressed="true"] > svg { fill: currentColor; }
button:disabled { cursor: default; opacity: .75; text-decoration: none; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; box-shadow: 0 0 0 2px var(--card); }
.launcher, .panel { position: fixed; right: 1em; z-index: 2147483000; }
.left > .launcher, .left > .panel { right: auto; left: 1em; }
.launcher { bottom: 1em; min-height: 3.2em; max-width: calc(100vw - 2em); padding: .5em 1.1em; border-radius: 1.6em;
  border: 2px solid var(--card); box-shadow: 0 2px 10px #0006; font-weight: 600; }
.count { background: var(--card); color: var(--ink); border-radius: 1em; padding: 0 .5em; }
.panel { bottom: 5.2em; width: 26em; max-width: calc(100vw - 2em); height: 42em; max-height: calc(100vh - 6.2em);
  display: flex; flex-direction: column; background: var(--paper); border: 1px solid var(--line); border-radius: .8em;
  box-shadow: 0 4px 24px #0005; overflow: auto; }
.panel:focus { outline-offset: -3px; }
.large .panel { font-size: 1.25em; width: 24em; }
.huge .panel { font-size: 1.5em; width: 22em; }
.page .panel { position: static; width: auto; max-width: 46rem; height: 100vh; height: 100dvh; max-height: none;
  margin: 0 auto; border-width: 0 1px; border-radius: 0; box-shadow: none; }
.head, .bar, .row, .actions, .rate, .trouble, .menu li { display: flex; flex-wrap: wrap; gap: .35em; align-items: center; }
.head { padding: .4em .6em; background: var(--accent); color: var(--on-accent); flex-wrap: nowrap; gap: .1em; }
.head > svg, .exit svg { display: none; }
.head .close span, .head [aria-controls] span { position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%); }
.names { flex: 1 1 8em; min-width: 0; }
.names p { font-size: .85em; line-height: 1.3; min-height: 2.6em; }
.head button { background: none; color: inherit; border-color: transparent; padding: .2em .5em; }
.head button:hover, .head .exit { border-color: currentColor; }
.head .exit { font-weight: 600; }
.head :focus-visible { outline-color: currentColor; box-shadow: none; }
.bar { padding: .25em .7em; background: var(--warn); border-bottom: 1px solid var(--hair); justify-content: space-between;
  font-size: .92em; gap: .1em .8em; }
.bar a { font-weight: 700; color: var(--rust); white-space: nowrap; }
.languages { display: inline-flex; gap: .2em; margin-inline-start: auto; }
.languages button { min-height: 2em; min-width: 2.4em; padding: 0 .3em; }
.menu { flex: 0 1 auto; max-height: 70%; overflow: auto; padding: .7em; border-bottom: 2px solid var(--line); background: var(--card); }
.menu > * + * { margin-top: .8em; }
.menu legend { padding: 0; font-weight: 600; }
.menu ul { list-style: none; }
.menu a { margin-inline-end: 1em; }
.keep label { display: inline-block; padding: .3em 0; }
.keep input { width: 1.5em; height: 1.5em; vertical-align: -.3em; accent-color: var(--accent); }
.sure { margin-top: .5em; padding: .6em; border: 2px solid var(--rust); border-radius: .5em; }
.strong { border-color: var(--rust); color: var(--rust); font-weight: 600; }
.log { flex: 1 1 0; min-height: 4em; overflow: auto; padding: .7em; display: flex; flex-direction: column; gap: .55em;
  position: relative; overscroll-behavior: contain; }
.log:focus-visible, .menu:focus-visible, .saved:focus-visible { outline-offset: -3px; box-shadow: none; }
.msg { position: relative; max-width: 92%; align-self: flex-start; padding: .5em .8em; border: 1px solid var(--hair); border-radius: .8em;
  border-start-start-radius: .15em; background: var(--card); }
.msg > p { white-space: pre-line; unicode-bidi: isolate; }
.wide { width: 100%; max-width: 100%; padding: 0; }
.you { align-self: flex-end; background: var(--accent); color: var(--on-accent); border-color: var(--accent);
  border-radius: .8em; border-end-end-radius: .15em; }
.person { border: 2px solid var(--link); }
.who, .kind, .mark, .small { font-size: .85em; }
.who, .kind { font-weight: 600; }
.mark { display: block; font-style: italic; }
.small { color: var(--soft); }
.card { padding: .6em .8em; border-radius: .7em; border-inline-start: .4em solid var(--link); }
.card > * + * { margin-top: .3em; }
.urgent { border-inline-start-color: var(--rust); background: var(--warn); }
.urgent .call a { font-size: 1.3em; color: var(--rust); }
.call a { font-weight: 700; }
.state { font-weight: 600; }
.notice { color: var(--rust); }
dl > div { padding: .2em 0; }
dt { font-weight: 600; font-size: .9em; }
.line { display: block; }
.actions { border-top: 1px solid var(--hair); padding-top: .3em; }
.down svg { transform: rotate(180deg); }
.rate { font-size: .92em; color: var(--soft); }
.rate form { display: flex; flex: 1 1 100%; gap: .4em; }
.rate input { flex: 1; min-width: 0; padding: .3em .5em; border: 1px solid var(--line); border-radius: .4em; background: var(--card); }
.typing { padding: .1em 1em; color: var(--soft); font-size: .92em; }
.typing i { display: inline-block; width: .4em; height: .4em; margin-inline-start: .25em; border-radius: 50%; background: currentColor;
  animation: beat 1.2s infinite; }
.typing i:nth-child(3) { animation-delay: .2s; }
.typing i:nth-child(4) { animation-delay: .4s; }
@keyframes beat { 50% { opacity: .25; } }
.trouble { padding: 0 .8em; background: var(--warn); color: var(--rust); font-weight: 600; }
.trouble p:not(:empty) { padding: .35em 0; }
.composer { flex: none; padding: .5em .7em .6em; border-top: 1px solid var(--line); background: var(--paper);
  display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .35em .5em; align-items: end; }
.composer > * { grid-column: 1 / -1; }
.composer label { font-size: .9em; color: var(--soft); grid-row: 2; }
/* After the input for the keys, above it for the eyes. */
.choices { grid-row: 1; max-height: 27vh; overflow: auto; padding: 4px; margin: -4px; display: flex; flex-wrap: wrap; gap: .4em; }
textarea { grid-column: 1 !important; grid-row: 3; width: 100%; min-height: 2.6em; max-height: 9em; padding: .45em .6em; field-sizing: content;
  border: 1px solid var(--line); border-radius: .5em; background: var(--card); resize: vertical; }
textarea[aria-invalid] { border: 2px solid var(--rust); }
.send { grid-column: 2 !important; grid-row: 3; }
.error { color: var(--rust); font-weight: 600; }
.choices button { border-color: var(--link); color: var(--link); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(9.5em, 100%), 1fr)); }
.tiles button { justify-content: flex-start; line-height: 1.2; padding: .3em .5em; }
@media (min-width: 40em) {
  .page .head > svg, .page .exit svg { display: block; }
  .page .head > svg { width: 1.8em; height: 1.8em; margin-inline-end: .4em; }
  .page .head [aria-controls] span { position: static; width: auto; clip-path: none; }
}
@media (max-width: 30em) {
  .panel { inset: 0; width: auto !important; max-width: none; height: auto; max-height: none; border: 0; border-radius: 0; }
  .left > .panel { left: 0; right: 0; }
  .page .panel { height: 100vh; height: 100dvh; }
  .launcher[aria-expanded="true"] { display: none; }
}
/* Little height: nothing covers the focus. */
@media (max-height: 34em) {
  .panel { display: block; }
  .page .panel { height: auto; }
  .log, .menu, .choices { max-height: none; overflow: visible; }
}
@media (prefers-reduced-motion: reduce) { .typing i { animation: none; } }
@media (forced-colors: active) {
  .head, .launcher, .you, .send { border: 1px solid; }
  button[aria-pressed="true"] { border: 3px solid Highlight; }
  .card { border-inline-start-color: CanvasText; }
  .urgent { border: 3px solid CanvasText; }
}
@media print { .root:not(.page) { display: none; } .page .panel { height: auto; display: block; } .log { overflow: visible; }
  .composer, .bar, .head button { display: none; } }
`;

// The page's own colours. A text colour that could not be read on them is not taken.
export function paint(root, color, text) {
  const back = color && CSS.supports("color", color) ? luminance(root, color) : null;
  if (back === null) {
    root.style.removeProperty("--accent");
    root.style.removeProperty("--on-accent");
    return;
  }
  const contrast = (other) => (Math.max(back, other) + 0.05) / (Math.min(back, other) + 0.05);
  const wanted = text && CSS.supports("color", text) ? luminance(root, text) : null;
  const readable = wanted !== null && contrast(wanted) >= 4.5;
  root.style.setProperty("--accent", color);
  root.style.setProperty("--on-accent", readable ? text : contrast(1) >= contrast(0) ? "#fff" : "#000");
}

// The relative luminance of a CSS colour (WCAG 2), or null.
function luminance(root, color) {
  root.style.setProperty("outline-color", color);
  const parts = /^rgba?\((\d+), (\d+), (\d+)/.exec(getComputedStyle(root).outlineColor);
  root.style.removeProperty("outline-color");
  if (!parts) return null;
  const [r, g, b] = parts.slice(1).map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
