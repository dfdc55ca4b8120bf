/** What a PostgreSQL server leaves outside of its own folder. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { settingsOfSide } from "../../../src/engines/postgres/files.ts";
import { makeLabel } from "../../../src/host/label.ts";
import { local } from "../../../src/sandboxes/local.ts";
import { processesOf } from "../../../src/sandboxes/local-processes.ts";

/** Killed with it, it would stay for as long as the machine runs: a megabyte of memory for each drill. */
test("no memory that outlives a killed server", async () => {
  const label = makeLabel(`traces-${process.pid}`, new Date(Date.now() + 600_000));
  await using sandbox = await local.open(label, local.options.parse({}), new AbortController().signal);
  await sandbox.start(postgres.server("15", {}));
  const maps = await Promise.all(
    (await processesOf(label.runId)).map((pid) => readFile(`/proc/${pid}/maps`, "utf8").catch(() => "")),
  );
  expect(maps.join("\n")).toContain("/pg_dynshmem/");
  expect(maps.join("\n")).not.toMatch(/\/dev\/shm\/PostgreSQL/);
  // A backup brings the settings of the server that it was taken from.
  expect(settingsOfSide.map(({ script }) => script).join("\n")).toContain("dynamic_shared_memory_type = mmap");
});
