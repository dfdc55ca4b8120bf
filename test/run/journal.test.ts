import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DrillEvent } from "../../src/record.ts";
import { openJournal, systemClock } from "../../src/run/journal.ts";
import { createUnwind } from "../../src/run/unwind.ts";

test("lines are on disk at once, numbered, and each holds the hash of the one before", async () => {
  const folder = await mkdtemp(join(tmpdir(), "journal-test-"));
  const file = join(folder, "run", "journal.jsonl");
  {
    using journal = openJournal(file, systemClock, () => {});
    for (const text of ["a", "b", "c"]) journal.append({ kind: "note", text });
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    lines.forEach((line, index) => {
      const event = JSON.parse(line) as DrillEvent;
      expect(event.seq).toBe(index);
      expect(event.prev).toBe(
        index === 0
          ? ""
          : createHash("sha256")
              .update(lines[index - 1] ?? "")
              .digest("hex"),
      );
    });
  }
  expect(() => openJournal(file, systemClock, () => {})).toThrow(/EEXIST/);
  await rm(folder, { recursive: true });
});

test("unwinding goes backwards, past failures and hangs, and says what became of each", async () => {
  const order: string[] = [];
  const unwind = createUnwind(50);
  unwind.add("first", async () => void order.push("first"));
  unwind.add("broken", () => Promise.reject(new Error("no")));
  unwind.add("hanging", () => new Promise(() => {}));
  unwind.add("last", async () => void order.push("last"));
  const { removed, failed } = await unwind.all(false);
  expect(order).toEqual(["last", "first"]);
  expect(removed).toEqual(["last", "first"]);
  expect(failed).toEqual(["hanging: not gone after 0.05 s", "broken: no"]);
});
test("what is kept is named and not touched", async () => {
  const unwind = createUnwind();
  unwind.add("thing", () => Promise.reject(new Error("touched")));
  expect(await unwind.all(true)).toEqual({ removed: [], failed: [], kept: ["thing"] });
});
