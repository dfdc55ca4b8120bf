/** A recovery that does nothing, half, or the wrong thing must never pass; neither must a disaster that does nothing. */
import { describe, expect, test } from "vitest";
import type { Action, Line } from "../../src/parts.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { some } from "../support/long.ts";
import { play } from "../support/play.ts";

const sandbox = "local";
const SQL = (sql: string): Line => ({
  say: "Sabotage.",
  script: `psql -Xq -v ON_ERROR_STOP=1 -d "$PGDATABASE" <<'SQL'\n${sql}\nSQL`,
  uses: [],
  destroys: true,
});
const act = (...lines: Line[]): Action => ({
  name: "sabotage",
  summary: "",
  options: undefined as never,
  gives: [],
  needs: [],
  lines: () => lines,
});
/** Adds a deed at the end of the restore phase. */
const afterwards =
  (sql: string) =>
  (plan: Plan): Plan => ({
    ...plan,
    recovery: [
      ...plan.recovery.slice(0, 4),
      { part: act(SQL(sql)), options: {}, line: 1, phase: "restore" },
      ...plan.recovery.slice(4),
    ],
  });
const findings = (result: { findings: readonly { probe: string; held: string; group: string }[] }) =>
  result.findings.filter(({ group, held }) => group === "verify" && held !== "yes").map(({ probe }) => probe);

test("the untouched drill recovers, on the same world", async () => {
  const { result } = await play({ sandbox });
  expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
  expect(result.verdict).toBe("recovered");
  expect(result.measured.rpaMs).toBe(40 * 60_000);
  expect(result.cleanup?.failed).toEqual([]);
});

describe("sabotaged recoveries", () => {
  test("nothing at all", async () => {
    const { result } = await play({ sandbox, change: (plan) => ({ ...plan, recovery: [] }) });
    expect(result.verdict).toBe("lost");
    expect(findings(result)).toEqual(
      expect.arrayContaining(["rows", "constraints", "indexes", "grants", "objects", "sequences-ahead"]),
    );
  });
  test.each(
    some(
      "sabotaged recoveries on PostgreSQL",
      [
        [
          "half of the rows",
          "DELETE FROM order_items WHERE order_id % 2 = 0; ALTER TABLE payments DISABLE TRIGGER ALL; ALTER TABLE order_items DISABLE TRIGGER ALL; SET session_replication_role = replica; DELETE FROM orders WHERE id % 2 = 0;",
          "rows",
        ],
        ["one value changed", "UPDATE orders SET total = total + 1 WHERE id = 5;", "rows"],
        [
          "one row too many",
          "INSERT INTO customers (email, name, country, created_at) VALUES ('x@y', 'x', 'DE', now());",
          "rows",
        ],
        [
          "a good later write undone",
          "DELETE FROM stock_movements WHERE moved_at = (SELECT max(moved_at) FROM stock_movements);",
          "rows",
        ],
        ["a sequence shifted back", "SELECT setval('orders_id_seq', 1);", "sequences-ahead"],
        ["a foreign key forgotten", "ALTER TABLE payments DROP CONSTRAINT payments_order_id_fkey;", "constraints"],
        ["a check forgotten", "ALTER TABLE orders DROP CONSTRAINT orders_total_not_negative;", "constraints"],
        ["an index forgotten", "DROP INDEX orders_open;", "indexes"],
        ["a grant forgotten", "REVOKE SELECT ON orders FROM shop_reports;", "grants"],
        ["a column's grant forgotten", "REVOKE UPDATE (note) ON orders FROM shop_reports;", "grants"],
        ["a trigger forgotten", "DROP TRIGGER orders_touch ON orders;", "objects"],
        ["a view forgotten", "DROP VIEW big_customers;", "objects"],
      ],
      2,
    ),
  )("%s", async (_name, sql, probe) => {
    const { result } = await play({ sandbox, change: afterwards(sql) });
    expect(result.verdict).toBe("lost");
    expect(findings(result)).toContain(probe);
    expect(result.marks.T8, "what is not whole is not reopened").toBeUndefined();
  });
  test("the older backup: back, but the RPO is missed", async () => {
    const { result } = await play({
      sandbox,
      change: (plan) => ({
        ...plan,
        scenario: { ...plan.scenario, recovery: { ...plan.scenario.recovery, source: "nightly" } },
      }),
    });
    expect(result).toMatchObject({ verdict: "late", measured: { rpaMs: 3 * 3_600_000 } });
  });
  test("a decoy older than any allowed loss", async () => {
    const { result } = await play({
      sandbox,
      change: (plan) => ({
        ...plan,
        backups: plan.backups.map((backup) => ({ ...backup, ageMs: backup.ageMs + 5 * 3_600_000 })),
      }),
    });
    expect(result.verdict).toBe("lost");
    expect(findings(result)).toEqual(expect.arrayContaining(["rows", "heartbeat-gap"]));
  });
  test("a table that the backup does not hold: lost at the first step, not carried on with nothing", async () => {
    const { result } = await play({
      sandbox,
      change: (plan) => ({
        ...plan,
        recovery: plan.recovery.map((step) =>
          step.part.name === "copy-table-back" ? { ...step, options: { table: "nothing" } } : step,
        ),
      }),
    });
    expect(result).toMatchObject({
      verdict: "lost",
      problems: [
        { code: "FB_RECOVERY_FAILED", message: expect.stringContaining("Copy nothing from the side database") },
      ],
    });
  });
  test("a step that fails: lost, with the step and what it printed", async () => {
    const { result } = await play({ sandbox, change: afterwards("SELECT nonsense;") });
    expect(result.verdict).toBe("lost");
    expect(result.problems[0]).toMatchObject({
      code: "FB_RECOVERY_FAILED",
      message: expect.stringMatching(/^"Sabotage\." failed with exit code 3: postgres: column "•••" does not exist$/),
    });
  });
});

describe("sabotaged disasters", () => {
  test("a disaster that does nothing is void, never recovered", async () => {
    const { result } = await play({ sandbox, change: (plan) => ({ ...plan, disaster: [] }) });
    expect(result.verdict).toBe("void");
    expect(result.reasons.join()).toContain("table-missing");
  });
  test("a disaster that hits another table", async () => {
    const { result } = await play({
      sandbox,
      change: (plan) => ({
        ...plan,
        disaster: [{ part: act(SQL("DROP TABLE stock_movements;")), options: {}, line: 1 }],
      }),
    });
    expect(result.verdict).toBe("void");
  });
});
