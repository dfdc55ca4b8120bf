/** What oclif itself throws, in our words: a new version of it that words things otherwise is found here. */
import { Args, Flags, Parser } from "@oclif/core";
import { expect, test } from "vitest";
import { isComplaint, usageError } from "../../src/cli/usage-error.ts";

const input = {
  args: { folder: Args.string({ description: "Folders that hold run folders.", required: true }) },
  flags: {
    store: Flags.string({ required: true }),
    to: Flags.string({ required: true }),
    format: Flags.string({ multiple: true }),
    all: Flags.boolean({ exclusive: ["tag", "dry"] }),
    tag: Flags.string(),
    dry: Flags.boolean(),
    rows: Flags.integer({ min: 5 }),
  },
  strict: true,
};
const OK = ["f", "--store", "x", "--to", "y"];

test.each<[string, readonly string[], string]>([
  ["one missing flag", ["f", "--to", "y"], "Missing required flag --store"],
  ["several missing flags", ["f"], "Missing required flags --store, --to"],
  [
    "a missing flag, and two that exclude each other",
    ["f", "--to", "y", "--all", "--tag", "a"],
    "Missing required flag --store; --tag=a cannot also be provided when using --all",
  ],
  ["two switches that exclude each other", [...OK, "--all", "--dry"], "--dry cannot also be provided when using --all"],
  ["a missing argument", ["--store", "x"], "Missing argument: folder (Folders that hold run folders)"],
  ["a word too many", [...OK, "g"], "Unexpected argument: g"],
  ["a flag that is none", [...OK, "--rowz"], "Nonexistent flag: --rowz (did you mean --rows?)"],
  [
    "a number out of range",
    [...OK, "--rows", "1"],
    "Parsing --rows: Expected an integer greater than or equal to 5 but received: 1",
  ],
])("%s: one line, without a heading", async (_name, argv, message) => {
  const thrown: unknown = await Parser.parse([...argv], input).catch((error: unknown) => error);
  if (!isComplaint(thrown)) throw thrown;
  const error = usageError(thrown, "fogbell frob", Object.keys(input.flags));
  expect([error.code, error.message, error.next]).toEqual(["FB_USAGE", message, ["fogbell frob --help"]]);
});

test("colours are for terminals, not for messages", () => {
  const thrown = Object.assign(
    new Error("The following error occurred:\n  \u001b[2mMissing required flag to\u001b[22m"),
    {
      oclif: { exit: 2 },
    },
  );
  expect(isComplaint(thrown) && usageError(thrown, "fogbell x", []).message).toBe("Missing required flag --to");
});
