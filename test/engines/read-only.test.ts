/** Somebody's own SQL can only read a copy, whatever stands in it: also behind a COMMIT that ends the transaction around it. */
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { copyLanguageOf, languageOf } from "../../src/plan/capabilities.ts";

const SESSION: Readonly<Record<string, RegExp>> = {
  postgres: /default_transaction_read_only *= *on[\s\S]*COMMIT/,
  mariadb: /SET SESSION TRANSACTION READ ONLY;[\s\S]*COMMIT/,
  mysql: /SET SESSION TRANSACTION READ ONLY;[\s\S]*COMMIT/,
};

test.each(Object.entries(SESSION))("%s holds its session to reading", (name, holds) => {
  const engine = catalog.engines.find((one) => one.name === name) as Engine;
  const sql = "COMMIT; DELETE FROM orders";
  expect(copyLanguageOf(engine).query(sql, null).script).toMatch(holds);
  expect(copyLanguageOf(engine).query(sql, "shop_app").script).toMatch(holds);
  expect(languageOf(engine).askSql(sql, "side").script).toMatch(holds);
  const row = { table: "orders", column: "at", where: "id = 1 /* COMMIT */", askedAtMs: 0 };
  expect(copyLanguageOf(engine).newestRow(row).script).toMatch(holds);
});
