/** What is typed wrongly must be answered with what was meant, not with a wall of help. */
import { describe, expect, it, test } from "vitest";
import { commandMeant, lookup, nearestFlag, refusalOf, takesNoWords } from "../../src/cli/lookup.ts";
import { COMMANDS } from "../../src/main.ts";

const ids = ["run", "gc", "scenario:list", "scenario:lint", "backups:list"];
const wordless = ["gc", "scenario:list", "backups:list"];

describe("lookup", () => {
  it("finds one-word and two-word commands, whatever follows", () => {
    expect(lookup(["run", "drop-table"], ids)).toEqual({ kind: "command", id: "run" });
    expect(lookup(["scenario", "list", "--json"], ids)).toEqual({ kind: "command", id: "scenario:list" });
  });

  it.each([
    [[]],
    [["--help"]],
    [["-h"]],
    [["--version"]],
    [["-v"]],
    [["scenario"]],
    [["scenario", "--help"]],
    [["scenario", "-h"]],
    [["help"]],
    [["help", "-n"]],
    [["help", "run"]],
    [["help", "scenario"]],
    [["help", "scenario", "lint"]],
    [["autocomplete", "bash"]],
  ])("leaves topics, flags and plugin words to oclif: %j", (words) => {
    expect(lookup(words, ids, wordless)).toEqual({ kind: "other" });
  });

  it("names what was probably meant", () => {
    expect(lookup(["runn", "x"], ids)).toMatchObject({ kind: "unknown", meant: "run" });
    expect(lookup(["scenario", "lst"], ids)).toMatchObject({ kind: "unknown", meant: "scenario list" });
    expect(lookup(["frobnicate"], ids)).toEqual({ kind: "unknown", typed: "frobnicate", meant: null });
  });

  it("names it behind help, too", () => {
    expect(lookup(["help", "runn"], ids)).toMatchObject({ kind: "unknown", meant: "run" });
    expect(lookup(["help", "scenario", "lnt", "--json"], ids)).toMatchObject({
      kind: "unknown",
      meant: "scenario lint",
    });
  });

  it("does not take words behind a command that takes flags only for a part of its name", () => {
    expect(lookup(["gc", "foo", "bar"], ids, wordless)).toEqual({ kind: "extra", id: "gc", words: ["foo", "bar"] });
    expect(lookup(["scenario", "list", "foo", "--json"], ids, wordless)).toMatchObject({
      kind: "extra",
      words: ["foo"],
    });
    expect(lookup(["scenario", "lint", "foo"], ids, wordless)).toMatchObject({ kind: "command" });
  });
});

describe("a refusal", () => {
  const said = (...words: string[]) => {
    const error = refusalOf(lookup(words, ids, wordless));
    return error === null ? null : [error.code, error.message, error.next[0]];
  };
  test.each<[readonly string[], string, string, string]>([
    [["lnt"], "FB_COMMAND_UNKNOWN", 'there is no command "lnt"', "fogbell --help"],
    [["gc", "x"], "FB_USAGE", "Unexpected argument: x; gc takes flags only", "fogbell gc --help"],
    [
      ["--verison"],
      "FB_USAGE",
      "no flag --verison can stand before a command (did you mean --version?)",
      "fogbell --help",
    ],
    [["-x"], "FB_USAGE", "no flag -x can stand before a command", "fogbell --help"],
    [
      ["scenario", "--hlep"],
      "FB_USAGE",
      "scenario has no flag --hlep (did you mean --help?)",
      "fogbell scenario --help",
    ],
    [["help", "--json"], "FB_USAGE", "help has no flag --json", "fogbell help --help"],
    [
      ["--json", "scenario", "lint", "a b.yaml", "--", "x"],
      "FB_USAGE",
      "no flag --json can stand before a command",
      "fogbell scenario lint --json 'a b.yaml' -- x",
    ],
  ])("of %j has a code, and what to type", (words, ...error) => {
    expect(said(...words)).toEqual(error);
  });
  it("is none of what was found", () => {
    expect(said("run", "drop-table")).toBeNull();
    expect(said("--help")).toBeNull();
  });
});

it("knows of every command whether it takes words", () => {
  const all = Object.entries(COMMANDS).flatMap(([id, command]) => (takesNoWords(command) ? [id] : []));
  for (const id of ["schema", "doctor", "scenario:list", "init"]) expect(all).toContain(id);
  for (const id of ["run", "verify", "backups", "schedule", "scenario:lint", "ledger:record", "backups:fetch"])
    expect(all).not.toContain(id);
});

it("commandMeant is near or nothing", () => {
  expect(commandMeant("backups", "lst", ["list", "fetch"])).toBe("backups list");
  expect(commandMeant("backups", "Shop", ["list", "fetch"])).toBeNull();
});

describe("nearestFlag", () => {
  it("is near or nothing", () => {
    expect(nearestFlag("--rowz=5", ["rows", "seed"])).toBe("--rows");
    expect(nearestFlag("--colour", ["rows", "seed"])).toBeNull();
  });
});
