/** Every way to back up MariaDB brings a dropped table back, exact to the row, and says why when it cannot. */
import { describe, expect, test } from "vitest";
import { mariadb, mysql } from "../../../src/engines/mariadb/engine.ts";
import type { Action, Store } from "../../../src/parts.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { variantNames } from "../../../src/plan/variants.ts";
import type { Progress } from "../../../src/record.ts";
import { some, someVariants } from "../../support/long.ts";
import { lingering, play, rewriting } from "../../support/play.ts";

/** `npm run test:mysql` asks the same of MySQL, in a container of its official image. */
const asked = process.env.FOGBELL_MYSQL;
const engine = asked === undefined ? mariadb : mysql;
const client = engine.name;
const on =
  asked === undefined ? { sandbox: "local", engine: "mariadb@10.11" } : { sandbox: "docker", engine: `mysql@${asked}` };
const MINUTE = 60_000;

/** The writer places an order a minute, and the newest backup is 40 minutes old. */
const LOSES: Readonly<Record<string, { rpaMs: number; orders: number }>> = {
  logical: { rpaMs: 40 * MINUTE, orders: 40 },
  "logical + log": { rpaMs: 0, orders: 0 },
  physical: { rpaMs: 40 * MINUTE, orders: 40 },
  "physical, incremental": { rpaMs: 40 * MINUTE, orders: 40 },
  "physical + log": { rpaMs: 0, orders: 0 },
  "replica, delayed": { rpaMs: 0, orders: 0 },
  snapshot: { rpaMs: 40 * MINUTE, orders: 40 },
};

describe("each way to back up", () => {
  test("is one of those whose loss is known here", () =>
    expect(Object.keys(LOSES).sort()).toEqual(expect.arrayContaining(variantNames(engine).sort())));
  test.each(someVariants(engine))("%s", async (variant) => {
    const { result } = await play({ ...on, variant, worlds: null });
    expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    const { rpaMs, rowsMissing, rowsExtra } = result.measured;
    expect({ rpaMs, orders: rowsMissing, rowsExtra }).toEqual({ ...LOSES[variant], rowsExtra: 0 });
    expect(result.cleanup?.failed).toEqual([]);
  });
});

test("a replica says how far it has come: at the end, at the damage", async () => {
  const told: Progress[] = [];
  const { result } = await play({
    ...on,
    variant: "replica, delayed",
    change: lingering,
    onProgress: (progress) => told.push(progress),
  });
  expect(result.verdict).toBe("recovered");
  const last = told.filter(({ label }) => label.startsWith("Let it apply")).at(-1);
  expect(last?.doneBytes).toBeGreaterThan(0);
  expect(last?.totalBytes).toBe(last?.doneBytes);
});

/** A step of a test's own at the end of a phase. */
const then =
  (phase: "contain" | "restore", script: string) =>
  (plan: Plan): Plan => {
    const part: Action = {
      name: "sabotage",
      summary: "",
      options: undefined as never,
      gives: [],
      needs: [],
      lines: () => [{ say: "Sabotage.", script, uses: [], destroys: true }],
    };
    const after = plan.recovery.findLastIndex((step) => step.phase === phase) + 1;
    return {
      ...plan,
      recovery: [
        ...plan.recovery.slice(0, after),
        { part, options: {}, line: 1, phase },
        ...plan.recovery.slice(after),
      ],
    };
  };
const SQL = (sql: string) => `${client} --socket="$DB_SOCKET" "$DATABASE" <<'SQL'\n${sql}\nSQL`;
const no = (result: { findings: readonly { probe: string; held: string; group: string }[] }) =>
  result.findings.filter(({ group, held }) => group === "verify" && held === "no").map(({ probe }) => probe);

describe("sabotaged recoveries", () => {
  test("nothing at all", async () => {
    const { result } = await play({ ...on, change: (plan) => ({ ...plan, recovery: [] }) });
    expect(result.verdict).toBe("lost");
    expect(no(result)).toEqual(
      expect.arrayContaining(["rows", "constraints", "indexes", "objects", "sequences-ahead"]),
    );
  });
  test.each(
    some(
      "sabotaged recoveries on MariaDB",
      [
        ["half of the rows", "SET foreign_key_checks = 0; DELETE FROM orders WHERE id % 2 = 0;", "rows"],
        ["one value changed", "UPDATE orders SET total = total + 1 WHERE id = 5;", "rows"],
        ["NULL where there was an empty text", "UPDATE orders SET note = '' WHERE note IS NULL AND id = 7;", "rows"],
        ["a good write in another table undone", "DELETE FROM stock_movements ORDER BY moved_at DESC LIMIT 1;", "rows"],
        ["a check gone", "ALTER TABLE orders DROP CONSTRAINT orders_total_not_negative;", "constraints"],
        ["a foreign key gone", "ALTER TABLE payments DROP FOREIGN KEY payments_order_known;", "constraints"],
        ["an index gone", "ALTER TABLE orders DROP KEY orders_open;", "indexes"],
        ["a trigger gone", "DROP TRIGGER orders_touch;", "objects"],
        ["an event gone", "DROP EVENT forget_old_movements;", "objects"],
        ["a grant gone", "REVOKE INSERT ON orders FROM shop_app@'%';", "grants"],
      ],
      4,
    ),
  )("%s", async (_, sql, probe) => {
    const { result } = await play({ ...on, change: then("restore", SQL(sql)) });
    expect(result.verdict).toBe("lost");
    expect(no(result)).toContain(probe);
  });
  test("a counter that would hand out numbers again", async () => {
    const sql = "ALTER TABLE customers AUTO_INCREMENT = 1; DELETE FROM customers WHERE id > 100000;";
    const behind = `${sql} INSERT INTO payments (id, order_id, amount, method, paid_at) SELECT 900000, MIN(id), 1, 'x', NOW() FROM orders; ALTER TABLE payments MODIFY id BIGINT NOT NULL; ALTER TABLE payments MODIFY id BIGINT NOT NULL AUTO_INCREMENT, AUTO_INCREMENT = 1;`;
    const { result } = await play({ ...on, change: then("restore", SQL(behind)) });
    expect(result.verdict).toBe("lost");
  });
  test("a disaster that does nothing is void", async () => {
    const { result } = await play({ ...on, change: (plan) => ({ ...plan, disaster: [] }) });
    expect(result.verdict).toBe("void");
  });
});

