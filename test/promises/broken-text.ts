/** Breakages of dumps as text, line by line, in the forms that pg_dump and mariadb-dump write. */
import type { Noticed, Way } from "./broken.ts";
import type { Chance } from "./seeded.ts";

type Lines = readonly string[];

/** A way by lines: which may be chosen, and what becomes of the chosen one. */
function byLine(
  name: string,
  noticed: Noticed,
  which: (line: string, at: number, all: Lines) => boolean,
  become: (line: string, chance: Chance) => readonly string[],
): Way {
  return {
    name,
    noticed,
    change(bytes, chance) {
      const all = bytes.toString("latin1").split("\n");
      const places = all.flatMap((line, at) => (which(line, at, all) ? [at] : []));
      if (places.length === 0) throw new Error(`"${name}" has nowhere to happen`);
      const at = chance.pick(places);
      const broken = [...all.slice(0, at), ...become(all[at] ?? "", chance), ...all.slice(at + 1)];
      const text = Buffer.from(broken.join("\n"), "latin1");
      return text.equals(bytes) ? null : text;
    },
  };
}

const gone = () => [];
const twice = (line: string) => [line, line];

/** Lines of rows under a COPY of this table. */
const rowOf = (table: RegExp) => (_line: string, at: number, all: Lines) => {
  for (let above = at - 1; above >= 0; above--) {
    const line = all[above] ?? "";
    if (line.startsWith("COPY ")) return table.test(line) && all[at] !== "\\." && all[at] !== "";
    if (line === "\\." || line === "") return false;
  }
  return false;
};
const cell = (at: number, value: (old: string, chance: Chance) => string) => (line: string, chance: Chance) => [
  line
    .split("\t")
    .map((old, index) => (index === at ? value(old, chance) : old))
    .join("\t"),
];
const CUSTOMERS = /^COPY public\.customers /;
const ORDERS = /^COPY public\.orders /;
const NOTES = /^COPY public\.notes /;

/** Up to the closing line; what stands behind it is nothing that anybody misses. */
const cutBefore = (closing: string): Way => ({
  name: "cut off",
  noticed: "bad",
  change: (bytes, chance) => bytes.subarray(0, 40 + chance.below(bytes.indexOf(closing) - 40)),
});
const cutAndClosed = (closing: string): Way => ({
  name: "cut off inside a row, and its end behind it",
  noticed: "bad",
  change(bytes, chance) {
    const text = bytes.toString("latin1");
    const rows = [...text.matchAll(/mail-(\d+)@/g)].map(({ index }) => index);
    return Buffer.from(text.slice(0, chance.pick(rows) + 3) + text.slice(text.indexOf(closing)), "latin1");
  },
});
const zeros: Way = {
  name: "zeros that were never written",
  noticed: "bad",
  change(bytes, chance) {
    const copy = Buffer.from(bytes);
    const at = 200 + chance.below(bytes.length - 900);
    return copy.fill(0, at, at + 16 + chance.below(500));
  },
};
const otherTable: Way = {
  name: "a stretch missing from one table's rows into another's",
  noticed: "bad",
  change(bytes, chance) {
    const text = bytes.toString("latin1");
    const inside = (from: string) => {
      const begins = text.indexOf(from);
      const ends = text.indexOf("\n\n", begins + 10);
      return begins + from.length + chance.below(Math.max(1, ends - begins - from.length - 10));
    };
    const [from, to] = [inside("\nCOPY public.customers "), inside("\nCOPY public.notes ")].sort((a, b) => a - b);
    return Buffer.from(text.slice(0, from) + text.slice(to), "latin1");
  },
};

/** Rows of a stretch of text, a share of them; every statement stays. */
const thinned = (
  name: string,
  { of, share }: { readonly of: (line: string, at: number, all: Lines) => boolean; readonly share: number },
): Way => ({
  name,
  noticed: "ledger",
  change(bytes) {
    const all = bytes.toString("latin1").split("\n");
    let rows = 0;
    const left = all.filter((line, at) => !of(line, at, all) || rows++ % 100 >= share);
    return Buffer.from(left.join("\n"), "latin1");
  },
});
/** A statement of several lines, told by its first. */
const withoutStatement = (name: string, begins: RegExp): Way => ({
  name,
  noticed: "measured",
  change(bytes) {
    const text = bytes.toString("latin1");
    const at = text.search(begins);
    return at < 0 ? null : Buffer.from(text.slice(0, at) + text.slice(text.indexOf(";\n", at) + 2), "latin1");
  },
});

