/** What people's backup jobs really leave behind, judged by the command line that people type. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { LONG } from "../support/long.ts";
import { madeAtMs, makeInputs, oneOfEachKind, play, readCases, TELLING } from "./play.ts";
import { judged } from "./rules.ts";

const folder = await mkdtemp(join(tmpdir(), "field-"));
makeInputs(folder);
const made = await madeAtMs(folder);
const all = await readCases(folder);
const played = LONG ? all : oneOfEachKind(all);
if (!LONG)
  console.info(`field: ${played.length} of ${all.length} cases, one of each telling kind; npm run test:long has all`);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.concurrent("a backup from the field", () => {
  test.each(played)("$id $kind: $what", async (one) => {
    const playing = { folder, workFolder: join(folder, "work"), sandbox: "docker", limitMs: 180_000 } as const;
    const text = await play(one, playing);
    expect(judged(one, text, made), text).toBeNull();
  });
});

test("the corpus is there, and each case says what is expected", () => {
  expect(all.length).toBeGreaterThanOrEqual(136);
  expect(oneOfEachKind(all)).toHaveLength(TELLING.length);
  expect(all.filter(({ codes, kind, what }) => codes.size === 0 || kind === "" || what === "")).toEqual([]);
});
