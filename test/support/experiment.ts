/** What an experiment of the laboratory is, and what all of them say: planted numbers, lines that must end well, questions that change nothing. */
import { expect } from "vitest";
import type { DigestRequest, Line } from "../../src/parts.ts";
import type { Fluent, Laboratory } from "./laboratory.ts";

export interface Experiment {
  readonly of: string;
  readonly does: string;
  /** Takes seconds, for servers of its own: the long run has it. */
  readonly isLong?: boolean;
  lines(engine: Fluent): readonly Line[];
  /** Throws when the lines do something else. */
  play(lab: Laboratory, lines: readonly Line[]): Promise<void>;
}

export const the = (lines: readonly Line[], index = 0): Line => {
  const line = lines[index];
  if (line === undefined) throw new Error(`there is no line ${index}`);
  return line;
};
export const ordersIn = (lab: Laboratory, database: "shop" | "shop_side" | "other" = "shop") =>
  lab.sql(database, "SELECT COUNT(*), COALESCE(SUM(total), 0) FROM orders;");
export const AS_PLANTED = "20\t2100";
export const AS_BEFORE = "18\t1710";
export const well = async (lab: Laboratory, lines: readonly Line[]): Promise<void> => {
  for (const line of lines) {
    const { exitCode, stderrTail } = await lab.run(line);
    expect([line.say, exitCode, stderrTail]).toEqual([line.say, 0, ""]);
  }
};
/** Asks, and changes nothing of what it asks. */
export const asking = async <T>(lab: Laboratory, ask: () => Promise<T>): Promise<T> => {
  const before = await lab.fingerprint("shop");
  const answer = await ask();
  expect(await lab.fingerprint("shop")).toBe(before);
  return answer;
};
export const nameOf = (lab: Laboratory, table: string) => lab.engine.phrases.fullName(table);
export const request = (engine: Fluent, table: string, keyColumns: readonly string[]): DigestRequest => ({
  table: engine.phrases.fullName(table),
  buckets: 16,
  keyColumns,
  hash: "text",
});

/** What comes or goes by itself is given a while. */
export const PATIENT = { timeout: 10_000, interval: 100 };
