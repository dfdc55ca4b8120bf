/** Whether each row that refers to another has it there: read, because keys of a dump are not checked when it is loaded. */

import { defineCopyProbe } from "../../define.ts";
import { count, countIn, few } from "../../host/units.ts";
import type { Finding } from "../../parts.ts";
import { answered, fields, unreadable } from "../reading.ts";

/** What is said of keys is what was asked of them: those that are not validated are no pass. */
function judge(lines: readonly string[][]): Finding {
  const number = countIn(lines.find(([word]) => word === "read")?.[1]);
  if (number === null || lines.some(([word, , , , rows]) => word !== "read" && countIn(rows) === null))
    return unreadable;
  const of = (kind: string) => lines.filter(([word]) => word === kind);
  const rowsOf = (line: readonly string[]) => Number(line[4] ?? 0);
  const orphaned = of("broken").map(
    ([, key, table, parent, rows]) => `${rows} rows of ${table} have no ${parent} (${key})`,
  );
  const parentless = of("parentless");
  const pointing = parentless.filter((line) => rowsOf(line) > 0);
  const missing = pointing.map(
    ([, key, table, parent, rows]) =>
      `${rows} rows of ${table} have no parent: the copy has no table ${parent} (${key})`,
  );
  const measured = { keys: number, broken: orphaned.length + missing.length };
  if (measured.broken > 0) return { held: "no", because: few([...missing, ...orphaned]), measured };
  const unchecked = of("unchecked");
  const remarks = [
    ...(unchecked.length === 0
      ? []
      : [
          `${count(unchecked.length, "foreign key")} NOT VALID: ${few(unchecked.map(([, key, table, , rows]) => `${rows} rows of ${table} without a parent (${key})`))}`,
        ]),
    ...parentless
      .filter((line) => rowsOf(line) === 0)
      .map(([, key, table, parent]) => `${key} of ${table} refers to ${parent}, a parent table that isn't in the copy`),
    ...of("elsewhere").map(
      ([, key, table, parent, rows]) =>
        `${rows} rows of ${table} refer to ${parent} in another database, which wasn't checked (${key})`,
    ),
  ];
  const said = number === 0 ? "no foreign keys" : `${count(number, "foreign key")} checked, every row has its parent`;
  return { held: "yes", because: [said, ...remarks].join("; "), measured: { keys: number }, remarks };
}

export const copyForeignKeys = defineCopyProbe({
  name: "foreign-keys",
  summary: "Every row of the copy that refers to another has it there.",
  question({ copies }) {
    const line = copies.readKeys?.();
    return line === undefined ? null : { line, name: "read-keys" };
  },
  answer: ([outcome]) => ({
    findings: [{ probe: "foreign-keys", subject: "every row", ...answered(outcome, (one) => judge(fields(one))) }],
  }),
});
