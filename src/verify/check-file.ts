/** One backup that lies on this machine, read to its end: what `fogbell backups check` does, and nothing of it is run. */
import { basename, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bytesOf, endOf, faultOf, readDump } from "../backups/read-dump.ts";
import { UnavailableError, UsageError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import type { Catalog, DumpStory, Engine, RecoveryPoint } from "../parts.ts";
import { onInterrupt } from "../run/signals.ts";
import { openStock } from "./stock.ts";

export interface CheckedFile {
  readonly file: string;
  readonly engine: string;
  readonly format: string;
  readonly exitCode: number;
  /** One line: whole, or what is against it. */
  readonly said: string;
  readonly story: Omit<DumpStory, "statements">;
}

/** Reads it. Throws UnavailableError for what only its own program can read, or nobody recognises. */
export async function checkFile(catalog: Catalog, file: string): Promise<CheckedFile> {
  const path = resolve(file);
  const name = basename(path);
  const url = pathToFileURL(dirname(path)).href.replace(/^file:\/\//, "directory:");
  await using stock = await openStock(catalog, url, name);
  const { points, unknown } = stock.inventory;
  const point = points.find(({ objects }) => objects.some(({ key }) => key === name || key.startsWith(`${name}/`)));
  if (point === undefined) {
    const [other] = unknown.filter(({ key }) => key === name);
    if (other === undefined) {
      throw new UsageError(`there is no file ${file}`, {
        code: "FB_NO_FILE",
        next: [`ls -l ${quote(dirname(file))}`],
      });
    }
    throw new UnavailableError(`${file} cannot be read here: ${other.because}`, {
      code: "FB_NOT_JUDGED",
      next: [`head -c 300 ${quote(file)}`],
    });
  }
  const engine = catalog.engines.find((one) => one.name === point.facts.engine);
  const reader = engine?.dumpReader?.(point.facts) ?? null;
  if (engine === undefined || reader === null) throw needsProgram(engine, point, path);
  using interruption = onInterrupt(() => {});
  const paths = point.objects.map(({ key }) => resolve(dirname(path), key));
  const read = await readDump(reader, bytesOf(paths, interruption.signal), point.facts.packing);
  const { exitCode, printed } = endOf(read, faultOf(read, null));
  const { statements: _, ...story } = read.story;
  return { file, engine: engine.name, format: point.facts.format, exitCode, said: printed, story };
}

/** What is no text is read by the program that wrote it: its line is the one of the procedure. */
function needsProgram(engine: Engine | undefined, { facts }: RecoveryPoint, path: string): UnavailableError {
  const method = engine?.methods.find(({ name }) => name === facts.method);
  const [line] = method?.check(facts, { to: "end-of-log" }) ?? [];
  return new UnavailableError(
    `${path} is ${facts.method}, ${facts.format}: only its own program can read it to the end`,
    {
      code: "FB_NOT_JUDGED",
      next: line === undefined ? [] : [`export BACKUP=${quote(path)}`, ...line.script.split("\n")],
    },
  );
}
