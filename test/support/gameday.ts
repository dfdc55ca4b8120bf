/** What tests of game days share: the day in a folder of results, and what is left of it in the world outside. */
import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { DayEvent } from "../../src/gameday/events.ts";
import { type Page, readPage } from "../../src/gameday/pages.ts";
import { dayFolders, isPlayed, readLog, readSession } from "../../src/gameday/session.ts";
import { isOver } from "../../src/host/label.ts";
import { sweepScratch } from "../../src/host/scratch.ts";
import type { RunLabel } from "../../src/parts.ts";

/** The newest day in a folder of results. */
export async function dayIn(results: string): Promise<{ folder: string; events: DayEvent[] }> {
  const folder = (await dayFolders(results)).at(-1) ?? "";
  return { folder, events: await readLog(folder) };
}

/** The page of the only drill in a folder of results. */
export async function pageIn(results: string): Promise<Page> {
  const [name = ""] = await readdir(results);
  return readPage(await readFile(join(results, name, "runbook.md"), "utf8"), name);
}

/** A test that failed half-way leaves a keeper, which takes its world down when it is asked to. */
export async function endDays(out: string): Promise<void> {
  for (const results of await readdir(out)) {
    for (const name of await readdir(join(out, results)).catch(() => [])) {
      const session = await readSession(join(out, results, name));
      if (session !== null && (await isPlayed(join(out, results, name)))) process.kill(session.pid, "SIGTERM");
    }
  }
}

/** As gc does it, but for this run alone. */
export async function sweep(runId: string): Promise<void> {
  const isMine = (label: RunLabel) => label.runId === runId && isOver(label);
  for (const sandbox of catalog.sandboxes) await sandbox.sweep(isMine);
  await sweepScratch(isMine);
}

/** The keeper goes with its day. */
export async function expectGone(pid: number): Promise<void> {
  const label = { runId: "", pid, host: hostname(), expiresAt: "2100-01-01T00:00:00Z" };
  await expect.poll(() => isOver(label), { timeout: 15_000 }).toBe(true);
}

/** Containers and volumes of a run: a label, never a name. */
export const leftOf = (runId: string): string[] =>
  ["ps -aq", "volume ls -q"].flatMap((what) =>
    execFileSync("docker", [...what.split(" "), "--filter", `label=fogbell.run=${runId}`], { encoding: "utf8" })
      .split("\n")
      .filter(Boolean),
  );
