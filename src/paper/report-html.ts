/** The report as a page that people like to look at: charts first, then the report word for word. No script, no network. */

import type { DrillResult } from "../record.ts";
import { type Block, blocksOf } from "./blocks.ts";
import { type Chart, coverage, gantt, ladder, trend } from "./charts.ts";
import { escapeHtml, htmlHead } from "./html-head.ts";
import { LOOK } from "./look.ts";
import { type Past, pastOf } from "./past.ts";
import { blocksHtml } from "./print-html.ts";
import { drillName } from "./scorecard.ts";
import { verdictTitle } from "./words.ts";

const STYLE = `${LOOK}
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; font: 1rem/1.5 var(--text); }
h1 { font-size: 1.8rem; } h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--bg); padding: .5rem; }
.verdict { display: inline-block; padding: .2rem .9rem; border: 2px solid currentColor; border-radius: .4rem; font-weight: 700;
  font-size: 1.3rem; letter-spacing: .04em; color: var(--ok); } .verdict.bad { color: var(--bad); }
.scroll { overflow-x: auto; margin: .8rem 0; } table { font-size: .92rem; } figure { margin: 1.4rem 0; break-inside: avoid; }
figcaption { font-weight: 600; margin-bottom: .3rem; } figure .words { font-size: .9rem; } svg { height: auto; color: var(--fg); }
.narrow { display: none; } @media screen and (max-width: 34rem) { .narrow { display: block; } .wide { display: none; } }
pre { font-size: .85rem; } li { margin: .2rem 0; }
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

export async function pageHtml({ title, badge, charts, markdown }: PageParts): Promise<string> {
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
