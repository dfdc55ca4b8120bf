/** The backup's own list of tables against the copy: what it says that it makes has to be there. */

import type { DumpStory, Finding, Line } from "../parts.ts";
import { count, few, read, silent } from "./reading.ts";
import type { CopyScene } from "./scene.ts";

export async function listedTables(scene: Pick<CopyScene, "copies" | "facts" | "story" | "ask">): Promise<Finding> {
  const { copies, facts, story, ask } = scene;
  const there = copies.tablesThere?.();
  if (story != null && there !== undefined) return ofStory(story, there, scene);
  const line = copies.listing(facts);
  if (line === null) return { held: "yes", because: "a copy of files has no list of its own; its tables are counted" };
  const outcome = await ask(line, "list-tables");
  const rows = read(outcome);
  const listed = Number(rows?.find(([word]) => word === "listed")?.[1] ?? Number.NaN);
  if (rows === null || Number.isNaN(listed)) return silent(outcome);
  const missing = rows.filter(([word]) => word === "missing").map(([, name]) => name ?? "");
  return compared(listed, missing);
}

/** The tables that the dump's text makes. Of several databases in one dump only one was restored. */
async function ofStory(
  { tables }: DumpStory,
  line: Line,
  { facts, ask }: Pick<CopyScene, "facts" | "ask">,
): Promise<Finding> {
  const outcome = await ask(line, "list-tables");
  if (outcome.exitCode !== 0) return silent(outcome);
  const there = new Set(
    outcome.stdout.split("\n").flatMap((text) => (text === "" ? [] : [String(JSON.parse(text) as unknown)])),
  );
  const meant = tables.filter(({ database }) => facts.only === undefined || (database ?? facts.only) === facts.only);
  const names = [...new Set(meant.map(({ name }) => name))];
  return compared(
    names.length,
    names.filter((name) => !there.has(name)),
  );
}

function compared(listed: number, missing: readonly string[]): Finding {
  if (missing.length > 0) return { held: "no", because: `in the backup and not in the copy: ${few(missing)}` };
  if (listed === 0) return { held: "no", because: "the backup holds no table at all" };
  return {
    held: "yes",
    because: `${count(listed, "table")} of the backup's own list are there`,
    measured: { tables: listed },
  };
}
