import { describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { flat, fromCommand, fromWord, reached, recogniser } from "../../src/gameday/milestones.ts";
import type { Milestone } from "../../src/record.ts";
import { dayOf, milestone } from "../fakes/day.ts";

const engine = (name: string) => catalog.engines.find((one) => one.name === name);
const of = (name: string) =>
  recogniser([{ shows: "detected", pattern: /\borders\b/i }, ...(engine(name)?.keyboard?.signs ?? [])], []);
const typed = (text: string, exitCode = 0) => ({ text, exitCode, beganMs: 1000, endedMs: 2000 });
const shown = (name: string, text: string, before: Milestone[] = [], exitCode = 0) =>
  fromCommand(of(name), typed(text, exitCode), dayOf(before.map((one) => milestone(one, 500)))).map(
    (one) => one.milestone,
  );

describe("what commands show", () => {
  it.each([
    ["postgres", 'psql -c "select count(*) from orders"', [], ["detected"]],
    ["postgres", 'psql -d postgres -c "ALTER DATABASE shop CONNECTION LIMIT 0"', [], ["contained"]],
    ["postgres", 'pg_dump -Fc -f "$EVIDENCE/damaged.dump" shop', [], ["preserved"]],
    ["postgres", "ls -l $STORE", [], ["listed"]],
    ["postgres", "createdb shop_side", [], ["restore-began", "restore-ended"]],
    ["postgres", "pg_restore -l x.dump", [], []],
    ["postgres", "gunzip -c $BACKUP | psql -d shop_side", [], ["restore-began", "restore-ended"]],
    ["postgres", 'psql -c "select count(*) from customers"', ["restore-began", "restore-ended"], ["verified"]],
    ["postgres", 'psql -c "ALTER DATABASE shop CONNECTION LIMIT -1"', [], ["reopened"]],
    ["postgres", "pg_dump -f new.dump shop", [], []],
    ["postgres", "pg_dump -f new.dump shop", ["reopened"], ["normal"]],
    ["postgres", 'sed -i "s/^database=.*/database=shop/" "$APP_CONFIG"', [], ["restore-began", "restore-ended"]],
    ["postgres", "psql -d shop <dump.sql", [], ["restore-began", "restore-ended"]],
    ["postgres", 'psql -d shop -c "select 1 from customers where id < 5"', [], []],
    ["mariadb", "mariadb shop <<'SQL' && FLUSH BINARY LOGS; SQL", [], []],
    ["mariadb", "awk '/CREATE DATABASE|DROP DATABASE/' x.sql", [], []],
    ["mariadb", 'mariadb -e "ALTER USER app ACCOUNT LOCK"', [], ["contained"]],
    ["mariadb", 'mariadb-dump shop >"$EVIDENCE/damaged.sql"', [], ["preserved"]],
    ["mariadb", 'mariadb shop_side <"$BACKUP"', [], ["restore-began", "restore-ended"]],
    ["mariadb", 'mariadb -e "ALTER USER app ACCOUNT UNLOCK"', [], ["reopened"]],
  ] as const)("%s: %s", (name, text, before, expected) => {
    expect(shown(name, text, [...before])).toEqual(expected);
  });

  it("what is only written down, a function or a script, was not run", () => {
    for (const text of [
      "mend() {\npsql -c 'ALTER DATABASE shop CONNECTION LIMIT 0'\n}",
      "cat >fix.sh <<'EOF'\ncreatedb x\nEOF",
    ])
      expect(shown("postgres", text)).toEqual([]);
  });

  it("a command that failed reached nothing, but somebody looked, and began", () => {
    expect(shown("postgres", "psql -c 'ALTER DATABASE shop CONNECTION LIMIT 0'", [], 1)).toEqual([]);
    expect(shown("postgres", "psql -c 'select * from orders'", [], 1)).toEqual(["detected"]);
    expect(shown("postgres", "createdb shop_side", [], 1)).toEqual(["restore-began"]);
  });

  it("begins count from the beginning of a command, ends from its end; restoring ends with the last of it", () => {
    const events = dayOf([milestone("restore-began", 100), milestone("restore-ended", 200)]);
    const [ended] = fromCommand(of("postgres"), typed("psql -f x.sql"), events);
    expect(ended).toMatchObject({ milestone: "restore-ended", playedMs: 2000 });
    const verified = dayOf([
      milestone("restore-began", 100),
      milestone("restore-ended", 200),
      milestone("verified", 300),
    ]);
    expect(fromCommand(of("postgres"), typed("psql -f x.sql"), verified)).toEqual([]);
  });

  it("whoever fetches has chosen", () => {
    expect(shown("postgres", "fogbell backups fetch hourly/x")).toEqual(["fetched", "chosen"]);
  });

  it("a line typed as printed is not guessed at, whatever a shell kept of its breaks", () => {
    const script = 'pg_dump -Fc \\\n  -f "$EVIDENCE/recovered.dump"';
    const exact = recogniser(of("postgres").signs, [{ script, shows: "normal" }]);
    const kept = 'pg_dump -Fc   -f "$EVIDENCE/recovered.dump"';
    expect(flat(script)).toBe(flat(kept));
    const found = fromCommand(exact, typed(kept), dayOf([milestone("reopened", 1)]));
    expect(found.map((one) => one.milestone)).toEqual(["normal"]);
  });

  it("what the scribe settled is not moved by a sign", () => {
    const events = dayOf([milestone("contained", null, "scribe")]);
    expect(fromCommand(of("postgres"), typed("psql -c 'ALTER DATABASE shop CONNECTION LIMIT 0'"), events)).toEqual([]);
    expect(reached(events)).toEqual({});
  });
});

describe("what words show", () => {
  const said = (how: "note" | "see" | "decide" | "tell", text: string, before: Milestone[] = []) =>
    fromWord({ how, text, playedMs: 9 }, dayOf(before.map((one) => milestone(one, 1)))).map((one) => one.milestone);
  it("decisions decide, observations observe", () => {
    expect(said("see", "orders is gone")).toEqual(["detected"]);
    expect(said("note", "declaring an incident")).toEqual(["declared"]);
    expect(said("decide", "restore from hourly")).toEqual(["chosen"]);
    expect(said("see", "we could restore from hourly")).toEqual([]);
    expect(said("see", "counts match")).toEqual([]);
    expect(said("see", "counts match", ["restore-began"])).toEqual(["verified"]);
    expect(said("decide", "reopen now")).toEqual(["reopened"]);
  });
});
