import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { fetchPoint, openStock } from "../../src/verify/stock.ts";

let folder = "";
const age = Buffer.concat([Buffer.from("age-encryption.org/v1\n"), Buffer.alloc(3000, 7)]);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stock-"));
  await writeFile(join(folder, "shop.sql.age"), age);
  await writeFile(join(folder, "photo.jpg"), "JFIF");
});
afterAll(() => rm(folder, { recursive: true }));

test("what is encrypted can be fetched as it is, at a limited speed; what is no backup cannot", async () => {
  await using stock = await openStock(catalog, `directory:${folder}`, "");
  const request = { folder: join(folder, "into"), onText: () => {} };
  const beganMs = performance.now();
  const { files } = await fetchPoint(stock, { ...request, id: "shop.sql.age", bandwidth: 20_000 });
  expect(performance.now() - beganMs).toBeGreaterThan(130);
  expect((await readFile(files[0]?.path ?? "")).equals(age)).toBe(true);
  await expect(fetchPoint(stock, { ...request, id: "photo.jpg" })).rejects.toMatchObject({ code: "FB_POINT_UNKNOWN" });
});
