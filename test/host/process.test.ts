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

test("a cancelled process goes with everything it started", async () => {
  const stop = new AbortController();
  const marker = `fogbell-test-${process.pid}`;
  const running = run(`sh -c 'exec -a ${marker} sleep 60' & sleep 60`, stop.signal);
  setTimeout(() => stop.abort(new Error("enough")), 200);
  await expect(running).rejects.toThrow("enough");
  const left = await run("ps -eo args | grep '[s]leep 60' | grep -c fogbell-test || true");
  expect(left.stdout.trim()).toBe("0");
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
