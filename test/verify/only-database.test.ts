import { expect, test } from "vitest";
import type { Outcome } from "../../src/parts.ts";
import { onlyDatabase } from "../../src/verify/only-database.ts";

const line = { say: "x", script: "x", uses: [], destroys: false };
const scene = (names: readonly string[], told: string | null = null) => ({
  id: "shop.sql",
  told,
  everywhere: ["postgres", "template1"],
  ask: async () => ({ exitCode: 0, stdout: names.join("\n") }) as Outcome,
});

test("the only one that is no server's own, the one that is told, or a question", async () => {
  expect(await onlyDatabase(null, scene(["shop"]))).toBeNull();
  expect(await onlyDatabase(line, scene([]))).toBeNull();
  expect(await onlyDatabase(line, scene(["postgres", "shop", "template1"]))).toBe("shop");
  expect(await onlyDatabase(line, scene(["postgres"]))).toBe("postgres");
  expect(await onlyDatabase(line, scene(["crm", "postgres", "shop"], "postgres"))).toBe("postgres");
  await expect(onlyDatabase(line, scene(["crm", "shop"]))).rejects.toMatchObject({
    code: "FB_SEVERAL_DATABASES",
    exitCode: 4,
    next: [expect.stringMatching(/database: crm/)],
  });
});

test("several without the one that is told are a fault of the backup; a single one may be called otherwise", async () => {
  await expect(onlyDatabase(line, scene(["crm", "shop"], "shopp"))).rejects.toMatchObject({ exitCode: 1 });
  expect(await onlyDatabase(line, scene(["Shop"], "shop"))).toBe("Shop");
});
