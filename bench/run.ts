/**
 * The benchmarks, all of them, in one run: `npm run bench [-- --quick]`. Writes the figures and their page.
 * `-- --only own` measures drills on somebody's own database, `-- --only replay` measures anew what goes through a log, or another part of the methods, and says of those figures that
 * they were measured apart from the others.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun } from "./child.ts";
import { benchDrills } from "./drills.ts";
import { type Figure, isMet } from "./figures.ts";
import { benchMethods } from "./methods.ts";
import { benchOwn } from "./own.ts";
import { machine, page, type Results } from "./page.ts";
import { benchRestore } from "./restore.ts";
import { benchStart } from "./start.ts";
import { benchVerdict } from "./verdict.ts";

const quick = process.argv.includes("--quick");
const sizes = quick
  ? {
      starts: 10,
      rows: 200_000,
      pairs: 3,
      methodRows: 100_000,
      verdicts: 2,
      small: 20,
      large: 200,
      own: [20_000, 200_000],
    }
  : {
      starts: 20,
      rows: 2_000_000,
      pairs: 6,
      methodRows: 1_000_000,
      verdicts: 5,
      small: 100,
      large: 2000,
      own: [200_000, 4_000_000],
    };

const at = process.argv.indexOf("--only");
const only = at === -1 ? null : (process.argv[at + 1] ?? "");

/** Told with `--only`: the part that stands on its own beside the methods. */
const OWN = "own";

const folder = await mkdtemp(join(tmpdir(), "fogbell-bench-"));
const say = (text: string) => void process.stderr.write(`bench: ${text}\n`);

async function all(): Promise<Figure[]> {
  const figures: Figure[] = [];
  say("start-up");
  figures.push(await benchStart(sizes.starts));
  say(`restores of ${sizes.rows} rows, ${sizes.pairs} in turn with as many typed by hand, of each kind`);
  figures.push(...(await benchRestore({ rows: sizes.rows, pairs: sizes.pairs, folder })));
  say(`other methods on ${sizes.methodRows} rows, and the way through a log`);
  figures.push(...(await benchMethods({ rows: sizes.methodRows, pairs: sizes.pairs })));
  say("from run to verdict");
  figures.push(...(await benchVerdict(sizes.verdicts)));
  say(`drills of ${sizes.small} and ${sizes.large} MB of dump`);
  figures.push(...(await benchDrills({ small: sizes.small, large: sizes.large, folder })));
  const [few = 0, many = 0] = sizes.own;
  say(`drills on somebody's own database of ${few} and ${many} rows`);
  figures.push(...(await benchOwn({ small: few, large: many, times: quick ? 1 : 3, folder })));
  return figures;
}

/** The figures of an earlier run, with a part of them measured anew. */
async function some(part: string, earlier: readonly Figure[]): Promise<Figure[]> {
  const [few = 0, many = 0] = sizes.own;
  const measured =
    part === OWN
      ? await benchOwn({ small: few, large: many, times: quick ? 1 : 3, folder })
      : await benchMethods({ rows: sizes.methodRows, pairs: sizes.pairs, only: part });
  const today = new Date().toISOString().slice(0, 10);
  const apart = measured.map((figure) => ({ ...figure, from: { ...figure.from, apart: today } }));
  const others = earlier.map((figure) => apart.find(({ name }) => name === figure.name) ?? figure);
  return [...others, ...apart.filter((one) => !others.includes(one))];
}

try {
  const docker = await mustRun("docker", ["version", "--format", "{{.Server.Version}}"]);
  const file = `bench/results/${quick ? "quick" : "whole"}.json`;
  const earlier = only === null ? null : (JSON.parse(await readFile(file, "utf8")) as Results);
  const figures = only === null || earlier === null ? await all() : await some(only, earlier.figures);
  const measuredAt = earlier?.measuredAt ?? new Date().toISOString();
  const results: Results = { measuredAt, quick, machine: machine(docker.stdout.trim()), figures };
  await mkdir("bench/results", { recursive: true });
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  const text = page(results);
  // A quick run is for the eye; the page keeps the figures of the whole one.
  if (!quick) await writeFile("bench/README.md", text);
  process.stdout.write(text);
  process.exitCode = figures.every(isMet) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
