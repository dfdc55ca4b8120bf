/** What an engine lacks is said before anything is fetched, by the name of who needs it; the smallest engine has no verify. */
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { CopyPhrases, Engine } from "../../src/parts.ts";
import { COPY_PROTOCOLS, MEANING } from "../../src/plan/capabilities.ts";
import { assertGives, needsOf } from "../../src/verify/assert-gives.ts";
import { toy } from "../support/toy-engine.ts";

const nothing = { fresh: null, canary: null, checks: [], proveChecks: false };
const everything = {
  fresh: { table: "orders", column: "at" },
  canary: { table: "canary", column: "at" },
  checks: [{ sql: "SELECT 1" }, { app: { image: "shop", path: "/", status: 200 } }] as never,
  proveChecks: true,
};

test("an engine without phrases about copies is drilled, and not verified", () => {
  expect(() => assertGives(toy, needsOf(nothing))).toThrow(
    expect.objectContaining({
      code: "FB_ENGINE_LACKS",
      exitCode: 2,
      message:
        'verify needs "copies" (backups of somebody\'s own can be opened and looked into), which toy does not give',
    }),
  );
});

test.each([
  ["moments", "fresh"],
  ["moments", "canary"],
  ["own-questions", "checks"],
  ["applications", "an application among checks"],
  ["mutations", "--prove-checks"],
] as const)("without %s, %s is refused by name, and a look that asks for nothing is not", (lacks, who) => {
  // A file has nothing that an application could reach over a loopback.
  for (const engine of catalog.engines.filter(({ loopback }) => loopback !== undefined)) {
    const phrases = COPY_PROTOCOLS.find(({ name }) => name === lacks)?.phrases ?? [];
    const copies = { ...engine.copies, ...Object.fromEntries(phrases.map((phrase) => [phrase, undefined])) };
    const poor: Engine = { ...engine, copies: copies as CopyPhrases };
    expect(() => assertGives(poor, needsOf(nothing))).not.toThrow();
    expect(() => assertGives(engine, needsOf(everything))).not.toThrow();
    expect(() => assertGives(poor, needsOf(everything))).toThrow(`${who} needs "${lacks}" (${MEANING[lacks]})`);
  }
});