const PG_CLOSING = "-- PostgreSQL database dump complete";

export const POSTGRES_TEXT: readonly Way[] = [
  cutBefore(PG_CLOSING),
  cutAndClosed(`\n\n--\n${PG_CLOSING}`),
  zeros,
  otherTable,
  byLine("the closing line missing", "bad", (line) => line.startsWith(PG_CLOSING), gone),
  byLine(
    "the head of a COPY missing",
    "bad",
    (line) => /^COPY public\.(customers|orders|notes|parts) /.test(line),
    gone,
  ),
  byLine("the end of a COPY missing", "bad", (line) => line === "\\.", gone),
  byLine("the first line of a table missing", "bad", (line) => line.startsWith("CREATE TABLE "), gone),
  byLine(
    "a column of a table missing",
    "bad",
    (line, at, all) => /^ {4}(email|total|born|body|price)/.test(line) && !/^ALTER/.test(all[at - 1] ?? ""),
    gone,
  ),
  byLine("a parent row missing", "bad", rowOf(CUSTOMERS), gone),
  byLine("a row twice, under a key", "bad", rowOf(/^COPY public\.(customers|orders|parts) /), twice),
  byLine("a field less", "bad", rowOf(CUSTOMERS), (line) => [line.split("\t").slice(0, -1).join("\t")]),
  byLine("a field more", "bad", rowOf(ORDERS), (line) => [`${line}\tx`]),
  byLine(
    "text for a number",
    "bad",
    rowOf(ORDERS),
    cell(0, () => "twelve"),
  ),
  byLine(
    "a number too large",
    "bad",
    rowOf(CUSTOMERS),
    cell(0, (old) => `${old}99999999999999999999`),
  ),
  byLine(
    "no date",
    "bad",
    rowOf(CUSTOMERS),
    cell(3, () => "2026-02-31"),
  ),
  byLine(
    "nothing where something must be",
    "bad",
    rowOf(CUSTOMERS),
    cell(1, () => "\\N"),
  ),
  byLine(
    "a check that does not hold",
    "bad",
    rowOf(ORDERS),
    cell(2, (old) => `-${old}`),
  ),
  byLine(
    "a parent that is not there",
    "bad",
    rowOf(ORDERS),
    cell(1, (old) => `9${old}`),
  ),
  byLine(
    "bytes that are no text",
    "bad",
    rowOf(NOTES),
    cell(0, (old) => `\u00ff\u00fe${old}`),
  ),
  byLine(
    "a word where a statement begins",
    "bad",
    (line) => line.startsWith("ALTER TABLE ONLY"),
    (line) => ["shop", line],
  ),
  byLine("half of a constraint", "bad", (line) => line.startsWith("    ADD CONSTRAINT "), gone),
  byLine("half of a function", "bad", (line) => /^ {4}LANGUAGE /.test(line), gone),
  byLine("a word of the dump program", "bad", rowOf(ORDERS), (line) => ["pg_dump: error: query failed", line]),
  byLine("a row missing, of no parent", "ledger", rowOf(ORDERS), gone),
  byLine("a row missing, of a table without a key", "ledger", rowOf(NOTES), gone),
  byLine("a row twice, without a key", "ledger", rowOf(NOTES), twice),
  byLine(
    "a digit changed in a value",
    "ledger",
    rowOf(ORDERS),
    cell(2, (old) => old.replace(/\d/, (digit) => String((Number(digit) % 9) + 1))),
  ),
  byLine(
    "a letter changed in a value",
    "ledger",
    rowOf(NOTES),
    cell(0, (old) => old.replace(/[a-z]/, (letter) => (letter === "q" ? "w" : "q"))),
  ),
  byLine(
    "a value emptied",
    "ledger",
    rowOf(CUSTOMERS),
    cell(3, () => "\\N"),
  ),
  thinned("a table emptied", { of: rowOf(NOTES), share: 100 }),
  thinned("a third of a table's rows missing", { of: rowOf(NOTES), share: 33 }),
  withoutStatement(
    "a unique constraint missing",
    /ALTER TABLE ONLY public\.customers\n {4}ADD CONSTRAINT customers_email/,
  ),
  withoutStatement("a foreign key missing", /ALTER TABLE ONLY public\.orders\n {4}ADD CONSTRAINT orders_customer_fkey/),
  withoutStatement("a trigger missing", /CREATE TRIGGER /),
];

