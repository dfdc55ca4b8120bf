/**
 * 0 false recovered in 500 generated breakages, over every form of backup of both engines; and what cannot be noticed
 * without a ledger, measured. `npm test` judges a sample, `npm run test:long` all of it, and prints the figures.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBench, testFolder } from "../support/dumps.ts";
import { LONG } from "../support/long.ts";
import { CUT, type Files, inOne, type Noticed, SUMMED, type Way } from "./broken.ts";
import { MARIADB_TEXT, POSTGRES_TEXT } from "./broken-text.ts";
import { type Case, isGood, type Judged, judgeAll } from "./judged.ts";
import { type Chance, seeded } from "./seeded.ts";
import { copied, dumped, EARLIER, engineOf, filesOf, fill, LEDGER, ledgerOf, STAMP } from "./shops.ts";

/** One form of backup, and how it is broken how often. */
interface Form {
  readonly form: string;
  readonly engine: string;
  readonly files: Files;
  /** Those that may be broken; default: all. */
  readonly of?: readonly string[];
  readonly ways: readonly Way[];
  readonly count: number;
}

const all: Judged[] = [];
let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const only = (noticed: Noticed, ways: readonly Way[]) => ways.filter((way) => way.noticed === noticed);
/** Behind the list of contents at its start, which nothing sums. */
const behind = (share: number, ways: readonly Way[]): Way[] =>
  ways.map((way) => ({
    ...way,
    change(bytes, chance) {
      const from = Math.floor(bytes.length * share);
      const rest = way.change(bytes.subarray(from), chance);
      return rest === null ? null : Buffer.concat([bytes.subarray(0, from), rest]);
    },
  }));
function generate({ form, engine, files, of, ways, count }: Form, chance: Chance): Case[] {
  const cases: Case[] = [];
  // Every way in its turn, so that none is left out by chance.
  for (let number = 0; cases.length < (LONG ? count : Math.ceil(count / 20)); number++) {
    const way = ways[(LONG ? number : chance.below(ways.length)) % ways.length] as Way;
    const broken = inOne(files, of ?? Object.keys(files), way, chance);
    if (broken === null) continue;
    cases.push({ name: `${way.name}, ${number + 1}`, form, engine, files: broken, noticed: way.noticed });
  }
  return cases;
}

/** What tells of a stream is told by the stream, too. */
const needed = ({ files }: Form) => Object.keys(files).filter((name) => !name.endsWith("xtrabackup_info"));

/** Each of its files missing. */
const missing = ({ form, engine, files }: Form, names: readonly string[]): Case[] =>
  names.map((name) => ({
    name: `without ${name.split("/").at(-1)}`,
    form,
    engine,
    files: Object.fromEntries(Object.entries(files).filter(([key]) => key !== name)),
    noticed: "bad",
  }));

/** A copy of one file. */
const single = (ending: string, bytes: Buffer): Files => ({ [`shop-${STAMP}${ending}`]: bytes });

async function postgres(): Promise<{ forms: Form[]; ledger: Buffer }> {
  await using bench = await openBench(engineOf("postgres"));
  await fill(bench, "postgres");
  const engine = "postgres";
  const text = await dumped(bench, engine);
  await bench.sh('pg_dump -Fd -j2 -d shop -f "$SCRATCH/dir"');
  const directory = await filesOf(bench, "dir", `shop-${STAMP}/`);
  const base = await copied(bench, engine, { compress: "gzip" });
  const packed = await copied(bench, engine, { compress: "none" });
  return {
    ledger: await ledgerOf(bench, engine, folder.path),
    forms: [
      { form: "postgres plain", engine, files: single(".sql", text), ways: POSTGRES_TEXT, count: 124 },
      {
        form: "postgres plain, gzip",
        engine,
        files: single(".sql.gz", await dumped(bench, engine, "", "gzip")),
        ways: SUMMED,
        count: 36,
      },
      {
        form: "postgres plain, zstd",
        engine,
        files: single(".sql.zst", await dumped(bench, engine, "", "zstd -q")),
        ways: SUMMED,
        count: 24,
      },
      {
        form: "postgres custom",
        engine,
        files: single(".dump", await dumped(bench, engine, "-Fc")),
        ways: behind(0.4, SUMMED),
        count: 48,
      },
      {
        form: "postgres custom, cut anywhere",
        engine,
        files: single(".dump", await dumped(bench, engine, "-Fc")),
        ways: [CUT],
        count: 12,
      },
      {
        form: "postgres directory",
        engine,
        files: directory,
        of: Object.keys(directory).filter((key) => key.endsWith(".gz")),
        ways: SUMMED,
        count: 24,
      },
      { form: "postgres base backup, gzip", engine, files: base, ways: SUMMED, count: 40 },
      { form: "postgres base backup", engine, files: packed, ways: [CUT, ...SUMMED.slice(3)], count: 16 },
    ],
  };
}

