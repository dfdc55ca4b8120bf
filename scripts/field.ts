/** `npm run field -- [ID…]`: makes the field corpus and judges it with what is built; says what is wrong, and both rates. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { matcher } from "../src/backups/patterns.ts";
import { madeAtMs, makeInputs, play, readCases } from "../test/field/play.ts";
import { type Fault, type FieldCase, judged, WRONGS } from "../test/field/rules.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: "string", default: "2" },
    sandbox: { type: "string", default: "docker" },
    folder: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});

/** Right codes that are good, and right codes that are not: what each rate is counted over. */
const isGood = ({ codes }: FieldCase) => codes.size === 1 && codes.has(0);
const isBad = ({ codes }: FieldCase) => !codes.has(0);

async function judge(cases: readonly FieldCase[], folder: string): Promise<Map<FieldCase, Fault>> {
  const made = await madeAtMs(folder);
  const faults = new Map<FieldCase, Fault>();
  const todo = [...cases];
  const worker = async () => {
    for (let one = todo.shift(); one !== undefined; one = todo.shift()) {
      const sandbox = values.sandbox === "local" ? "local" : "docker";
      const text = await play(one, { folder, workFolder: join(folder, "work"), sandbox, limitMs: 180_000 });
      const fault = judged(one, text, made);
      if (fault === null) continue;
      faults.set(one, fault);
      console.log(
        `WRONG ${one.id} ${fault.wrong} [${one.kind}] ${one.what}${fault.why === "" ? "" : `: ${fault.why}`}`,
      );
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
  return faults;
}

const folder = values.folder === undefined ? await mkdtemp(join(tmpdir(), "field-")) : resolve(values.folder);
try {
  makeInputs(folder);
  const wanted = positionals.map(matcher);
  const cases = (await readCases(folder)).filter(({ id }) => wanted.length === 0 || wanted.some((fits) => fits(id)));
  const faults = await judge(cases, folder);
  const counted = WRONGS.map((wrong) => `${[...faults.values()].filter((one) => one.wrong === wrong).length} ${wrong}`);
  console.log(
    `${cases.length} cases, ${cases.length - faults.size} right, ${faults.size} wrong: ${counted.join(", ")}`,
  );
  const rate = (of: readonly FieldCase[], wrong: string) =>
    `${of.filter((one) => faults.get(one)?.wrong === wrong).length} of ${of.length}`;
  console.log(`called good and not good: ${rate(cases.filter(isBad), "false good")}`);
  console.log(`called bad and good: ${rate(cases.filter(isGood), "false bad")}`);
  process.exitCode = faults.size === 0 && cases.length > 0 ? 0 : 1;
} finally {
  if (!values.keep && values.folder === undefined) await rm(folder, { recursive: true, force: true });
  else console.log(`what was said is in ${join(folder, "work")}`);
}
