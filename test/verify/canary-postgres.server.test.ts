import { afterAll, beforeAll, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { type Breakage, singAll } from "../support/canary.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { LONG, some } from "../support/long.ts";

const engine = catalog.engines.find(({ name }) => name === "postgres") as Engine;

const SCHEMA = `
CREATE TYPE mood AS ENUM ('zqcanary_happy', 'zqcanary_sad');
CREATE TABLE parents (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, name varchar(40) NOT NULL CHECK (name <> ''));
CREATE TABLE children (id bigint PRIMARY KEY, parent bigint NOT NULL REFERENCES parents, note text NOT NULL, doc jsonb,
  tags text[], mood mood, born date, at timestamptz, raw bytea, price numeric(30, 2) CHECK (price > 0));
INSERT INTO parents SELECT 73450917345091000 + g, 'zqcanary-' || g || '@mail.example', 'Zqcanary ' || g FROM generate_series(1, 60) g;
INSERT INTO children SELECT 73450917345091500 + g, 73450917345091000 + g, E'zqcanary''s\\nnote ' || g,
  jsonb_build_object('zqcanary', 'zqcanary ' || g), ARRAY['zqcanary', 'b' || g], 'zqcanary_sad', '2026-01-01'::date + g,
  now(), 'zqcanary'::bytea, 73450917345091.25 FROM generate_series(1, 60) g;
CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION E'row %\\n%', NEW.email, NEW.name; END $$;
CREATE FUNCTION quoting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || quote_ident(NEW.email); RETURN NEW; END $$;
CREATE FUNCTION naming() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('SELECT * FROM %I', NEW.email); RETURN NEW; END $$;
CREATE FUNCTION casting() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE a int; BEGIN a := NEW.name; RETURN NEW; END $$;
CREATE FUNCTION posing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'duplicate key value violates unique constraint "%"', NEW.email USING ERRCODE = '23505', DETAIL = NEW.email, HINT = NEW.name, TABLE = NEW.name; END $$;
CREATE FUNCTION warning() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'row %', NEW.email; RETURN NEW; END $$;
`;

type Change = (dump: string) => string;
const beforeTrailer =
  (sql: string): Change =>
  (dump) =>
    dump.replace("\n--\n-- PostgreSQL database dump complete", `\n${sql}\n\n--\n-- PostgreSQL database dump complete`);
const rowOf = (table: string) => new RegExp(`(COPY public\\.${table} [^\\n]*\\n)([^\\n]*)\\n`);
const row =
  (table: string, change: (cells: string[]) => string[]): Change =>
  (dump) =>
    dump.replace(rowOf(table), (_, head: string, cells: string) => `${head}${change(cells.split("\t")).join("\t")}\n`);
const cell = (table: string, at: number, value: (old: string) => string): Change =>
  row(table, (cells) => cells.map((old, index) => (index === at ? value(old) : old)));
const trigger =
  (name: string): Change =>
  (dump) =>
    dump.replace(
      "\nCOPY public.parents",
      `\nCREATE TRIGGER x BEFORE INSERT ON public.parents FOR EACH ROW EXECUTE FUNCTION public.${name}();\nCOPY public.parents`,
    );

/** Ways to break a dump whose rows come by COPY. */
const COPIED: Readonly<Record<string, Change>> = {
  "a row twice": (dump) => dump.replace(rowOf("parents"), "$1$2\n$2\n"),
  "an address twice": row("parents", ([, ...rest]) => ["1", ...rest]),
  "a field less": row("children", (cells) => cells.slice(0, -2)),
  "a field more": row("parents", (cells) => [...cells, "zqcanary"]),
  "text for a number": cell("parents", 0, () => "zqcanary"),
  "a number out of range": cell("parents", 0, () => "7345091734509173450917345091"),
  "no date": cell("children", 6, () => "zqcanary"),
  "no JSON": cell("children", 3, () => "{zqcanary}"),
  "no array": cell("children", 4, () => "zqcanary"),
  "no mood": cell("children", 5, () => "zqcanary"),
  "too long": cell("parents", 2, (old) => old.repeat(20)),
  "check violated": cell("children", 9, () => "-73450917345091"),
  "nothing where something must be": cell("children", 2, () => "\\N"),
  "no parent": cell("children", 1, () => "734509173450917"),
  "numeric overflow": cell("children", 9, () => `73450917345091${"1".repeat(40)}`),
  "a byte that is none": cell("parents", 1, (old) => `${old}\u00ff`),
  "no head of COPY": (dump) => dump.replace(/\nCOPY public\.parents [^\n]*\n/, "\n"),
  "no end of COPY": (dump) => dump.replace(/\n\\\.\n/, "\n"),
  "columns swapped": (dump) => dump.replace("public.parents (id, email, name)", "public.parents (email, id, name)"),
  "another type": (dump) => dump.replace("email text", "email integer"),
  "a function that says the row": trigger("loud"),
  "a function that quotes the row": trigger("quoting"),
  "a function that looks for the row": trigger("naming"),
  "a function that casts": trigger("casting"),
  "a function that poses": trigger("posing"),
  "a function that warns": trigger("warning"),
  "a cast": beforeTrailer("SELECT 'zqcanary'::int;"),
  "a quoted name": beforeTrailer('SELECT "zqcanary-1@mail.example";'),
  "a bare name": beforeTrailer("SELECT zqcanary;"),
  "a name of a table": beforeTrailer('SELECT * FROM "zqcanary-1@mail.example";'),
  "an open string": beforeTrailer("SELECT 'zqcanary"),
  "an open name": beforeTrailer('SELECT "zqcanary'),
  "an open body": beforeTrailer("DO $x$ zqcanary"),
  "no statement": beforeTrailer("zqcanary zqcanary-1@mail.example;"),
  "a block that raises": beforeTrailer("DO $$ BEGIN RAISE EXCEPTION 'zqcanary'; END $$;"),
  "a command of nobody's": beforeTrailer("\\zqcanary zqcanary"),
  "an echo": beforeTrailer("\\echo zqcanary"),
  "a row as a number": beforeTrailer("SELECT email::int FROM public.parents;"),
  "a row as a statement": beforeTrailer("DO $$ BEGIN EXECUTE (SELECT email FROM public.parents LIMIT 1); END $$;"),
  "a row as a message": beforeTrailer(
    "DO $$ BEGIN RAISE EXCEPTION USING MESSAGE = (SELECT email FROM public.parents LIMIT 1), ERRCODE = '22P02', COLUMN = 'zqcanary'; END $$;",
  ),
  "a row as a name": beforeTrailer(
    "DO $$ BEGIN EXECUTE format('DROP TABLE %I', (SELECT email FROM public.parents LIMIT 1)); END $$;",
  ),
  "a row that is asserted": beforeTrailer(
    "DO $$ BEGIN ASSERT false, (SELECT email FROM public.parents LIMIT 1); END $$;",
  ),
  "a file of the machine": beforeTrailer(
    "DO $$ BEGIN PERFORM lo_export(lo_from_bytea(0, 'zqcanary'), current_setting('data_directory') || '/zq'); PERFORM pg_read_file('zq')::int; END $$;",
  ),
  "a file that is named by a row": beforeTrailer("SELECT pg_read_file(email) FROM public.parents;"),
  "a division": beforeTrailer("SELECT 1 / (length(email) - length(email)) FROM public.parents;"),
  "a unique index too late": beforeTrailer("CREATE UNIQUE INDEX zq ON public.children ((tags[1]));"),
  "a check too late": beforeTrailer("ALTER TABLE public.parents ADD CONSTRAINT zq CHECK (email = '');"),
  "cut among the rows": (dump) => dump.slice(0, dump.indexOf("zqcanary-30@")),
  "cut, and its end behind it": (dump) => dump.slice(0, dump.indexOf("zqcanary-30@") + 4) + dump.slice(-200),
};

/** And one whose rows come by INSERT. */
const INSERTED: Readonly<Record<string, Change>> = {
  "a row twice, inserted": (dump) => dump.replace(/(\nINSERT INTO public\.parents [^\n]*)/, "$1$1"),
  "no quote": (dump) => dump.replace(/'zqcanary-1@/, "zqcanary-1@"),
  "no closing quote": (dump) => dump.replace("@mail.example', 'Zq", "@mail.example, 'Zq"),
  "no comma": (dump) => dump.replace("@mail.example', ", "@mail.example' "),
  "double quotes": (dump) => dump.replace(/'(zqcanary-1@mail\.example)'/, '"$1"'),
  "a value more": (dump) => dump.replace("@mail.example', ", "@mail.example', 'zqcanary', "),
  "no parenthesis": (dump) => dump.replace(/(INSERT INTO public\.parents VALUES )\(/, "$1"),
  "cut in a statement": (dump) => dump.slice(0, dump.indexOf("zqcanary-30@") + 3),
};

/** Bytes turned at random, always the same: what nobody thought of. */
function turned(name: string, ending: string, dump: Buffer, count: number): Breakage[] {
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
  const from = Math.max(0, dump.indexOf("zqcanary"));
  return Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.from(dump);
    for (let turn = 0; turn <= index % 5; turn++)
      bytes[from + random(bytes.length - from)] = [39, 34, 10, 9, 92, 59, 0xff, 36][random(8)] ?? 0;
    return { name: `${name} ${index + 1}`, ending, bytes };
  });
}

let folder: Awaited<ReturnType<typeof testFolder>>;
let breakages: Breakage[] = [];
beforeAll(async () => {
  folder = await testFolder();
  await using bench = await openBench(engine);
  await bench.sh(`createdb shop && psql -Xqd shop -v ON_ERROR_STOP=1 >/dev/null <<'SQL'\n${SCHEMA}SQL`);
  const dump = async (flags: string) => {
    await bench.sh(`pg_dump ${flags} -d shop -f "$SCRATCH/x"`);
    return bench.take("x");
  };
  const [copied, inserted, archive, rows] = [
    await dump("-Fp"),
    await dump("-Fp --inserts"),
    await dump("-Fc -Z0"),
    await dump("-Fc -Z0 --inserts"),
  ];
  const changed = (text: Buffer, changes: Readonly<Record<string, Change>>) =>
    Object.entries(changes).map(([name, change]): Breakage => {
      const bytes = Buffer.from(change(text.toString("latin1")), "latin1");
      if (bytes.equals(text)) throw new Error(`"${name}" changes nothing`);
      return { name, ending: "sql", bytes };
    });
  breakages = [
    ...some("broken backups of PostgreSQL", [...changed(copied, COPIED), ...changed(inserted, INSERTED)], 3),
    ...turned("turned bytes", "sql", copied, LONG ? 20 : 1),
    ...turned("turned bytes, inserted", "sql", inserted, LONG ? 20 : 1),
    ...turned("turned bytes of an archive", "dump", archive, LONG ? 15 : 1),
    ...turned("turned bytes of an archive, inserted", "dump", rows, LONG ? 10 : 1),
  ];
}, 120_000);
afterAll(() => folder[Symbol.asyncDispose]());

test(
  "the marker is in no sink, and what is broken is not called good",
  () => singAll(folder.path, "postgres", breakages),
  1_200_000,
);
