import { expect, test } from "vitest";
import { createTail, runProcess } from "../../src/host/process.ts";

const run = (script: string, signal = new AbortController().signal, limitBytes = 1024 * 1024) =>
  runProcess({ file: "sh", args: ["-c", script], env: { PATH: process.env.PATH ?? "" }, signal, limitBytes });

test("50 MB of output are drained, a bounded part is kept, and the exit code is the process's own", async () => {
  const end = await run("head -c 50000000 /dev/zero | tr '\\0' x; exit 7");
  expect(end.exitCode).toBe(7);
  expect(end.truncated).toBe(true);
  expect(end.stdout.length).toBe(1024 * 1024);
});

/** How many processes were started as exactly this. */
const started = async (words: string) =>
  (await run("ps -eo args")).stdout.split("\n").filter((line) => line === words).length;
/** No other test, and nobody else, sleeps for so long. */
const seconds = (more: number) => String(100_000_000 + process.pid * 10 + more);

test.each([
  ["in its group", (sleep: string) => `${sleep} & ${sleep}`],
  ["deaf to being asked, without output", (sleep: string) => `(trap '' TERM; exec ${sleep} >/dev/null 2>&1) & wait`],
])("a cancelled process goes with what it started: %s", async (_, script) => {
  const stop = new AbortController();
  const sleep = `sleep ${seconds(1)}`;
  const running = run(script(sleep), stop.signal);
  await expect.poll(() => started(sleep)).toBeGreaterThan(0);
  stop.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
  await expect.poll(() => started(sleep)).toBe(0);
});

test("one that left the group and holds on to the output does not keep the cancelled one waiting", async () => {
  const stop = new AbortController();
  const sleep = `sleep ${seconds(2)}`;
  const running = run(`setsid ${sleep} & wait`, stop.signal);
  await expect.poll(() => started(sleep)).toBe(1);
  const began = performance.now();
  stop.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
  expect(performance.now() - began).toBeLessThan(4000);
  await run(`kill -9 $(ps -eo pid,args | sed -n 's/^ *\\([0-9]*\\) ${sleep}$/\\1/p')`);
});

test("killed by a signal counts as a shell counts", async () => expect((await run("kill -9 $$")).exitCode).toBe(137));
test("a missing program is an outcome", async () => {
  const end = await runProcess({
    file: "no-such-program",
    args: [],
    env: {},
    signal: new AbortController().signal,
    limitBytes: 10,
  });
  expect(end.exitCode).toBe(127);
});
test("a tail keeps the newest", () => {
  const tail = createTail(4);
  for (const text of ["ab", "cd", "ef", "gh", "ij"]) tail.push(Buffer.from(text));
  expect(tail.text()).toBe("ghij");
  expect(tail.truncated).toBe(true);
});
