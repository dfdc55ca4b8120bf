/**
 * A canary: a marker in every column of every row of a backup, which is broken in many ways and verified by the built
 * program. Every sink is read then; the marker may be in none. Each engine brings its own breakages.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { stamp } from "../../src/world/timeline.ts";
import { startFogbell } from "./fogbell.ts";

/** What no sink may hold, in any letter case: words, and a number that nothing else has. */
const MARKERS = ["zqcanary", "73450917345091"] as const;

export interface Breakage {
  readonly name: string;
  /** The ending tells the store's reader nothing; it is for people. */
  readonly ending: string;
  readonly bytes: Buffer;
}

interface Sung {
  readonly name: string;
  readonly code: number | null;
  /** Sinks that hold a marker, each with the line. */
  readonly leaks: readonly string[];
  readonly sinks: number;
}

const HOUR_MS = 3_600_000;
/** Every reporter, each into a file; what comes to the terminal besides. */
const REPORTERS = ["json", "junit", "ctrf", "markdown", "metrics", "line"];

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

function leaksIn(sink: string, text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const low = line.toLowerCase();
    const marker = MARKERS.find((one) => low.includes(one));
    if (marker === undefined) return [];
    const at = low.indexOf(marker);
    return [`${sink}: …${line.slice(Math.max(0, at - 80), at + 60)}…`];
  });
}

/** Verifies all of them, two at a time, and holds what came of it to what a canary is for. */
export async function singAll(folder: string, engine: string, breakages: readonly Breakage[]): Promise<void> {
  const sung: Sung[] = [];
  for (let at = 0; at < breakages.length; at += 2) {
    const two = breakages.slice(at, at + 2);
    sung.push(...(await Promise.all(two.map((one, beside) => sing(join(folder, `${at + beside}`), engine, one)))));
  }
  expect(sung.flatMap(({ name, leaks }) => leaks.map((leak) => `${name}: ${leak}`))).toEqual([]);
  expect(sung.filter(({ code }) => code === 70 || code === 2 || code === null).map(({ name }) => name)).toEqual([]);
  // A canary in a cage that nobody opens says nothing.
  expect(Math.min(...sung.map(({ sinks }) => sinks))).toBeGreaterThan(8);
  expect(sung.filter(({ code }) => code !== 0).length).toBeGreaterThan(sung.length / 2);
}

/** Verifies one broken backup as a person does, and looks into everything that was written and printed. */
async function sing(folder: string, engine: string, { name, ending, bytes }: Breakage): Promise<Sung> {
  const store = join(folder, "store");
  const out = join(folder, "out");
  await mkdir(store, { recursive: true });
  await mkdir(out, { recursive: true });
  await writeFile(join(store, `shop-${stamp(Date.now() - HOUR_MS)}.${ending}`), bytes);
  const yaml = `version: 1\ndatabases:\n  - name: Shop\n    engine: ${engine}\n    objectives: { rto: 1h, rpo: 25h }\n    sources: [{ store: "directory:${store}" }]\n`;
  await writeFile(join(folder, "fogbell.yaml"), yaml);
  const reporters = REPORTERS.flatMap((one) => ["--reporter", `${one}=${join(out, `reported.${one}`)}`]);
  const common = ["--config", join(folder, "fogbell.yaml"), "--sandbox", "local", "--trust-backups", "--out", out];
  const verify = await startFogbell(["verify", ...common, "--reporter", "pretty", "--reporter", "github", ...reporters])
    .ended;
  const backups = await startFogbell(["backups", "--config", join(folder, "fogbell.yaml"), "--out", out]).ended;
  const results = ["--results", out];
  const pages = ["--since", "1d", "--format", "md", "--format", "html", "--out", join(out, "page")];
  const report = await startFogbell(["report", "build", ...results, ...pages]).ended;
  const runbook = await startFogbell([
    "runbook",
    "build",
    "verify-shop",
    ...results,
    "--out",
    join(out, "runbook.html"),
  ]).ended;
  const texts: (readonly [string, string])[] = [
    ["terminal", verify.stdout + verify.stderr],
    ["backups", backups.stdout + backups.stderr],
    ["report", report.stdout + report.stderr],
    ["runbook", runbook.stdout + runbook.stderr],
  ];
  for (const file of await filesBelow(out)) texts.push([file.slice(out.length + 1), await readFile(file, "latin1")]);
  return {
    name,
    code: verify.code,
    leaks: texts.flatMap(([sink, text]) => leaksIn(sink, text)),
    sinks: texts.length,
  };
}
