/** The backup's own list of tables against the copy: what it says that it makes has to be there. */

import { z } from "zod";
import { defineCopyProbe } from "../../define.ts";
import { count, few } from "../../host/units.ts";
import type { BackupFacts, DumpStory, Finding, Outcome } from "../../parts.ts";
import { answered, unreadable } from "../reading.ts";

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
function ofStory({ tables }: DumpStory, { only }: BackupFacts, { stdout }: Outcome): Finding {
  const there = namesIn(stdout);
  if (there === null) return unreadable;
  const meant = tables.filter(({ database }) => only === undefined || (database ?? only) === only);
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

const said = (finding: Finding) => ({ findings: [{ probe: "tables", subject: "the backup's own list", ...finding }] });

export const copyTables = defineCopyProbe({
  name: "tables",
  summary: "Every table that the dump's text makes is in the copy.",
  question({ copies, story }) {
    if (story == null)
      return said({ held: "yes", because: "a copy of files has no list of its own; its tables are counted" });
    const line = copies.tablesThere?.();
    if (line === undefined)
      return said({ held: "unknown", because: "nothing lists the tables of the copy, to compare" });
    return { line, name: "list-tables" };
  },
  answer: ([outcome], { story, facts }) =>
    said(story == null ? unreadable : answered(outcome, (one) => ofStory(story, facts, one))),
});
