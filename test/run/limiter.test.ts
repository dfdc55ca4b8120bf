import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import type { UnavailableError } from "../../src/errors.ts";
import { pause } from "../../src/host/stream.ts";
import type { Server } from "../../src/parts.ts";
import { openLimiter, VERIFY, withinRoom } from "../../src/run/limiter.ts";
import { limitsOf, OF_VERIFY } from "../../src/run/limits.ts";

const { signal } = new AbortController();
const open = (toldMs: number | null) =>
  openLimiter({ signal, folder: tmpdir(), run: VERIFY }, (phase) =>
    limitsOf({ bytes: 1, bytesPerSecond: null, earlier: [], toldMs }, OF_VERIFY).find((one) => one.phase === phase),
  );

test("a phase that does not end is ended, and says which, how long, why, and what to type", async () => {
  using limiter = await open(50);
  const error = await limiter.within("restore", () => pause(60_000, limiter.signal)).catch((one: unknown) => one);
  expect(limiter.signal.aborted).toBe(true);
  expect(limiter.signal.reason).toMatchObject({
    code: "FB_TIME_LIMIT",
    exitCode: 4,
    message:
      "reading and restoring the copy did not end within its time limit (50 ms, as it was told), so nothing is judged",
  });
  expect((limiter.signal.reason as UnavailableError).next[0]).toBe("fogbell verify --timeout 1s …");
  expect(error).toBeDefined();
});
test("phases that end in time add up to no more than each of them", async () => {
  using limiter = await open(400);
  for (const phase of ["fetch", "world", "restore"] as const) await limiter.within(phase, () => pause(200));
  expect(limiter.signal.aborted).toBe(false);
  expect(limiter.tookMs.fetch).toBeGreaterThanOrEqual(190);
});

/** A server that says of its disk and folders, at each look, what it is told to. */
function serverOf(...told: readonly string[]): Server {
  let looks = 0;
  const run = async () => ({ exitCode: 0, stdout: told[Math.min(looks++, told.length - 1)] });
  return { folders: { data: "/d", side: "/s", scratch: "/t" }, run } as unknown as Server;
}
const GIB_OF_KIB = 1024 ** 2;

test.concurrent.each([
  ["a disk that fills", "FB_DISK_FULL", [`${100 * GIB_OF_KIB} ${200 * GIB_OF_KIB} 5`, `1000 ${200 * GIB_OF_KIB} 5`]],
  ["gigabytes from next to nothing", "FB_UNPACK_LIMIT", [`${100 * GIB_OF_KIB} ${200 * GIB_OF_KIB} ${9 * GIB_OF_KIB}`]],
  ["a disk that is too small to begin with", "FB_DISK_FULL", [`5 ${200 * GIB_OF_KIB} 5`]],
  ["room enough", null, [`${100 * GIB_OF_KIB} ${200 * GIB_OF_KIB} 5`]],
  ["what cannot be asked", null, [""]],
])("%s while a copy is restored", async (_what, code, told) => {
  using limiter = await open(null);
  const work = () => pause(5000, limiter.signal).then(() => "ended well");
  const end = await withinRoom({ limiter, server: serverOf(...told), bytes: 20_000 }, work).catch((error) => error);
  if (code === null) expect(end).toBe("ended well");
  else expect(end).toMatchObject({ code, exitCode: 4 });
});
