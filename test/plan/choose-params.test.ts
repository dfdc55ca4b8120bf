/** Which table a story is about, where nobody said: by rows and by who refers to it, never one without a row. */
import { describe, expect, it } from "vitest";
import { chooseParams, readSurvey, type TableFacts } from "../../src/plan/choose-params.ts";
import type { ParamRule, ToldParam } from "../../src/scenario/param-rules.ts";

const param = (name: string, choose: ParamRule): ToldParam => ({ name, choose, say: "it", value: "x", line: 1 });
const table = (name: string, rows: number, more: Partial<TableFacts> = {}): TableFacts => ({
  table: `public.${name}`,
  rows,
  referredBy: [],
  refersTo: [],
  key: null,
  texts: [],
  ...more,
});
const fullName = (name: string) => (name.includes(".") ? name : `public.${name}`);
const choose = (params: ToldParam[], tables: TableFacts[], told: Record<string, string> = {}, roles: string[] = []) =>
  chooseParams({ params, told, tables, roles, fullName });

const TABLES = [
  table("log", 9000),
  table("rental", 500, { referredBy: ["public.payment"], refersTo: ["public.customer"], key: "id" }),
  table("customer", 100, { referredBy: ["public.rental"], texts: ["note"] }),
  table("empty", 0, { referredBy: ["public.rental"] }),
];

describe("chooseParams", () => {
  it("takes the fullest table that others refer to, and says why", () => {
    expect(choose([param("table", "referred-table")], TABLES)).toEqual({
      values: { table: "public.rental" },
      because: ["table is public.rental: 500 rows, one other table refers to it"],
    });
  });

  it("takes the fullest where nobody refers to anything, as without foreign keys", () => {
    expect(choose([param("table", "referred-table")], [table("a", 5), table("b", 7)]).values).toEqual({
      table: "public.b",
    });
  });

  it("takes a table that has what the others need", () => {
    const params = [param("table", "referred-table"), param("column", "text-column")];
    expect(choose(params, TABLES).values).toEqual({ table: "public.customer", column: "note" });
  });

  it("takes a parent, or the table itself", () => {
    const params = [param("table", "referred-table"), param("parent", "parent-table")];
    expect(choose(params, TABLES).values.parent).toBe("public.customer");
    expect(choose(params, [table("a", 5)]).values.parent).toBe("public.a");
  });

  it("takes the account with most rights, or the one that was told", () => {
    const params = [param("table", "referred-table"), param("role", "app-role")];
    expect(choose(params, TABLES, {}, ["films_app", "reports"])).toEqual({
      values: { table: "public.rental", role: "films_app" },
      because: [
        "table is public.rental: 500 rows, one other table refers to it",
        "role is films_app: the account with most rights to the database that may log in and is no administrator",
      ],
    });
    const told = choose(params, TABLES, { role: "reports" }, ["films_app", "reports"]);
    expect([told.values.role, told.because[1]]).toEqual(["reports", "role is reports, as told"]);
  });

  it("says that there is no such account, and never takes another", () => {
    const params = [param("table", "referred-table"), param("role", "app-role")];
    expect(() => choose(params, TABLES)).toThrow(/only administrators can log in/);
    expect(() => choose(params, TABLES, { role: "report" }, ["films_app", "reports"])).toThrow(
      /no account "report" .*; it has films_app, reports/,
    );
  });

  it("takes what was told, by either name", () => {
    expect(choose([param("table", "referred-table")], TABLES, { table: "log" }).values).toEqual({
      table: "public.log",
    });
  });

  it("names the nearest of a table that is not there", () => {
    expect(() => choose([param("table", "referred-table")], TABLES, { table: "rentals" })).toThrow(
      /no table "rentals"; did you mean "rental"\?; it has public\.log, public\.rental/,
    );
  });

  it("finds nothing where nothing fits", () => {
    expect(() => choose([param("table", "referred-table")], [table("a", 0)])).toThrow("no table holds a row");
    expect(() => choose([param("table", "referred-table"), param("c", "text-column")], [table("a", 1)])).toThrow(
      /no table has a text column/,
    );
    expect(() =>
      choose([param("table", "referred-table"), param("c", "text-column")], TABLES, { table: "log" }),
    ).toThrow(/log lacks what the story needs: a text column/);
  });
});

describe("readSurvey", () => {
  it("reads tables that hold rows, and leaves the others", () => {
    const text = 'public.a\t["public.b"]\t[]\tid\t["x","y"]\npublic.part\t[]\t[]\t\t[]\n';
    expect(readSurvey(text, new Map([["public.a", 3]]))).toEqual([
      table("a", 3, { referredBy: ["public.b"], key: "id", texts: ["x", "y"] }),
    ]);
  });
});