const MY_CLOSING = "-- Dump completed";
const inserts = (table: string) => (line: string) => line.startsWith(`INSERT INTO \`${table}\` VALUES (`);
/** mariadb-dump --skip-extended-insert: a row a line. */
const value = (change: (all: string[], chance: Chance) => string[]) => (line: string, chance: Chance) => {
  const [, head = "", values = ""] = /^(INSERT INTO `\w+` VALUES \()(.*)\);$/.exec(line) ?? [];
  return [`${head}${change(values.split(","), chance).join(",")});`];
};
const at = (index: number, become: (old: string) => string) =>
  value((all) => all.map((old, number) => (number === index ? become(old) : old)));

export const MARIADB_TEXT: readonly Way[] = [
  cutBefore(MY_CLOSING),
  cutAndClosed(`\n${MY_CLOSING}`),
  zeros,
  byLine("the closing line missing", "bad", (line) => line.startsWith(MY_CLOSING), gone),
  byLine("the first line of a table missing", "bad", (line) => line.startsWith("CREATE TABLE "), gone),
  byLine("a column of a table missing", "bad", (line) => /^ {2}`(email|total|born|body|price)`/.test(line), gone),
  byLine("half of a table", "bad", (line) => line.startsWith(") ENGINE="), gone),
  byLine("a row twice, under a key", "bad", (line) => /^INSERT INTO `(customers|orders|parts)`/.test(line), twice),
  byLine(
    "a field less",
    "bad",
    inserts("customers"),
    value((all) => all.slice(0, -1)),
  ),
  byLine(
    "a field more",
    "bad",
    inserts("orders"),
    value((all) => [...all, "1"]),
  ),
  byLine(
    "no quote",
    "bad",
    inserts("customers"),
    at(1, (old) => old.replace("'", "")),
  ),
  byLine("no comma", "bad", inserts("orders"), (line) => [line.replace(/(\d),(\d)/, "$1 $2")]),
  byLine("no semicolon", "bad", inserts("orders"), (line) => [line.slice(0, -1)]),
  byLine("a parent row missing", "bad", inserts("customers"), gone),
  byLine(
    "a parent that is not there",
    "bad",
    inserts("orders"),
    at(1, (old) => `9${old}`),
  ),
  byLine(
    "nothing where something must be",
    "bad",
    inserts("customers"),
    at(1, () => "NULL"),
  ),
  byLine(
    "a check that does not hold",
    "bad",
    inserts("orders"),
    at(2, (old) => `-${old}`),
  ),
  byLine(
    "text for a number",
    "bad",
    inserts("orders"),
    at(0, () => "'twelve'"),
  ),
  byLine(
    "a word where a statement begins",
    "bad",
    (line) => line.startsWith("LOCK TABLES"),
    (line) => ["shop;", line],
  ),
  byLine("a word of the dump program", "bad", inserts("orders"), (line) => [
    "mysqldump: Error 2013: Lost connection",
    line,
  ]),
  byLine("a row missing, of no parent", "ledger", inserts("orders"), gone),
  byLine("a row missing, of a table without a key", "ledger", inserts("notes"), gone),
  byLine("a row twice, without a key", "ledger", inserts("notes"), twice),
  byLine(
    "a digit changed in a value",
    "ledger",
    inserts("orders"),
    at(2, (old) => old.replace(/\d/, (digit) => String((Number(digit) % 9) + 1))),
  ),
  byLine(
    "a letter changed in a value",
    "ledger",
    inserts("notes"),
    at(0, (old) => old.replace(/[a-z]/, (letter) => (letter === "q" ? "w" : "q"))),
  ),
  byLine(
    "a value emptied",
    "ledger",
    inserts("customers"),
    at(3, () => "NULL"),
  ),
  thinned("a table emptied", { of: inserts("notes"), share: 100 }),
  thinned("a third of a table's rows missing", { of: inserts("notes"), share: 33 }),
  {
    name: "a unique constraint missing",
    noticed: "measured",
    // With the comma before it: it may be the last of its table.
    change(bytes) {
      const text = bytes.toString("latin1");
      const without = text.replace(/,\n {2}UNIQUE KEY `email` [^\n]*?(?=,?\n)/, "");
      return without === text ? null : Buffer.from(without, "latin1");
    },
  },
];
