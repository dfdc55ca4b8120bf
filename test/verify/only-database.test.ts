import { expect, test } from "vitest";
import { onlyOf } from "../../src/verify/only-database.ts";

const only = (names: readonly string[], told: string | null = null) =>
  onlyOf(names, { id: "shop.sql", told, everywhere: ["postgres", "template1"] });

test("the only one that is no server's own, the one that is told, or a question", () => {
  expect(only([])).toBeNull();
  expect(only(["postgres", "shop", "template1"])).toBe("shop");
  expect(only(["postgres"])).toBe("postgres");
  expect(only(["crm", "postgres", "shop"], "postgres")).toBe("postgres");
  expect(() => only(["crm", "shop"])).toThrow(
    expect.objectContaining({
      code: "FB_SEVERAL_DATABASES",
      exitCode: 4,
      next: [expect.stringMatching(/database: crm/)],
    }),
  );
});

test("several without the one that is told are a fault of the backup; a single one may be called otherwise", () => {
  expect(() => only(["crm", "shop"], "shopp")).toThrow(expect.objectContaining({ exitCode: 1 }));
  expect(only(["Shop"], "shop")).toBe("Shop");
});
