/**
 * What stands in for `sqlite3` on a machine that has only Node: so much of it as Fogbell's own lines type, on `node:sqlite`.
 * The page prints the same lines, and a test holds both programs to the same answers. It is sent into the sandbox as text:
 * the class stands by itself, and all it may use comes in as its arguments. Nothing here runs it.
 */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

type Row = Record<string, SQLOutputValue>;

class Program {
  readonly fs: typeof import("node:fs");
  readonly load: NodeJS.Require;
  readonly run: NodeJS.Process;
  readonly database: DatabaseSync;
  readonly commands: readonly string[];
  readonly before: string[] = [];
  readonly lines: string[] = [];
  pending = 0;
  line = 1;
  isReadOnly = false;
  separator = "|";

  constructor(load: NodeJS.Require, run: NodeJS.Process) {
    this.load = load;
    this.run = run;
    this.fs = load("node:fs") as typeof import("node:fs");
    const [file = ":memory:", ...commands] = this.readArguments(run.argv.slice(2));
    this.commands = commands;
    this.database = this.open(file);
  }

  readArguments(words: string[]): string[] {
    const rest: string[] = [];
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (/^--?version$/.test(word)) {
        this.print(`${this.run.versions.sqlite} node ${this.run.version}\n`);
        this.flush();
        this.run.exit(0);
      }
      if (word === "-readonly") this.isReadOnly = true;
      else if (word === "-tabs") this.separator = "\t";
      else if (word === "-cmd") this.before.push(words.shift() ?? "");
      else if (!["-batch", "-bail", "-safe"].includes(word)) rest.push(word);
    }
    return rest;
  }

  open(file: string): DatabaseSync {
    const sqlite = this.load("node:sqlite") as typeof import("node:sqlite");
    const { hash } = this.load("node:crypto") as typeof import("node:crypto");
    if (this.isReadOnly && !this.fs.existsSync(file)) this.fail(`Error: unable to open database "${file}"`);
    try {
      const database = new sqlite.DatabaseSync(file, { readOnly: this.isReadOnly, enableForeignKeyConstraints: false });
      // As the program has it: a dump makes its virtual tables by writing into the schema.
      database.enableDefensive?.(false);
      const digest = (value: SQLOutputValue, bits: SQLOutputValue = 256) =>
        value === null ? null : hash(`sha3-${bits}`, typeof value === "object" ? value : String(value), "buffer");
      database.function("sha3", { varargs: true, deterministic: true }, digest as never);
      return database;
    } catch (error) {
      return this.fail(`Error: unable to open database "${file}": ${(error as Error).message}`);
    }
  }

  flush(): void {
    let bytes = Buffer.from(this.lines.splice(0).join(""));
    this.pending = 0;
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(this.fs.writeSync(1, bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      }
    }
  }

  print(text: string): void {
    this.lines.push(text);
    this.pending += text.length;
    if (this.pending > 65_536) this.flush();
  }

  fail(text: string): never {
    this.flush();
    this.fs.writeSync(2, `${text}\n`);
    return this.run.exit(1) as never;
  }

  shown(value: SQLOutputValue): string {
    if (value === null) return "";
    if (typeof value === "object") return Buffer.from(value).toString("utf8");
    if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
    return Number.isInteger(value) ? value.toFixed(1) : String(Number(value.toPrecision(15)));
  }

  /** Where the first statement of a text ends; -1: not yet. */
  endOf(text: string): number {
    const token =
      /'[^']*(?:''[^']*)*(?:'|$)|"[^"]*(?:""[^"]*)*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\w+|;/g;
    const isTrigger = /^\s*(?:--[^\n]*\n\s*)*create\s+(?:temp\s+|temporary\s+)?trigger\b/i.test(text.slice(0, 2000));
    let inside = 0;
    for (const { 0: word, index } of text.matchAll(token)) {
      if (isTrigger && /^(begin|case)$/i.test(word)) inside += 1;
      else if (isTrigger && /^end$/i.test(word)) inside -= 1;
      else if (word === ";" && inside === 0) return index + 1;
    }
    return -1;
  }

  statement(text: string): void {
    if (/^\s*(?:--[^\n]*\n?\s*)*;?\s*$/.test(text)) return;
    try {
      const prepared = this.database.prepare(text);
      prepared.setReadBigInts(true);
      prepared.setReturnArrays(true);
      if (prepared.columns().length === 0) return void prepared.run();
      const rows = prepared.iterate() as unknown as Iterable<SQLOutputValue[]>;
      for (const row of rows) this.print(`${row.map((one) => this.shown(one)).join(this.separator)}\n`);
    } catch (error) {
      const { message, errcode = 1 } = error as Error & { errcode?: number };
      const [word, code] = errcode === 1 ? ["Parse", ""] : ["Runtime", ` (${errcode})`];
      this.fail(`${word} error near line ${this.line}: ${message}${code}`);
    }
  }

  quoted(name: unknown, mark = '"'): string {
    return `${mark}${String(name).replaceAll(mark, mark + mark)}${mark}`;
  }

  asked(text: string): Row[] {
    return this.database.prepare(text).all() as Row[];
  }

  dumpRows(table: string): void {
    const all = this.asked(`PRAGMA table_xinfo(${this.quoted(table)})`);
    const columns = all.filter(({ hidden }) => hidden === 0).map(({ name }) => this.quoted(name));
    const into = columns.length === all.length ? "" : `(${columns.join(",")})`;
    const shown = /^[a-z_][a-z0-9_]*$/i.test(table) ? table : this.quoted(table);
    const values = columns.map((name) => `quote(${name})`).join(" || ',' || ");
    const rows = this.database.prepare(`SELECT ${values} AS v FROM ${this.quoted(table)}`).iterate();
    for (const { v } of rows as Iterable<Row>) this.print(`INSERT INTO ${shown}${into} VALUES(${v});\n`);
  }

  /** How a dump makes a table; the rows of a virtual one are in tables of its own. */
  dumpTable(name: string, sql: string): void {
    if (/^create virtual table/i.test(sql)) {
      const [own, text] = [this.quoted(name, "'"), this.quoted(sql, "'")];
      this.print(
        `INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table',${own},${own},0,${text});\n`,
      );
      return;
    }
    if (name === "sqlite_sequence") this.print("DELETE FROM sqlite_sequence;\n");
    else if (/^sqlite_stat/.test(name)) this.print("ANALYZE sqlite_schema;\n");
    else if (name.startsWith("sqlite_")) return;
    else this.print(`${/^CREATE TABLE ['"]/.test(sql) ? sql.replace(/^CREATE TABLE/, "$& IF NOT EXISTS") : sql};\n`);
    this.dumpRows(name);
  }

  /** All objects, as `.dump` orders them: tables with their rows, counters, then what hangs on tables. */
  dump(): void {
    this.print("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n");
    this.database.exec("SAVEPOINT dump; PRAGMA writable_schema=ON");
    const tables = this.asked(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT NULL ORDER BY tbl_name = 'sqlite_sequence', rowid",
    );
    const writes = tables.some(({ sql }) => /^create virtual table/i.test(String(sql)));
    if (writes) this.print("PRAGMA writable_schema=ON;\n");
    for (const { name, sql } of tables) this.dumpTable(String(name), String(sql));
    const rest = "SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND type IN ('index', 'trigger', 'view')";
    for (const { sql } of this.asked(rest)) this.print(`${sql};\n`);
    this.print(`${writes ? "PRAGMA writable_schema=OFF;\n" : ""}COMMIT;\n`);
    this.database.exec("PRAGMA writable_schema=OFF; RELEASE dump");
  }

  async dotCommand(text: string): Promise<void> {
    const [, name = "", rest = ""] = /^\.(\w+)\s*(.*)$/.exec(text.trim()) ?? [];
    const word = rest.trim().replace(/^(['"])(.*)\1$/, "$2");
    if (name === "timeout") this.database.exec(`PRAGMA busy_timeout = ${Number(word)}`);
    else if (name === "dump") this.dump();
    else if (name === "backup") {
      const { backup } = this.load("node:sqlite") as typeof import("node:sqlite");
      await backup(this.database, word).catch((error: Error) => this.fail(`Error: ${error.message}`));
    } else this.fail(`Error: unknown command ".${name}"`);
  }

  /** Runs what is whole of a text, and returns the rest: all of it, when nothing follows. */
  async feed(text: string, isLast: boolean): Promise<string> {
    let rest = text;
    const step = (length: number) => {
      this.line += rest.slice(0, length).split("\n").length - 1;
      rest = rest.slice(length);
    };
    for (;;) {
      step(rest.length - rest.trimStart().length);
      const isDot = rest.startsWith(".");
      const end = isDot ? rest.indexOf("\n") + 1 : this.endOf(rest);
      if (rest === "" || (end <= 0 && !isLast)) return rest;
      const own = end <= 0 ? rest : rest.slice(0, end);
      if (isDot) await this.dotCommand(own);
      else this.statement(own);
      step(own.length);
    }
  }

  /** In pieces: a dump can be larger than a text may be. */
  async feedInput(): Promise<void> {
    const { StringDecoder } = this.load("node:string_decoder") as typeof import("node:string_decoder");
    const decoder = new StringDecoder("utf8");
    let rest = "";
    for (let isOver = false; !isOver; ) {
      const piece = Buffer.alloc(Math.max(65_536, Math.min(rest.length, 16_777_216)));
      let length = 0;
      try {
        length = this.fs.readSync(0, piece);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EAGAIN") continue;
        throw error;
      }
      isOver = length === 0;
      rest = await this.feed(rest + decoder.write(piece.subarray(0, length)), isOver);
    }
  }

  async main(): Promise<void> {
    for (const text of [...this.before, ...this.commands]) await this.feed(text, true);
    this.line = 1;
    if (this.commands.length === 0) await this.feedInput();
    this.flush();
    this.database.close();
  }
}

/** The program, as a module. */
export const PROGRAM = `import { createRequire } from "node:module";
const __name = (one) => one;
await new (${Program})(createRequire(import.meta.url), process).main();
`;
