/** What is typed wrongly must be answered with what was meant, not with a wall of help. */
import { describe, expect, it } from "vitest";
import { lookup, nearestFlag } from "../../src/cli/lookup.ts";

const ids = ["run", "gc", "scenario:list", "scenario:lint", "backups:list"];

describe("lookup", () => {
  it("finds one-word and two-word commands, whatever follows", () => {
    expect(lookup(["run", "drop-table"], ids)).toEqual({ kind: "command", id: "run" });
    expect(lookup(["scenario", "list", "--json"], ids)).toEqual({ kind: "command", id: "scenario:list" });
  });

  it("leaves topics, flags and plugin words to oclif", () => {
    for (const words of [[], ["--help"], ["--version"], ["scenario"], ["scenario", "--help"], ["help", "runn"]]) {
      expect(lookup(words, ids)).toEqual({ kind: "other" });
    }
  });

  it("names what was probably meant", () => {
    expect(lookup(["runn", "x"], ids)).toMatchObject({ kind: "unknown", meant: "run" });
    expect(lookup(["scenario", "lst"], ids)).toMatchObject({ kind: "unknown", meant: "scenario list" });
    expect(lookup(["frobnicate"], ids)).toEqual({ kind: "unknown", typed: "frobnicate", meant: null });
  });
});

describe("nearestFlag", () => {
  it("is near or nothing", () => {
    expect(nearestFlag("--rowz=5", ["rows", "seed"])).toBe("--rows");
    expect(nearestFlag("--colour", ["rows", "seed"])).toBeNull();
  });
});
