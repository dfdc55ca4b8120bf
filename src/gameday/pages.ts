/** The pages on the cabinet door: every runbook that was drilled, or the one that ships when none was. */
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolder } from "../host/package-folder.ts";
import { GOOD_FOR_MS } from "../paper/runbook.ts";
import { allRunbooks } from "../suite/paper-from.ts";
import { flat } from "./milestones.ts";

export interface PageStep {
  readonly number: number;
  readonly say: string;
  readonly script: string;
}

export interface Page {
  readonly title: string;
  /** What a person sees first: the index goes by it. */
  readonly symptom: string;
  readonly text: string;
  readonly steps: readonly PageStep[];
}

/** A page from its markdown. Pure. */
export function readPage(text: string, name: string): Page {
  const title = /^# (.*)$/m.exec(text)?.[1] ?? name;
  const symptom = /^\| ([^|]+?) +\| this:/m.exec(text)?.[1] ?? title;
  const steps = [...text.matchAll(/^- \[ \] \*\*(\d+)\. (.*?)\*\*.*\n\n```sh\n([\s\S]*?)\n```/gm)].map(
    ([, number, say = "", script = ""]) => ({ number: Number(number), say, script }),
  );
  return { title, symptom, text, steps };
}

/** `scratch`: a folder of this run; `out`: where drills are kept. */
export async function pagesFor(scratch: string, out: string, engine: string): Promise<Page[]> {
  const folder = join(scratch, "runbooks");
  await mkdir(folder);
  await allRunbooks({ folder, results: out, engine, formats: ["md"], paper: "a4", goodForMs: GOOD_FOR_MS }).catch(
    () => {},
  );
  if ((await readdir(folder)).length === 0) {
    const samples = join(packageFolder(), "runbooks", "samples");
    // A page for another engine would only mislead.
    const fits = async (name: string) =>
      (await readFile(join(samples, name), "utf8")).includes(`\n| Engine | ${engine} `);
    for (const name of await readdir(samples).catch(() => []))
      if (name.endsWith(".md") && (await fits(name))) await copyFile(join(samples, name), join(folder, name));
  }
  const names = (await readdir(folder)).filter((name) => name !== "index.md").sort();
  return Promise.all(names.map(async (name) => readPage(await readFile(join(folder, name), "utf8"), name)));
}

/** The page and the step that somebody typed as printed; null when nobody printed it. */
export function printedIn(pages: readonly Page[], text: string): { page: Page; step: PageStep } | null {
  const typed = flat(text);
  for (const page of pages) {
    const step = page.steps.find(({ script }) => flat(script) === typed);
    if (step !== undefined) return { page, step };
  }
  return null;
}
