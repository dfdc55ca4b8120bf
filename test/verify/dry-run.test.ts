import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { Defect } from "../../src/errors.ts";
import type { SandboxDriver } from "../../src/parts.ts";
import { type PlanRequest, plannedText, planVerifies } from "../../src/verify/dry-run.ts";
import { stamp } from "../../src/world/timeline.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";

const HOUR = 3_600_000;
const ago = (hours: number) => `shop-${stamp(Date.now() - hours * HOUR)}.sql`;
const dump =
  "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.18\n-- Dumped by pg_dump version 15.18\n\nSELECT 1;\n--\n-- PostgreSQL database dump complete\n--\n\n";
const names = [ago(1), ago(25), ago(49)];

let folder = "";
let out = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "planned-"));
  out = join(folder, "..", `${folder}-out`);
  for (const name of names) await writeFile(join(folder, name), dump);
});
afterAll(() => rm(folder, { recursive: true }));

/** A machine with one sandbox, which nobody may open. */
const driver: SandboxDriver = {
  ...(catalog.sandboxes[0] as SandboxDriver),
  available: async ({ version }) => ({ usable: true, because: "it answers", image: `made:${version}`, next: [] }),
  open: () => {
    throw new Defect("a dry run opened a sandbox");
  },
};
const only = (one: SandboxDriver) => ({ ...catalog, sandboxes: [one] });
const plan = (more: Partial<PlanRequest> = {}) =>
  planVerifies({
    ...PLAINLY,
    catalog: only(driver),
    sandbox: "auto",
    trustBackups: false,
    config: null,
    storeUrl: `directory:${folder}`,
    outFolder: out,
    ...more,
  });

test("the copy, its size, its store, the sandbox and the image; and nothing is written", async () => {
  const plans = await plan();
  expect(plans).toMatchObject([
    {
      database: "shop",
      asked: "newest",
      copy: { id: names[0], verified: null, unusable: null },
      from: `directory:${folder}`,
      fetchBytes: dump.length,
      objects: 1,
      encryption: null,
      older: [names[1], names[2]],
      version: "15",
      sandbox: { name: "docker", image: "made:15", because: "it answers" },
      problems: [],
    },
  ]);
  const text = plannedText(plans);
  for (const word of [names[0], "1h 00m old", `directory:${folder}`, `${dump.length} B`, "made:15", "never verified"])
    expect(text).toContain(word);
  expect(text).toMatch(/Nothing was downloaded, started or written\./);
  expect((await readdir(folder)).sort()).toEqual([...names].sort());
  await expect(readdir(out)).rejects.toMatchObject({ code: "ENOENT" });
});
test("another copy is planned when another is asked for; each of them, and one shard of them", async () => {
  expect((await plan({ at: "yesterday" }))[0]).toMatchObject({ copy: { id: names[1] }, older: [] });
  expect((await plan({ at: "all" })).map(({ copy }) => copy?.id)).toEqual(names);
  expect(await plan({ at: "all", shard: "1/3" })).toHaveLength(1);
  const none = await plan({ at: "last-month" });
  expect(none).toMatchObject([{ copy: null, sandbox: null }]);
  expect(plannedText(none)).toContain("NO BACKUP");
});
test("what would end it is said beforehand: no sandbox, one that is not cut off, no key", async () => {
  const away = { ...driver, available: async () => ({ usable: false, because: "away", next: ["start it"] }) };
  const [lacking] = await plan({ catalog: only(away) });
  expect(lacking).toMatchObject({
    sandbox: null,
    problems: [{ code: "FB_NO_SANDBOX", next: ["start it", "fogbell doctor"] }],
  });
  expect(plannedText(lacking === undefined ? [] : [lacking])).toMatch(/sandbox {2}NONE[\s\S]*BUT .*away\n +start it/);
  const open = only({ ...driver, gives: [] });
  expect((await plan({ catalog: open }))[0]?.problems).toMatchObject([{ code: "FB_FOREIGN_BACKUP" }]);
  expect((await plan({ catalog: open, trustBackups: true }))[0]?.problems).toEqual([]);
  await writeFile(
    join(folder, "shop.sql.age"),
    Buffer.concat([Buffer.from("age-encryption.org/v1\n"), Buffer.alloc(99)]),
  );
  const source = `{ store: "directory:${folder}", pattern: "*.age", encryption: { with: age, key-env: NO_SUCH_KEY } }`;
  const config = configOf(`version: 1\ndatabases:\n  - { name: Shop, engine: postgres, sources: [${source}] }\n`);
  expect(await plan({ config, storeUrl: null })).toMatchObject([
    { encryption: "age", problems: [{ code: "FB_KEY_MISSING", next: ["export NO_SUCH_KEY=…"] }] },
  ]);
});
