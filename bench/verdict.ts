/** From typing `run` to the verdict in Docker, for a world that is built anew, and for one that is laid out again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun } from "./child.ts";
import { type Figure, median, round, spread } from "./figures.ts";

interface Size {
  readonly name: string;
  readonly rows: number;
  readonly target: number | null;
}

const SIZES: readonly Size[] = [
  { name: "small world", rows: 20_000, target: 8 },
  { name: "as shipped", rows: 200_000, target: null },
];

export async function benchVerdict(times: number): Promise<Figure[]> {
  const out = await mkdtemp(join(tmpdir(), "fogbell-verdict-"));
  try {
    const figures: Figure[] = [];
    for (const size of SIZES)
      for (const engine of ["postgres", "mariadb"]) figures.push(await measure(engine, size, { times, out }));
    return figures;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function measure(
  engine: string,
  { name, rows, target }: Size,
  { times, out }: { readonly times: number; readonly out: string },
): Promise<Figure> {
  const run = async (...more: string[]) => {
    const args = ["run", "drop-table", "--engine", engine, "--rows", String(rows), "--sandbox", "docker", "--json"];
    return (await mustRun(process.execPath, ["bin/run.js", ...args, "--out", out, ...more])).wallMs;
  };
  const fresh: number[] = [];
  const again: number[] = [];
  await run();
  for (let i = 0; i < times; i++) {
    fresh.push(await run("--fresh-world"));
    again.push(await run());
  }
  return {
    name: `run to verdict, ${name}, ${engine}`,
    what: "`fogbell run drop-table` in Docker, the world laid out again, the image there",
    value: round(median(again) / 1000, 1),
    unit: "s",
    target,
    from: {
      rows,
      times,
      againMs: round(median(again), 0),
      freshMs: round(median(fresh), 0),
      againSpread: spread(again),
      freshSpread: spread(fresh),
    },
  };
}
