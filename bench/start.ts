/** Start-up: a command that does little, against a Node that does nothing. */
import { mustRun } from "./child.ts";
import { type Figure, median, round, spread } from "./figures.ts";

export async function benchStart(times: number): Promise<Figure> {
  const bare: number[] = [];
  const list: number[] = [];
  // The first starts fill caches, and do not count.
  for (let i = -2; i < times; i++) {
    const nothing = await mustRun(process.execPath, ["-e", "0"]);
    const fogbell = await mustRun(process.execPath, ["bin/run.js", "scenario", "list"]);
    if (i < 0) continue;
    bare.push(nothing.wallMs);
    list.push(fogbell.wallMs);
  }
  return {
    name: "start-up",
    what: "`fogbell scenario list` against `node -e 0`",
    value: round(median(list) / median(bare)),
    unit: "×",
    target: 4,
    from: {
      times,
      bareMs: round(median(bare), 0),
      fogbellMs: round(median(list), 0),
      bareSpread: spread(bare),
      fogbellSpread: spread(list),
    },
  };
}
