/** Verifies generated backups in this process, some at a time, and keeps what came of each. */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Verdict } from "../../src/record.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";
import type { Files, Noticed } from "./broken.ts";

export interface Case {
  readonly name: string;
  /** `postgres plain`: the row of the table that it counts in. */
  readonly form: string;
  readonly engine: string;
  readonly files: Files;
  readonly noticed: Noticed | "clean";
  /** What was remembered of the last good copy: a folder of results. */
  readonly after?: string;
}

export interface Judged extends Case {
  readonly verdict: Verdict | "unrecognised";
  readonly because: string;
}

/** What was never taken for a pass. */
export const isGood = ({ verdict }: Pick<Judged, "verdict">): boolean => verdict === "recovered" || verdict === "late";

async function lay(folder: string, files: Files): Promise<void> {
  for (const [key, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), bytes);
  }
}

const yaml = (engine: string, store: string) =>
  `version: 1\ndatabases:\n  - name: Shop\n    engine: ${engine}\n    objectives: { rto: 1h, rpo: 25h }\n    sources: [{ store: "directory:${store}" }]\n`;

/** One verify of these files, as somebody's own backup. */
async function judge(folder: string, one: Case): Promise<Judged> {
  const store = join(folder, "store");
  await lay(store, one.files);
  if (one.after !== undefined) await cp(one.after, join(folder, "out"), { recursive: true });
  try {
    const config = configOf(yaml(one.engine, store));
    const [run] = await verifyAll({ ...PLAINLY, config, storeUrl: null, outFolder: join(folder, "out") });
    const { verdict = "unrecognised", reasons = [""] } = run?.result ?? {};
    return { ...one, verdict, because: reasons[0] ?? "" };
  } catch (error) {
    return { ...one, verdict: "unrecognised", because: (error as Error).message };
  } finally {
    await rm(store, { recursive: true, force: true });
  }
}

/** So many at a time, each in a folder of its own. */
export async function judgeAll(folder: string, cases: readonly Case[], jobs = 3): Promise<Judged[]> {
  const judged: Judged[] = [];
  const todo = cases.map((one, index) => ({ one, index }));
  const work = async () => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift())
      judged.push(await judge(join(folder, String(next.index)), next.one));
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return judged;
}
