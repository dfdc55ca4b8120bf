import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { summarise } from "../../src/scenario/summary.ts";
import { whole as good } from "../support/issues.ts";

async function summaryOf(text: string) {
  const folder = await mkdtemp(join(tmpdir(), "scenario-summary-"));
  try {
    const file = join(folder, "broken.drill.yaml");
    await writeFile(file, text);
    const { file: _, ...summary } = await summarise(file);
    return summary;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("the head of a scenario", async () =>
  expect(await summaryOf(good)).toEqual({
    id: "drop-table",
    title: "A hot table is dropped in production",
    engines: ["postgres 15 17 18", "mariadb 10.11 11.8", "mysql 9", "sqlite 3"],
    story: "000",
    tags: ["starter", "table"],
  }));

test.each([
  ["no YAML", "title: [1\nid: x\n"],
  ["wrong types", "id: 5\ntitle: {}\nengines: postgres\nstory: []\ntags: x\n"],
  ["nothing", ""],
])("a list survives %s", async (_name, text) =>
  expect(await summaryOf(text)).toEqual({ id: "broken", title: "", engines: [], story: null, tags: [] }),
);
