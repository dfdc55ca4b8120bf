import { expect, test } from "vitest";
import type { Line, Phase } from "../../src/parts.ts";
import type { EventBody, Progress } from "../../src/record.ts";
import { commandHash, createRunner } from "../../src/run/runner.ts";
import { type Row, scriptedServer } from "../fakes/scripted-server.ts";

const line = (script: string, more: Partial<Line> = {}): Line => ({
  say: `Do ${script}.`,
  script,
  uses: [],
  destroys: false,
  ...more,
});
const at = (phase: Phase, name = "step") => ({ phase, name });

function kit(table: readonly Row[], signal = new AbortController().signal) {
  const server = scriptedServer(table);
  const events: EventBody[] = [];
  const progress: Progress[] = [];
  let places = { PGDATABASE: "shop" };
  const runner = createRunner({
    server,
    places: () => places,
    signal,
    readErrors: () => [],
    write: (body) => events.push(body),
    onProgress: (one) => progress.push(one),
  });
  return { server, events, progress, runner, move: (database: string) => (places = { PGDATABASE: database }) };
}

test("what is written down is what was run: the command, its hash, what came of it", async () => {
  const { runner, events } = kit([["restore.step", { exitCode: 3, durationMs: 7, stdout: "out" as never }]]);
  const one = line("pg_restore");
  expect(await runner.run(one, at("restore"))).toMatchObject({ exitCode: 3, commandId: "restore.step" });
  expect(events).toEqual([
    { kind: "command-began", command: { ...one, id: "restore.step", phase: "restore" }, hash: commandHash(one) },
    { kind: "command-ended", commandId: "restore.step", exitCode: 3, durationMs: 7, stdoutTail: "out", stderrTail: "" },
  ]);
});

test("ids are unique within a drill, and the same from run to run", async () => {
  const { runner, server } = kit([[/./, ""]]);
  for (const phase of ["restore", "restore", "reopen", "restore"] as const) await runner.run(line("x"), at(phase));
  expect(server.ran.map(({ command }) => command.id)).toEqual([
    "restore.step",
    "restore.step.2",
    "reopen.step",
    "restore.step.3",
  ]);
});

test("places are those of the moment the command runs", async () => {
  const { runner, server, move } = kit([[/./, ""]]);
  await runner.run(line("x"), at("world"));
  move("shop_side");
  await runner.run(line("x"), at("restore"));
  expect(server.ran.map(({ places }) => places.PGDATABASE)).toEqual(["shop", "shop_side"]);
});

test.each<[Phase, string, number]>([
  ["world", "FB_WORLD", 4],
  ["damage", "FB_WORLD", 4],
  ["proof", "FB_WORLD", 4],
  ["contain", "FB_RECOVERY_FAILED", 1],
  ["restore", "FB_RECOVERY_FAILED", 1],
  ["normal", "FB_RECOVERY_FAILED", 1],
])("a deed that fails in %s is %s", async (phase, code, exitCode) => {
  const { runner } = kit([[/./, { exitCode: 1, stderrTail: "no such table" as never }]]);
  await expect(runner.must(line("x"), at(phase))).rejects.toMatchObject({
    code,
    exitCode,
    message: expect.stringContaining("no such table"),
  });
});

test("what a question was answered is not written down, in part or in whole", async () => {
  const { runner, events } = kit([[/./, "4242-4242"]]);
  expect((await runner.ask(line("x"), at("verify"))).stdout).toBe("4242-4242");
  let sunk = "";
  await runner.ask(line("x"), at("verify"), (chunk) => (sunk += Buffer.from(chunk).toString()));
  expect(sunk).toBe("4242-4242");
  expect(JSON.stringify(events)).not.toContain("4242");
});

test("of long output only the end is written down", async () => {
  const { runner, events } = kit([[/./, `${"x".repeat(100_000)}the end`]]);
  await runner.run(line("x"), at("restore"));
  const ended = events.find((event) => event.kind === "command-ended");
  expect(ended?.kind === "command-ended" && ended.stdoutTail).toMatch(/^x{2041}the end$/);
});

test("after a stop nothing more is begun, and what was running leaves its beginning in the journal", async () => {
  const stop = new AbortController();
  const { runner, events, server } = kit(
    [
      [
        /./,
        () => {
          stop.abort(new Error("enough"));
          return {};
        },
      ],
    ],
    stop.signal,
  );
  await expect(runner.run(line("x"), at("restore"))).rejects.toThrow("enough");
  await expect(runner.run(line("y"), at("restore"))).rejects.toThrow("enough");
  expect(server.ran).toHaveLength(1);
  expect(events.map(({ kind }) => kind)).toEqual(["command-began"]);
});

test("progress is asked for while a command runs, never as a deed, and its failing harms nothing", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const { runner, progress, server } = kit([
    [
      "restore.step.progress",
      () => {
        asked++;
        if (asked === 1) throw new Error("too early");
        resolve();
        return { stdout: "50 200\n" as never };
      },
    ],
    ["restore.step", () => promise.then(() => ({}))],
  ]);
  await runner.must(line("x", { progress: "psql …", destroys: true }), at("restore"));
  expect(progress[0]).toMatchObject({ label: "Do x.", doneBytes: 50, totalBytes: 200 });
  expect(server.ran.filter(({ command }) => command.destroys).map(({ command }) => command.id)).toEqual([
    "restore.step",
  ]);
  const before = asked;
  await new Promise((wait) => setTimeout(wait, 1200));
  expect(asked).toBe(before);
});

test("the hash ties a page to a run by what is said and run, not by when or where", () => {
  const one = line("x");
  expect(commandHash({ ...one, expect: "much", destroys: true })).toBe(commandHash(one));
  expect(commandHash({ ...one, say: "Other." })).not.toBe(commandHash(one));
  expect(commandHash({ ...one, script: "y" })).not.toBe(commandHash(one));
});