describe("containment", () => {
  const login = (account: string) =>
    `${client} --socket="$DB_SOCKET" --user=${account} "$DATABASE" -e 'SELECT 1' >/dev/null`;
  test("the application cannot log in until it is let in again", async () => {
    const shut = `if ${login("shop_app")} 2>/dev/null; then echo "the application is still in" >&2; false; fi`;
    const { result } = await play({ ...on, change: then("contain", shut) });
    expect(result.verdict).toBe("recovered");
  });
  test("a session that was open is closed", async () => {
    const open = `{ ${client} --socket="$DB_SOCKET" --user=shop_app "$DATABASE" -e 'SELECT SLEEP(600)' >/dev/null 2>&1 & } ; sleep 0.5`;
    const { result } = await play({
      ...on,
      change: (plan) => {
        const [first] = plan.disaster;
        if (first === undefined) return plan;
        const lines: Action["lines"] = (scene, options) => [
          ...first.part.lines(scene, options),
          { say: "Somebody is in.", script: open, uses: [], destroys: false },
        ];
        return { ...plan, disaster: [{ ...first, part: { ...first.part, lines } }, ...plan.disaster.slice(1)] };
      },
    });
    expect(result.verdict).toBe("recovered");
    expect(result.commands.find(({ command }) => command.id === "contain.stop-writers")?.stdoutTail).toContain(
      "1 sessions closed",
    );
  });
});

const hiding =
  (isHidden: (key: string) => boolean) =>
  (store: Store): Store => ({
    ...store,
    async *list(prefix) {
      for await (const object of store.list(prefix)) if (!isHidden(object.key)) yield object;
    },
  });
const sources = (result: { sources: readonly { rejected: string | null }[] }) =>
  result.sources.map(({ rejected }) => rejected ?? "").join("\n");
const PIECE = /^log\/binlog\.\d+$/;

describe("copies that cannot be used", () => {
  test("a file of the log is missing: the base comes back alone, and what that loses is counted", async () => {
    const { result } = await play({ ...on, variant: "logical + log", tamper: holed });
    expect(sources(result)).toContain("the log has a hole before");
    expect(result.verdict).toBe("recovered");
    expect(result.measured).toMatchObject({ rpaMs: 40 * MINUTE, rowsMissing: 40 });
  });
  test("a file of the log was cut off", async () => {
    const tamper = rewriting((bytes, key) => (PIECE.test(key) ? bytes.subarray(0, bytes.length - 20) : bytes));
    const { result } = await play({ ...on, variant: "physical + log", tamper });
    expect(sources(result)).toContain("cannot be read to its end");
    expect(result.measured.rpaMs).toBe(40 * MINUTE);
  });
  test("an incremental whose full backup is gone", async () => {
    const tamper = hiding((key) => key.startsWith("nightly/"));
    const { result } = await play({ ...on, variant: "physical, incremental", tamper });
    expect(result.verdict).toBe("lost");
    expect(result.reasons.join()).toContain("no recovery point to restore from");
  });
  test("a dump without its closing line", async () => {
    const tamper = rewriting((bytes, key) => (key.includes("hourly") ? bytes.subarray(0, bytes.length - 60) : bytes));
    const { result } = await play({ ...on, tamper });
    expect(sources(result)).toContain("cannot be unpacked to its end");
    expect(result.sources.find((one) => (one as { chosen: boolean }).chosen)).toMatchObject({ name: "nightly" });
  });
});

/** The last file bears the next number: the one before it is gone. */
function holed(store: Store): Store {
  const was = new Map<string, string>();
  return {
    ...store,
    async *list(prefix) {
      const objects = [];
      for await (const object of store.list(prefix)) objects.push(object);
      const last = objects
        .filter(({ key }) => PIECE.test(key))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .at(-1);
      for (const object of objects) {
        const key =
          object === last
            ? object.key.replace(/\d+$/, (digits) => String(Number(digits) + 1).padStart(6, "0"))
            : object.key;
        was.set(key, object.key);
        yield { ...object, key };
      }
    },
    read: (object, from, to) => store.read({ ...object, key: was.get(object.key) ?? object.key }, from, to),
  };
}
