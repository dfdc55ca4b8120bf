/**
 * A small shop on each engine, and its backups in every form, made by the real tools: what generators break. With the
 * ledger of the same moment, because nothing writes meanwhile.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { recordBeside } from "../../src/verify/record-beside.ts";
import { stamp } from "../../src/world/timeline.ts";
import type { Bench } from "../support/dumps.ts";
import type { Files } from "./broken.ts";

const HOUR_MS = 3_600_000;
export const STAMP = stamp(Date.now() - HOUR_MS);
/** Of the copy before it. */
export const EARLIER = stamp(Date.now() - 4 * HOUR_MS);
export const LEDGER = `shop-${STAMP}.ledger.json.gz`;

export function engineOf(name: string): Engine {
  const engine = catalog.engines.find((one) => one.name === name);
  if (engine === undefined) throw new Error(`no engine ${name}`);
  return engine;
}

const POSTGRES = `
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, name text, born date);
CREATE TABLE orders (id int PRIMARY KEY, customer bigint NOT NULL REFERENCES customers,
  total numeric(10, 2) NOT NULL CHECK (total > 0), at timestamptz NOT NULL);
CREATE TABLE parts (id serial PRIMARY KEY, price numeric(10, 2));
CREATE TABLE notes (body text);
CREATE VIEW paid AS SELECT customer, sum(total) FROM orders GROUP BY customer;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.price := NEW.price; RETURN NEW; END $$;
CREATE TRIGGER touching BEFORE UPDATE ON parts FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO customers SELECT g, 'mail-' || g || '@shop.example', 'Customer ' || g, '1970-01-01'::date + g * 100 FROM generate_series(1, 60) g;
INSERT INTO orders SELECT g, 1 + g % 60, 10.11 + g, '2026-01-01'::timestamptz + g * interval '1 hour' FROM generate_series(1, 240) g;
INSERT INTO parts (price) SELECT g + 0.51 FROM generate_series(1, 40) g;
INSERT INTO notes SELECT 'note ' || g || ' ' || md5(g::text) || md5((g * 7)::text) FROM generate_series(1, 1500) g;
`;

const MARIADB = `
CREATE DATABASE shop; USE shop;
CREATE TABLE customers (id bigint PRIMARY KEY, email varchar(100) NOT NULL UNIQUE, name varchar(100), born date);
CREATE TABLE orders (id int PRIMARY KEY, customer bigint NOT NULL, total decimal(10, 2) NOT NULL CHECK (total > 0),
  at datetime NOT NULL, FOREIGN KEY (customer) REFERENCES customers (id));
CREATE TABLE parts (id int AUTO_INCREMENT PRIMARY KEY, price decimal(10, 2));
CREATE TABLE notes (body text);
CREATE VIEW paid AS SELECT customer, SUM(total) FROM orders GROUP BY customer;
INSERT INTO customers SELECT seq, CONCAT('mail-', seq, '@shop.example'), CONCAT('Customer ', seq), '1970-01-01' + INTERVAL seq * 100 DAY FROM seq_1_to_60;
INSERT INTO orders SELECT seq, 1 + seq % 60, 10.11 + seq, '2026-01-01' + INTERVAL seq HOUR FROM seq_1_to_240;
INSERT INTO parts (price) SELECT seq + 0.51 FROM seq_1_to_40;
INSERT INTO notes SELECT CONCAT('note ', seq, ' ', MD5(seq), MD5(seq * 7)) FROM seq_1_to_1500;
`;

export async function fill(bench: Bench, engine: string): Promise<void> {
  await (engine === "postgres"
    ? bench.sh(`createdb shop && psql -Xqd shop -v ON_ERROR_STOP=1 >/dev/null <<'SQL'\n${POSTGRES}SQL`)
    : bench.sh(`mariadb --socket="$DB_SOCKET" <<'SQL'\n${MARIADB}SQL`));
}

/** What a dump program prints, packed or not. */
export async function dumped(bench: Bench, engine: string, flags = "", pack = "cat"): Promise<Buffer> {
  const program =
    engine === "postgres" ? `pg_dump ${flags} -d shop` : `mariadb-dump --socket="$DB_SOCKET" ${flags} shop`;
  await bench.sh(`${program} >"$SCRATCH/x" && ${pack} <"$SCRATCH/x" >"$SCRATCH/y"`);
  return bench.take("y");
}

/** Files below a folder of the server's scratch, by their keys. */
export async function filesOf(bench: Bench, folder: string, prefix = ""): Promise<Files> {
  const names = (await bench.sh(`cd "$SCRATCH/${folder}" && find . -type f | sed 's,^./,,' | sort`)).trim().split("\n");
  const files: Record<string, Buffer> = {};
  for (const name of names) files[`${prefix}${name}`] = await bench.take(`${folder}/${name}`);
  return files;
}

/** A backup of files by the method's own lines. */
export async function copied(bench: Bench, engine: string, options: Readonly<Record<string, unknown>>): Promise<Files> {
  const method = engineOf(engine).methods.find(({ name }) => name === "physical");
  const lines = method?.backup(`shop-${STAMP}`, method.options.parse(options)) ?? [];
  await bench.sh('rm -rf "$SCRATCH/copies" && mkdir "$SCRATCH/copies"');
  for (const { script } of lines) await bench.sh(`export BACKUP_DIR="$SCRATCH/copies"\n${script}`);
  return filesOf(bench, "copies");
}

/** The ledger of what is in the shop now. */
export async function ledgerOf(bench: Bench, engine: string, folder: string): Promise<Buffer> {
  const file = join(folder, `${engine}.ledger.json.gz`);
  const { signal } = new AbortController();
  let command = 'pg_dump --snapshot="$FOGBELL_SNAPSHOT" -d shop >/dev/null';
  if (engine === "postgres")
    Object.assign(process.env, { PGHOST: (await bench.sh('printf %s "$PGHOST"')).trim(), PGUSER: "postgres" });
  else {
    const socket = (await bench.sh('printf %s "$DB_SOCKET"')).trim();
    await writeFile(join(folder, "my.cnf"), `[client]\nuser = root\nsocket = ${socket}\n`);
    process.env.MYSQL_HOME = folder;
    command = "mariadb-dump --single-transaction shop >/dev/null";
  }
  try {
    const request = { catalog, engine, database: "shop", file, signal, onOutput: () => {} };
    await recordBeside({ ...request, command: ["sh", "-c", command] });
  } finally {
    for (const name of ["PGHOST", "PGUSER", "MYSQL_HOME"]) delete process.env[name];
  }
  return readFile(file);
}
