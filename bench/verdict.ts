/** From typing `run` to the verdict, for a small world in Docker: built anew, and laid out again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun } from "./child.ts";
import { type Figure, median, round, spread } from "./figures.ts";

export async function benchVerdict(times: number): Promise<Figure[]> {
  const out = await mkdtemp(join(tmpdir(), "fogbell-verdict-"));
  const run = async (engine: string, ...more: string[]) => {
    const args = ["bin/run.js", "run", "drop-table", "--engine", engine, "--sandbox", "docker", "--json", "--out", out];
    return (await mustRun(process.execPath, [...args, ...more])).wallMs;
  };
  try {
    const figures: Figure[] = [];
    for (const engine of ["postgres", "mariadb"]) {
      const fresh: number[] = [];
      const again: number[] = [];
      await run(engine);
      for (let i = 0; i < times; i++) {
        fresh.push(await run(engine, "--fresh-world"));
        again.push(await run(engine));
      }
      figures.push({
        name: `run to verdict, ${engine}`,
        what: "`fogbell run drop-table` in Docker, the world laid out again, the image there",
        value: round(median(again) / 1000, 1),
        unit: "s",
        target: 8,
        from: {
          times,
          againMs: round(median(again), 0),
          freshMs: round(median(fresh), 0),
          againSpread: spread(again),
          freshSpread: spread(fresh),
        },
      });
    }
    return figures;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
