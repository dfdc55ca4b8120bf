/**
 * One look for every page: colours for light, dark and paper, and how tables, code and blanks stand. The runbook, the
 * report and the documents begin with it and add only what is theirs.
 */

const LIGHT =
  "--fg: #1b1f24; --bg: #fff; --soft: #f3f5f7; --line: #767f8a; --bar: #2f6db5; --ok: #176f2c; --bad: #b3261e; --ok-soft: #d9f0df; --bad-soft: #fbdcd9;";
const DARK =
  "--fg: #e8eaed; --bg: #14171b; --soft: #1f242a; --line: #7d8894; --bar: #6ba6ec; --ok: #57c776; --bad: #ff8a80; --ok-soft: #1d3b27; --bad-soft: #4a2523;";
const PAPER = "--fg: #000; --bg: #fff; --soft: #f4f4f4; --line: #777;";

export const LOOK = `
:root { color-scheme: light dark; ${LIGHT}
  --text: system-ui, -apple-system, "Segoe UI", Roboto, Verdana, "DejaVu Sans", sans-serif;
  --code: ui-monospace, "DejaVu Sans Mono", "Cascadia Mono", Menlo, Consolas, monospace; }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
@media print { :root { color-scheme: light; ${PAPER} } }
* { box-sizing: border-box; }
body { color: var(--fg); background: var(--bg); }
a { color: inherit; }
h1, h2, h3 { break-after: avoid; line-height: 1.2; }
table { border-collapse: collapse; width: 100%; } tr { break-inside: avoid; } thead { display: table-header-group; }
th, td { border: 1px solid var(--line); padding: .3rem .55rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
th { background: var(--soft); }
pre { background: var(--soft); border: 1px solid var(--line); padding: .6rem; overflow-x: auto; }
code { font-family: var(--code); font-size: .92em; font-variant-ligatures: none; overflow-wrap: anywhere; }
pre code { font-size: 1em; overflow-wrap: normal; }
.blank { display: inline-block; border-bottom: 1px solid currentColor; height: 1em; max-width: 100%; }
`;
