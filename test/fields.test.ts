import { describe, expect, test } from "vitest";
import { duration, size, tableName } from "../src/fields.ts";

describe("what cannot be counted is refused, never taken for zero", () => {
  test.each([`${"9".repeat(400)}d`, "99999999999d", "36501d"])("duration %s", (text) =>
    expect(
      duration()
        .safeParse(text)
        .error?.issues.map(({ message }) => message),
    ).toEqual(["a duration has at most 36500d"]),
  );
  test.each([`${"9".repeat(400)}GiB`, "9000TiB"])("size %s", (text) =>
    expect(size().safeParse(text).success).toBe(false),
  );
  test.each(["", "15", 15, null, "soon", "-5m"])("%j is told what a duration is, once", (value) =>
    expect(
      duration()
        .safeParse(value)
        .error?.issues.map(({ message }) => message),
    ).toEqual([expect.stringContaining('a duration such as "250ms"')]),
  );
});

test("what is written becomes milliseconds and bytes", () => {
  expect(duration().parse("36500d")).toBe(36_500 * 86_400_000);
  expect(size().parse("5GiB")).toBe(5 * 1024 ** 3);
});

test.each(["", "a\nb", "a\u0000", "x".repeat(128)])("table name %j", (name) =>
  expect(tableName().safeParse(name).success).toBe(false),
);
test.each(["orders", "sales.orders", 'or"de: rs', "Bestellungen 2026"])("table name %j is one", (name) =>
  expect(tableName().parse(name)).toBe(name),
);
