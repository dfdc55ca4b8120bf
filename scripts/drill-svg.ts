/** The README's picture: a recorded drill as it is seen in a terminal, replayed through the real reporter and drawn as SVG. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { followOnScreen, summary } from "../src/reporters/screen.ts";
import { deriveResult, readJournal } from "../src/result/result.ts";

const COLUMNS = 100;
const LINE = 18;
const CHAR = 7.83;
const INKS: Readonly<Record<string, string>> = {
  "1": 'font-weight="bold"',
  "2": 'opacity=".65"',
  "31": 'fill="#ff8a80"',
  "32": 'fill="#57c776"',
  "33": 'fill="#e6c15a"',
};

/** Spaces that no viewer folds into one. */
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(" ", "\u00a0");

const ESCAPE = "\u001b[";

/** A line with its colours as spans: `ESC[32m…ESC[0m`. */
function spans(line: string): string {
  const [first = "", ...painted] = line.split(ESCAPE);
  const rest = painted.map((part) => {
    const at = part.indexOf("m");
    const [code, text] = [part.slice(0, at), escaped(part.slice(at + 1))];
    return code === "0" ? text : `<tspan ${INKS[code] ?? ""}>${text}</tspan>`;
  });
  return escaped(first) + rest.join("");
}

/** What a terminal showed of a recorded run. */
function shown(journal: string): string[] {
  const events = readJournal(journal);
  const drill = {
    runId: events[0]?.kind === "drill-began" ? events[0].runId : "",
    name: "drop-table",
    contended: false,
  };
  let text = "";
  let nowMs = 0;
  const screen = {
    write: (more: string) => (text += more),
    columns: COLUMNS,
    isTty: true,
    color: true,
    now: () => nowMs,
  };
  const follower = followOnScreen(screen, { isLive: false });
  for (const event of events) {
    nowMs = event.monotonicMs;
    follower.onEvent(event, drill);
  }
  follower.close();
  text += summary(deriveResult(events), { folder: "drill-results", color: true, columns: COLUMNS });
  return ["$ npx fogbell run drop-table", ...text.trimEnd().split("\n")];
}

/** The picture of a sample of `reports/samples`. */
export function drillSvg(sample: string): string {
  const file = fileURLToPath(new URL(`../reports/samples/${sample}/journal.jsonl`, import.meta.url));
  const lines = shown(readFileSync(file, "utf8"));
  const [width, height] = [Math.ceil(COLUMNS * CHAR) + 40, (lines.length + 3) * LINE];
  const rows = lines.map((line, at) => `<text x="20" y="${(at + 3) * LINE}">${spans(line)}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="A drill in a terminal">`,
    `<rect width="${width}" height="${height}" rx="8" fill="#14171b"/>`,
    ...["#ff8a80", "#e6c15a", "#57c776"].map(
      (fill, at) => `<circle cx="${24 + at * 18}" cy="18" r="5" fill="${fill}"/>`,
    ),
    '<g fill="#e8eaed" font-family="ui-monospace, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="13">',
    ...rows,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}
