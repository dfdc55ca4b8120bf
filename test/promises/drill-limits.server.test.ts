/** What waits for ever in a drill ends it: void, in time, with the phase and what to type; nothing is left behind. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { labelledFolders } from "../../src/host/scratch.ts";
import type { SandboxDriver } from "../../src/parts.ts";
import { processesOf } from "../../src/sandboxes/local-processes.ts";
import { some } from "../support/long.ts";
import { play } from "../support/play.ts";

const SCRIPT = "test/fixtures/scenarios/script.drill.yaml";

async function drill(scripts: { readonly backup?: string; readonly restore?: string; readonly sql?: string }) {
  const folder = await mkdtemp(join(tmpdir(), "drill-limits-"));
  try {
    const scenario = join(folder, "script.drill.yaml");
    const own = (await readFile(SCRIPT, "utf8")).replaceAll("../../../scenarios", resolve("scenarios"));
    const kept = async (kind: string, text: string | undefined) => {
      if (text === undefined) return resolve(`scenarios/scripts/${kind}-postgres.sh`);
      await writeFile(join(folder, `${kind}.sh`), text);
      return `${kind}.sh`;
    };
    const changed = own
      .replaceAll(resolve("scenarios/scripts/nightly-postgres.sh"), await kept("nightly", scripts.backup))
      .replaceAll(resolve("scenarios/scripts/restore-postgres.sh"), await kept("restore", scripts.restore));
    await writeFile(
      scenario,
      changed.replace("do: drop-table, table: orders", scripts.sql ?? "do: drop-table, table: orders"),
    );
    const beganMs = performance.now();
    const played = await play({ sandbox: "local", engine: "postgres", scenario, worlds: null, timeoutMs: 20_000 });
    expect(performance.now() - beganMs).toBeLessThan(120_000);
    return played.result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const SLEEP = 'psql -Xqc "SELECT pg_sleep(100000)" -d postgres';

const WAITING = [
  ["a backup script", { backup: `#!/bin/sh\n${SLEEP}\n` }, "building the world"],
  ["a restore script", { restore: `#!/bin/sh\n${SLEEP}\n` }, "the restore"],
  [
    "a restore script that hears no signal",
    { restore: "#!/bin/sh\ntrap '' TERM INT HUP\nwhile :; do sleep 1; done\n" },
    "the restore",
  ],
  ["the disaster's own SQL", { sql: 'do: run-sql, sql: "SELECT pg_sleep(100000)"' }, "the disaster"],
] as const;

test.each(some("what waits for ever in a drill", WAITING, 3))("%s that waits for ever", async (_, scripts, doing) => {
  const result = await drill(scripts);
  expect(result.reasons[0]).toBe(
    `${doing} did not end within its time limit (20 s, as it was told), so nothing is judged`,
  );
  expect(result.verdict).toBe("void");
  expect(result.next[0]).toBe("fogbell run --timeout 40s …");
  expect(result.cleanup?.failed).toEqual([]);
  expect(await processesOf(result.runId)).toEqual([]);
  expect((await labelledFolders()).filter(({ label }) => label.runId === result.runId)).toEqual([]);
});

test("a sandbox that never opens ends the drill, too", async () => {
  const local = catalog.sandboxes.find(({ name }) => name === "local");
  if (local === undefined) throw new Error("no local sandbox");
  const sandboxDriver: SandboxDriver = { ...local, open: () => new Promise(() => {}) };
  const request = { sandbox: "local", sandboxDriver, worlds: null, timeoutMs: 1000 } as const;
  const { result } = await play(request);
  expect([result.verdict, result.problems[0]?.code]).toEqual(["void", "FB_TIME_LIMIT"]);
  expect(result.reasons[0]).toMatch(
    /^opening the sandbox, its server and the stores did not end within its time limit/,
  );
  expect(result.next[0]).toBe("fogbell run --timeout 2s …");
  expect((await labelledFolders()).filter(({ label }) => label.runId === result.runId)).toEqual([]);
});
