/**
 * What is kept of a month: its page in three forms, and the actions that are open. The next month asks for them: what
 * nobody asks for is not done.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { makeOutFolder } from "../run/out-folder.ts";
import { monthBefore } from "./due.ts";
import type { Carried, OpenAction } from "./items.ts";

const FILE = "month.json";
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

const action = z.object({
  id: z.string(),
  text: z.string(),
  owner: z.string(),
  due: z.string(),
  done: z.boolean(),
});
const kept = z.object({
  version: z.literal(1),
  month: z.string().regex(MONTH),
  madeAt: z.string(),
  actions: z.array(action),
});
type Kept = z.infer<typeof kept>;

const monthsFolder = (out: string) => join(out, "months");
const monthFolder = (out: string, month: string): string => join(monthsFolder(out), month);

type Read = { readonly is: "there"; readonly kept: Kept } | { readonly is: "missing" } | { readonly is: "unreadable" };

async function readMonth(out: string, month: string): Promise<Read> {
  const text = await readFile(join(monthFolder(out, month), FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    return "";
  });
  if (text === null) return { is: "missing" };
  try {
    const read = kept.safeParse(JSON.parse(text));
    return read.success && read.data.month === month ? { is: "there", kept: read.data } : { is: "unreadable" };
  } catch {
    return { is: "unreadable" };
  }
}

/** What was open at the end of the newest month before this one that can be read. */
export async function carriedInto(out: string, month: string): Promise<Carried> {
  const names = await readdir(monthsFolder(out)).catch(() => [] as string[]);
  const earlier = names.filter((name) => MONTH.test(name) && name < month).sort();
  const faults: string[] = [];
  for (const name of [...earlier].reverse()) {
    const read = await readMonth(out, name);
    if (read.is === "there") {
      const before = monthBefore(month);
      if (name !== before && !earlier.includes(before))
        faults.push(`There's no report of ${before}: what was open then isn't known. These are from ${name}.`);
      return { month: name, open: read.kept.actions.filter(({ done }) => !done), faults };
    }
    faults.push(
      read.is === "missing"
        ? `The report of ${name} has no ${FILE}: its open actions aren't known.`
        : `The report of ${name} can't be read: its open actions aren't known.`,
    );
  }
  return { month: null, open: [], faults };
}

/** What this month has asked for already, when its report is made a second time; empty otherwise. */
export async function alreadyOpen(out: string, month: string): Promise<readonly OpenAction[]> {
  const read = await readMonth(out, month);
  return read.is === "there" ? read.kept.actions : [];
}

/** Marks actions as done. Throws UsageError for an id that nothing open has. */
export function closing(open: readonly OpenAction[], done: readonly string[]): OpenAction[] {
  const wrong = done.find((id) => !open.some((one) => one.id === id));
  if (wrong !== undefined)
    throw new UsageError(`no open action is called ${wrong}`, {
      code: "FB_MONTH_ACTION",
      next: open.length === 0 ? ["fogbell month"] : open.slice(0, 5).map(({ id }) => `fogbell month --done ${id}`),
    });
  return open.map((one) => (done.includes(one.id) ? { ...one, done: true } : one));
}

export type NewAction = Omit<OpenAction, "id" | "done">;

/** New ones get numbers behind those that are there; what is open already under the same words is not opened twice. */
export function opened(month: string, known: readonly OpenAction[], added: readonly NewAction[]): OpenAction[] {
  const numbers = known.flatMap(({ id }) => (id.startsWith(`${month}.`) ? [Number(id.slice(month.length + 1))] : []));
  let number = Math.max(0, ...numbers.filter(Number.isFinite));
  const all = [...known];
  for (const one of added) {
    if (all.some(({ text, done }) => text === one.text && !done)) continue;
    number += 1;
    all.push({ id: `${month}.${number}`, ...one, done: false });
  }
  return all;
}

/** Writes the month's files, its own memory last. Returns them in that order. */
export async function keepMonth(
  out: string,
  { month, madeAt, actions }: Omit<Kept, "version">,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string[]> {
  const folder = monthFolder(out, month);
  await makeOutFolder(folder);
  const own = `${JSON.stringify({ version: 1, month, madeAt, actions }, null, 2)}\n`;
  const written: string[] = [];
  for (const [name, content] of Object.entries({ ...files, [FILE]: own })) {
    await writeAtomic(join(folder, name), content);
    written.push(join(folder, name));
  }
  return written;
}
