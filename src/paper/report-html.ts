/** The report as a page that people like to look at: charts first, then the report word for word. No script, no network. */

import type { DrillResult } from "../record.ts";
import { type Block, blocksOf } from "./blocks.ts";
import { type Chart, coverage, gantt, ladder, trend } from "./charts.ts";
import { escapeHtml, htmlHead } from "./html-head.ts";
import { type Past, pastOf } from "./past.ts";
import { blocksHtml } from "./print-html.ts";
import { drillName } from "./scorecard.ts";
import { verdictTitle } from "./words.ts";

const STYLE = `
:root { color-scheme: light dark; --fg: #1b1f24; --bg: #fff; --soft: #f3f5f7; --line: #8b949e; --bar: #2f6db5; --ok: #176f2c;
  --bad: #b3261e; --ok-soft: #d9f0df; --bad-soft: #fbdcd9; }
@media (prefers-color-scheme: dark) { :root { --fg: #e8eaed; --bg: #14171b; --soft: #1f242a; --line: #6b7580; --bar: #6ba6ec;
  --ok: #57c776; --bad: #ff8a80; --ok-soft: #1d3b27; --bad-soft: #4a2523; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; color: var(--fg); background: var(--bg);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
a { color: inherit; } h1 { font-size: 1.8rem; line-height: 1.2; } h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--bg); padding: .5rem; }
.verdict { display: inline-block; padding: .2rem .9rem; border: 2px solid currentColor; border-radius: .4rem; font-weight: 700;
  font-size: 1.3rem; letter-spacing: .04em; color: var(--ok); } .verdict.bad { color: var(--bad); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { border: 1px solid var(--line); padding: .3rem .55rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
th { background: var(--soft); } figure { margin: 1.4rem 0; } figcaption { font-weight: 600; margin-bottom: .3rem; }
figure .words { font-size: .9rem; } svg { height: auto; color: var(--fg); }
.narrow { display: none; } @media screen and (max-width: 34rem) { .narrow { display: block; } .wide { display: none; } }
pre { background: var(--soft); border: 1px solid var(--line); padding: .6rem; overflow-x: auto; font-size: .85rem; }
code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .9em; overflow-wrap: anywhere; }
li { margin: .2rem 0; } .blank { display: inline-block; border-bottom: 1px solid currentColor; height: 1em; max-width: 100%; }
@media print { :root { color-scheme: light; --fg: #000; --bg: #fff; } figure, tr { break-inside: avoid; } h2 { break-after: avoid; } }
`;

function figure({ title, words, svg }: Chart): string {
  return `<figure class="chart"><figcaption>${escapeHtml(title)}</figcaption><div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}">${svg}</div>
<details class="words"><summary>In words</summary><p>${escapeHtml(words)}</p></details></figure>`;
}

interface PageParts {
  readonly title: string;
  readonly badge: { readonly text: string; readonly good: boolean };
  readonly charts: readonly Chart[];
  readonly markdown: string;
}

async function pageHtml({ title, badge, charts, markdown }: PageParts): Promise<string> {
  const [first, ...rest] = await blocksOf(markdown);
  // The verdict and its numbers come first, then the pictures, then everything else.
  const next = rest.findIndex((block) => block.kind === "heading");
  const [summary, others] = next < 0 ? [rest, []] : [rest.slice(0, next), rest.slice(next)];
  const heading = first?.kind === "heading" ? blocksHtml([first]) : `<h1>${escapeHtml(title)}</h1>`;
  let tables = 0;
  const rendered = (blocks: readonly Block[]) =>
    blocksHtml(blocks)
      .replaceAll("<table>", () => {
        tables += 1;
        return `<div class="scroll" tabindex="0" role="region" aria-label="table ${tables}"><table>`;
      })
      .replaceAll("</table>", "</table></div>");
  return `${htmlHead(title, STYLE)}
<body>
<a class="skip" href="#report">To the report</a>
<main id="report">
${heading}
<p><span class="verdict${badge.good ? "" : " bad"}">${escapeHtml(badge.text)}</span></p>
${rendered(summary)}
${charts.map(figure).join("\n")}
${rendered(others)}
</main>
</body>
</html>
`;
}

/** One drill: its time, its recovery points, its history. `markdown` is the report as rendered. */
export async function reportHtml(result: DrillResult, markdown: string, past: readonly DrillResult[]): Promise<string> {
  const all = past.some(({ runId }) => runId === result.runId) ? past : [...past, result];
  const own = pastOf(all).find(({ name }) => name === drillName(result.scenario));
  const charts = [await gantt(result)];
  if (result.sources.length > 0) charts.push(await ladder(result));
  if ((own?.results.length ?? 0) > 1)
    charts.push(await trend("RTA", own?.results ?? []), await trend("RPA", own?.results ?? []));
  return pageHtml({
    title: `Recovery report: ${result.scenario.id}, ${result.runId}`,
    badge: { text: verdictTitle(result), good: result.verdict === "recovered" },
    charts,
    markdown,
  });
}

/** Drills recover, backups are good; of both together, each passed. */
function passWord(past: readonly Past[]): string {
  const verifies = past.filter(({ last }) => last.scenario.kind === "verify").length;
  if (verifies === 0) return "RECOVERED";
  return verifies === past.length ? "GOOD" : "PASSED";
}

function sessionBadge(past: readonly Past[], lost: number): PageParts["badge"] {
  const failed = past.filter(({ last }) => last.verdict !== "recovered").length;
  const word = passWord(past);
  const wrong = [
    ...(failed === 0 ? [] : [`${failed} OF ${past.length} NOT ${word}`]),
    ...(lost === 0 ? [] : [`${lost} CANNOT BE READ`]),
    ...(past.length === 0 && lost === 0 ? ["NOTHING DRILLED"] : []),
  ];
  return { text: wrong.length === 0 ? `ALL ${word}` : wrong.join(", "), good: wrong.length === 0 };
}

/** Several drills: the grid, and the trend of each that ran more than once. */
export async function sessionHtml(
  results: readonly DrillResult[],
  markdown: string,
  { title, lost = 0 }: { title: string; lost?: number },
): Promise<string> {
  const past = pastOf(results);
  const charts = past.length === 0 ? [] : [await coverage(past)];
  for (const { name, results: own } of past.filter((one) => one.results.length > 1).slice(0, 12)) {
    const chart = await trend("RTA", own);
    charts.push({ ...chart, title: `${name}: ${chart.title}` });
  }
  return pageHtml({
    title,
    badge: sessionBadge(past, lost),
    charts,
    markdown,
  });
}
