import { expect, test } from "vitest";
import { z } from "zod";
import { askProbes, subjectOf } from "../../src/drill/ask-probes.ts";
import { CancelledError, UnavailableError } from "../../src/errors.ts";
import type { Finding, Probe } from "../../src/parts.ts";
import type { EventBody } from "../../src/record.ts";
import { createRunner } from "../../src/run/runner.ts";
import { scene } from "../fakes/outcome.ts";
import { type Row, scriptedServer } from "../fakes/scripted-server.ts";

const question = (script: string) => ({ say: "Ask.", script, uses: [], destroys: false });
const probe = (name: string, answer: Probe["answer"]): Probe => ({
  name,
  summary: "",
  options: z.unknown(),
  gives: [],
  needs: [],
  question: () => question(`ask ${name}`),
  answer,
});
const yes = (): Finding => ({ held: "yes", because: "it is so" });

async function ask(table: readonly Row[], probes: readonly Probe[]) {
  const events: EventBody[] = [];
  const server = scriptedServer(table);
  const write = (body: EventBody) => void events.push(body);
  const signal = new AbortController().signal;
  const runner = createRunner({
    server,
    places: () => ({}),
    signal,
    readErrors: () => [],
    write,
    onProgress: () => {},
  });
  const findings = await askProbes(
    { runner, scene: scene([]), phase: "verify", group: "verify", write },
    probes.map((part, index) => ({ part, options: { table: "orders" }, line: index + 10 })),
  );
  return { findings, server, written: events.filter((event) => event.kind === "finding") };
}

test("a probe that throws is unknown, never a pass, and the next is asked all the same", async () => {
  const bad = probe("bad", () => {
    throw new TypeError("undefined is not a number");
  });
  const { findings, written } = await ask([[/./, ""]], [bad, probe("good", yes)]);
  expect(findings.map(({ held }) => held)).toEqual(["unknown", "yes"]);
  expect(findings[0]?.because).toContain("undefined is not a number");
  expect(written).toMatchObject([
    { probe: "bad", subject: "orders", line: 10, held: "unknown" },
    { probe: "good", subject: "orders", line: 11, held: "yes" },
  ]);
});

test("a probe may ask on, and sees every answer", async () => {
  const two = probe("two", (outcomes) =>
    outcomes.length < 3
      ? question(`again ${outcomes.length}`)
      : { held: "no", because: outcomes.map(({ stdout }) => stdout).join() },
  );
  const { findings, server } = await ask(
    [
      [/again (\d)/, ({ command }) => ({ stdout: command.script as never })],
      [/./, "first"],
    ],
    [two],
  );
  expect(findings).toEqual([{ held: "no", because: "first,again 1,again 2" }]);
  expect(server.ran).toHaveLength(3);
});

test("what several ask is asked once, and each judges it for itself", async () => {
  const same = (name: string, answer: Probe["answer"]) => ({
    ...probe(name, answer),
    question: () => question("the same"),
  });
  const { findings, server } = await ask(
    [[/the same/, "two indexes"]],
    [same("one", yes), same("two", ([first]) => ({ held: "no", because: first?.stdout ?? "" }))],
  );
  expect(findings.map(({ because }) => because)).toEqual(["it is so", "two indexes"]);
  expect(server.ran).toHaveLength(1);
});

test("one that asks the same again wants to know it anew, whoever asked before", async () => {
  const twice = probe("twice", (outcomes) => (outcomes.length < 2 ? question("now?") : yes()));
  const after = { ...probe("after", yes), question: () => question("now?") };
  const { server } = await ask([[/./, ""]], [after, { ...twice, question: () => question("now?") }]);
  expect(server.ran).toHaveLength(2);
});

test("one that would ask for ever is unknown", async () => {
  const { findings } = await ask([[/./, ""]], [probe("endless", () => question("again"))]);
  expect(findings).toMatchObject([{ held: "unknown", because: expect.stringContaining("still asking") }]);
});

test.each([
  ["a dead sandbox", new UnavailableError("the sandbox died", { code: "FB_SANDBOX_DIED" })],
  ["a stop", new CancelledError("enough", { code: "FB_INTERRUPTED", by: "signal" })],
])("%s ends the asking: it is no finding about the data", async (_, error) => {
  await expect(ask([[/./, error]], [probe("any", yes)])).rejects.toBe(error);
});

test("what a probe was asked about is named for the matrix", () => {
  expect(subjectOf({ table: "orders" })).toBe("orders");
  expect(subjectOf({ tables: ["a", "b"] })).toBe("a, b");
  expect(subjectOf({ except: ["orders"] })).toBe("all but orders");
  expect(subjectOf({ of: "side" })).toBe("side");
  expect(subjectOf({})).toBe("all");
});