async function mariadb(): Promise<{ forms: Form[]; ledger: Buffer }> {
  await using bench = await openBench(engineOf("mariadb"));
  await fill(bench, "mariadb");
  const engine = "mariadb";
  const flags = "--single-transaction --skip-extended-insert --routines --triggers";
  const text = await dumped(bench, engine, flags);
  const packed = await copied(bench, engine, { compress: "gzip" });
  const streams = (files: Files) => Object.keys(files).filter((key) => key.includes("backup.mbs"));
  const plain = await copied(bench, engine, { compress: "none" });
  return {
    ledger: await ledgerOf(bench, engine, folder.path),
    forms: [
      { form: "mariadb dump", engine, files: single(".sql", text), ways: MARIADB_TEXT, count: 104 },
      {
        form: "mariadb dump, gzip",
        engine,
        files: single(".sql.gz", await dumped(bench, engine, flags, "gzip")),
        ways: SUMMED,
        count: 36,
      },
      {
        form: "mariadb dump, zstd",
        engine,
        files: single(".sql.zst", await dumped(bench, engine, flags, "zstd -q")),
        ways: SUMMED,
        count: 24,
      },
      { form: "mariadb backup, gzip", engine, files: packed, of: streams(packed), ways: SUMMED, count: 40 },
      { form: "mariadb backup", engine, files: plain, of: streams(plain), ways: SUMMED, count: 30 },
    ],
  };
}

describe.each([
  ["postgres", postgres, 15],
  ["mariadb", mariadb, 4711],
])("%s", (engine, make, seed) => {
  let forms: Form[] = [];
  let ledger = Buffer.alloc(0);
  beforeAll(async () => {
    const made = await make();
    forms = made.forms;
    ledger = Buffer.from(made.ledger);
  }, 300_000);

  test("what is broken is never called good", { timeout: 3_600_000 }, async () => {
    const chance = seeded(seed);
    const cases = forms.flatMap((form) => generate({ ...form, ways: only("bad", form.ways) }, chance));
    const folders = forms.filter(({ files }) => Object.keys(files).length > 1);
    const lost = folders.flatMap((form) => missing(form, needed(form).slice(0, LONG ? 6 : 1)));
    const judged = await judgeAll(join(folder.path, engine), [...cases, ...lost]);
    all.push(...judged);
    expect(judged.filter(isGood).map(({ form, name, because }) => `${form}: ${name}: ${because}`)).toEqual([]);
    // Our own defects are no verdict, and everything says why.
    expect(judged.filter(({ because }) => because === "" || /defect/i.test(because))).toEqual([]);
  });

  test("what only a ledger notices, it does", { timeout: 1_800_000 }, async () => {
    const chance = seeded(seed + 1);
    const plain = forms.filter(({ ways }) => ways.some(({ noticed }) => noticed === "ledger"));
    const cases = plain.flatMap((form) => generate({ ...form, ways: only("ledger", form.ways), count: 24 }, chance));
    const beside = cases.map((one) => ({ ...one, files: { ...one.files, [LEDGER]: ledger } }));
    const judged = await judgeAll(join(folder.path, `${engine}-ledger`), beside);
    expect(
      judged
        .filter(({ verdict }) => verdict !== "lost")
        .map(({ name, verdict, because }) => `${name}: ${verdict}: ${because}`),
    ).toEqual([]);
    expect(judged.filter(({ because }) => !/rows? (are )?(missing|altered|extra)|ledger/.test(because))).toEqual([]);
  });

  test("what nothing but a ledger notices is measured", { timeout: 1_800_000 }, async () => {
    const chance = seeded(seed + 2);
    const [plain] = forms;
    if (plain === undefined) throw new Error("no form");
    const ways = plain.ways.filter(({ noticed }) => noticed !== "bad");
    const cases = generate({ ...plain, ways, count: ways.length * 3 }, chance);
    const before = join(folder.path, `${engine}-before`);
    const earlier = Object.fromEntries(
      Object.entries(plain.files).map(([key, bytes]) => [key.replace(STAMP, EARLIER), bytes]),
    );
    const good = await judgeAll(before, [{ ...plain, name: "whole", files: earlier, noticed: "clean" }]);
    expect(good.map(({ verdict }) => verdict)).toEqual(["recovered"]);
    const after = cases.map((one) => ({ ...one, after: join(before, "0", "out") }));
    const alone = await judgeAll(join(folder.path, `${engine}-alone`), cases);
    const compared = await judgeAll(join(folder.path, `${engine}-after`), after);
    const kind = ({ name }: Case) => name.slice(0, name.lastIndexOf(", "));
    const rate = (judged: readonly Judged[], of: string) => {
      const some = judged.filter((one) => kind(one) === of);
      return `${some.filter((one) => !isGood(one)).length} of ${some.length}`;
    };
    const rows = [...new Set(cases.map(kind))].map(
      (of) => `  ${of}: alone ${rate(alone, of)}, after a good copy ${rate(compared, of)}`,
    );
    process.stdout.write(`\nnoticed without a ledger, ${engine}\n${rows.join("\n")}\n`);
    if (LONG) {
      expect(rate(compared, "a table emptied")).toBe("3 of 3");
      expect(rate(compared, "a unique constraint missing")).toBe("3 of 3");
    }
  });
});

test("the figure", () => {
  const by = Map.groupBy(all, ({ form }) => form);
  const lines = [...by].map(([form, judged]) => {
    const verdicts = Map.groupBy(judged, ({ verdict }) => verdict);
    const counted = [...verdicts].map(([verdict, some]) => `${verdict} ${some.length}`).join(", ");
    return `  ${form}: ${judged.length} broken, ${judged.filter(isGood).length} called good (${counted})`;
  });
  process.stdout.write(
    `\n${all.filter(isGood).length} false recovered in ${all.length} generated breakages\n${lines.join("\n")}\n`,
  );
  if (process.env.FOGBELL_RATES !== undefined)
    for (const { form, name, verdict, because } of all)
      process.stdout.write(`${verdict}\t${form}\t${name}\t${because}\n`);
  expect(all.length).toBeGreaterThanOrEqual(LONG ? 500 : 20);
});
