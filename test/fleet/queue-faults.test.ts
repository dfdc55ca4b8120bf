/** What can be wrong with a queue is said with a next command, and never with its URL. */
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { machineFault, priorityOf } from "../../src/fleet/job.ts";
import {
  assertFleetName,
  assertQueueUrl,
  assertSchemaVersion,
  assertServerVersion,
  isAway,
  queueFault,
  TABLES_VERSION,
} from "../../src/fleet/queue-faults.ts";
import { assertClock } from "../../src/fleet/run-worker.ts";

const thrown = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
};

describe("a queue", () => {
  it.each([undefined, "", "mysql://fleet:secret@db9/x", "secret"])(
    "whose URL is %s is refused, and the URL not repeated",
    (url) => {
      const error = thrown(() => assertQueueUrl(url)) as Error;
      expect(error).toMatchObject({ code: "FB_QUEUE_URL", exitCode: 2 });
      expect(error.message).not.toContain("secret");
    },
  );
  it("of a name that can't be a schema's is refused", () => {
    for (const name of ["", "A", "a-b", "1a", 'a"; DROP', "x".repeat(40)])
      expect(thrown(() => assertFleetName(name))).toMatchObject({ code: "FB_QUEUE_URL" });
    expect(thrown(() => assertFleetName("nightly_2"))).toBeNull();
  });
  it("on a server that is too old is refused", () => {
    expect(thrown(() => assertServerVersion(120_022))).toMatchObject({
      code: "FB_QUEUE_SERVER",
      message: expect.stringContaining("PostgreSQL 12"),
    });
    expect(thrown(() => assertServerVersion(130_000))).toBeNull();
  });
  it("of another version is refused, with what helps in that case", () => {
    const own = { queue: 46 };
    expect(thrown(() => assertSchemaVersion({ tables: TABLES_VERSION, queue: 46 }, own))).toBeNull();
    expect(thrown(() => assertSchemaVersion({ tables: TABLES_VERSION, queue: 45 }, own))).toMatchObject({
      code: "FB_QUEUE_SCHEMA",
      next: [expect.stringContaining("fleet init")],
    });
    expect(thrown(() => assertSchemaVersion({ tables: TABLES_VERSION + 1, queue: 46 }, own))).toMatchObject({
      next: [expect.stringContaining("install")],
    });
  });
  it.each(["ECONNREFUSED", "ENOTFOUND", "57P01", "57P03", "08006", undefined])(
    "that says %s is away, and waited for",
    (code) =>
      expect(
        isAway(
          queueFault(Object.assign(new Error("at postgres://fleet:secret@db9"), code === undefined ? {} : { code })),
        ),
      ).toBe(true),
  );
  it.each(["28P01", "28000", "42501"])("that says %s denies, and isn't waited for", (code) => {
    const fault = queueFault(Object.assign(new Error("x"), { code }));
    expect(fault).toMatchObject({ code: "FB_QUEUE_DENIED" });
    expect(isAway(fault)).toBe(false);
  });
  it("leaves what is no fault of the queue as it is", () => {
    const error = new UsageError("x", { code: "FB_USAGE" });
    expect(queueFault(error)).toBe(error);
    const unique = Object.assign(new Error("duplicate"), { code: "23505" });
    expect(queueFault(unique)).toBe(unique);
  });
});

describe("a worker", () => {
  it("whose clock is off by more than a minute takes nothing", () => {
    expect(thrown(() => assertClock(59_000))).toBeNull();
    expect(thrown(() => assertClock(61_000))).toMatchObject({
      code: "FB_WORKER_CLOCK",
      message: expect.stringContaining("behind"),
    });
    expect(thrown(() => assertClock(-3_600_000))).toMatchObject({ message: expect.stringContaining("ahead of") });
  });
  it("tries elsewhere what is a fault of the machine, and nothing else", () => {
    const problem = (code: string) => [{ code, message: "", next: [], makes: "void" as const, interrupted: false }];
    expect(machineFault({ verdict: "void", interrupted: false, problems: problem("FB_DISK_FULL") })).toBe(
      "FB_DISK_FULL",
    );
    expect(machineFault({ verdict: "void", interrupted: false, problems: problem("FB_COPY_SEALED") })).toBeNull();
    expect(machineFault({ verdict: "lost", interrupted: false, problems: problem("FB_DISK_FULL") })).toBeNull();
  });
  it("is never given more disk than fits the queue's number", () => expect(priorityOf(1e18)).toBe(2 ** 31 - 1));
});
