/** Flags that every call of a client needs, whatever it is for: one that lacks them reads somebody's start-up file, or goes on after an error. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { builtLines } from "../support/built-lines.ts";

const linesOf = (name: string) => {
  const engine = catalog.engines.find((one) => one.name === name);
  if (engine === undefined) throw new Error(`there is no engine ${name}`);
  return builtLines(engine).filter(({ from }) => !from.startsWith("script.") && from !== "copies.shell");
};
const callsIn = (text: string, program: RegExp) =>
  [...text.replaceAll("\\\n", " ").matchAll(program)].map(([call]) => call.replaceAll(/\s+/g, " "));

describe("psql", () => {
  const PSQL = /(?<![\w/.-])psql [^\n|]*/g;
  const lines = linesOf("postgres").flatMap(({ from, line }) =>
    [...callsIn(line.script, PSQL), ...callsIn(line.progress ?? "", PSQL)]
      .filter((call) => !call.startsWith("psql --help"))
      .map((call) => ({ from, call })),
  );
  test("there are many calls", () => expect(lines.length).toBeGreaterThan(100));
  test("reads no start-up file, and is quiet", () =>
    expect(lines.filter(({ call }) => !/^psql -Xq\b/.test(call))).toEqual([]));
  // A session that is to stay, roles that may be there already, a server that is waited for.
  test("ends at the first error, but where an error is expected", () =>
    expect(new Set(lines.filter(({ call }) => !call.includes("-v ON_ERROR_STOP=1")).map(({ from }) => from))).toEqual(
      new Set(["phrases.holdLock", "phrases.restoreRoles", "physical.recover (physical 0, end-of-log) 6"]),
    ));
  test("tells errors without rows, or in the form that a reader takes apart", () => {
    const told = new Set(lines.map(({ call }) => /VERBOSITY=(\w+)/.exec(call)?.[1] ?? "usual"));
    const verbose = lines
      .filter(({ call }) => call.includes("VERBOSITY=verbose"))
      .map(({ from }) => from.split(" ")[0]);
    expect(told).toEqual(new Set(["terse", "verbose", "usual"]));
    expect(new Set(verbose)).toEqual(new Set(["logical.recover"]));
  });
});
