/** A verification that holds although the damage stands proves nothing, and is found out before the clock begins. */
import { expect, test } from "vitest";
import { z } from "zod";
import { assertSees } from "../../src/drill/sight.ts";
import type { Finding, Probe } from "../../src/parts.ts";
import { createRunner } from "../../src/run/runner.ts";
import { scene } from "../fakes/outcome.ts";
import { scriptedServer } from "../fakes/scripted-server.ts";

const probe = (name: string, held: Finding["held"] | "throws", asked: string[]) => ({
  part: {
    name,
    summary: "",
    options: z.unknown(),
    gives: [],
    needs: [],
    question: () => ({ say: "Ask.", script: `ask ${name}`, uses: [], destroys: false }),
    answer: () => {
      asked.push(name);
      if (held === "throws") throw new TypeError("no answer");
      return { held, because: "" };
    },
  } satisfies Probe,
  options: {},
  line: 1,
});

async function see(answers: readonly (Finding["held"] | "throws")[]) {
  const asked: string[] = [];
  const runner = createRunner({
    server: scriptedServer([[/./, ""]]),
    places: () => ({}),
    signal: new AbortController().signal,
    readErrors: () => [],
    write: () => {},
    onProgress: () => {},
  });
  const probes = answers.map((held, at) => probe(`p${at}`, held, asked));
  const blind = await assertSees({ runner, scene: scene([]), phase: "damage" }, probes).then(
    () => null,
    (error: unknown) => error,
  );
  return { asked, blind };
}

test("all that hold are blind, by name", async () => {
  const { blind, asked } = await see(["yes", "yes"]);
  expect(asked).toEqual(["p0", "p1"]);
  expect(blind).toMatchObject({
    code: "FB_VERIFY_BLIND",
    exitCode: 4,
    message: "the verification cannot see this disaster: right after the damage every probe holds (p0, p1)",
  });
});

test.each([
  [["no", "yes"], ["p0"]],
  [
    ["yes", "no", "yes"],
    ["p0", "p1"],
  ],
  [["unknown", "yes"], ["p0"]],
  [["throws", "yes"], ["p0"]],
] as const)("one that does not hold is enough, and no more are asked: %j", async (answers, expected) => {
  expect(await see(answers)).toEqual({ asked: expected, blind: null });
});

test("with nothing to ask, that is for others to say", async () => expect((await see([])).blind).toBeNull());
