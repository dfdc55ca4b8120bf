/** The backup's own list of tables against the copy: what it says that it makes has to be there. */

import { z } from "zod";
import type { DumpStory, Finding, Line } from "../parts.ts";
import { count, few, silent, unreadable } from "./reading.ts";
import type { CopyScene } from "./scene.ts";

export async function listedTables(scene: Pick<CopyScene, "copies" | "facts" | "story" | "ask">): Promise<Finding> {
  const { copies, story } = scene;
  if (story == null) return { held: "yes", because: "a copy of files has no list of its own; its tables are counted" };
  const there = copies.tablesThere?.();
  if (there === undefined) return { held: "unknown", because: "nothing lists the tables of the copy, to compare" };
  return ofStory(story, there, scene);
}

/** Names, a JSON string each; null when a line is none. */
function namesIn(text: string): Set<string> | null {
  try {
    return new Set(
      z.array(z.string()).parse(text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]))),
    );
  } catch {
    return null;
  }
}

/** The tables that the dump's text makes. Of several databases in one dump only one was restored. */
async function ofStory(
  { tables }: DumpStory,
  line: Line,
  { facts, ask }: Pick<CopyScene, "facts" | "ask">,
): Promise<Finding> {
  const outcome = await ask(line, "list-tables");
  if (outcome.exitCode !== 0 || outcome.truncated) return silent(outcome);
  const there = namesIn(outcome.stdout);
  if (there === null) return unreadable;
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
