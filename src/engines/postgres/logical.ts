/** Logical backups: pg_dump in its plain, custom and directory formats, told apart by their content. */

import { z } from "zod";
import { defineMethod } from "../../define.ts";
import { messageBefore, messageInDump, messageOf, withoutMessages } from "../../host/dump-messages.ts";
import { folderOf } from "../../host/key-parts.ts";
import { type Compression, layersOf, unpacked } from "../../host/packing.ts";
import type { BackupFacts, Content, DumpReader, Gathered, Line, StoredObject } from "../../parts.ts";
import { thenPack } from "../compressing.ts";
import { fromArchive, isAlone, isWhole, layOut, placesOf } from "./archive-copy.ts";
import { archiveFacts } from "./archive-header.ts";
import { PSQL } from "./client.ts";
import { dumpReader } from "./dump-reader.ts";
import { startOf, startOfArchive } from "./dump-start.ts";
import { recover } from "./loading.ts";
import { CLUSTER, TRAILER } from "./named-databases.ts";

const options = z.strictObject({
  format: z
    .enum(["plain", "custom", "directory"])
    .default("custom")
    .describe("pg_dump's output format.")
    .meta({ examples: ["custom", "plain"] }),
  compress: z
    .enum(["none", "gzip", "zstd"])
    .optional()
    .describe("How the backup is compressed. Default: gzip inside custom and directory archives, none for plain text.")
    .meta({ examples: ["gzip", "zstd"] }),
  "names-target": z
    .boolean()
    .default(false)
    .describe("The dump drops and makes its database by name, wherever it is restored. Only as plain text.")
    .meta({ examples: [true] }),
});
type Options = z.infer<typeof options>;

/**
 * Dump first, compress after: in `pg_dump | gzip > file` the pipe's exit code is gzip's, and a failed dump becomes a
 * small archive that passes `gzip -t`.
 */
function backup(stem: string, made: Options): readonly Line[] {
  const uses = ["PGHOST", "PGDATABASE", "BACKUP_DIR"];
  const line = (say: string, script: string): Line => ({ say, script, uses, destroys: false });
  const globals = line(
    "Back up roles and what they may do.",
    `pg_dumpall --globals-only -f "$BACKUP_DIR/${stem}.globals.sql"`,
  );
  const { outer, inner } = packedBy(made);
  if (made.format === "directory") {
    const level = inner === "none" ? " -Z0" : "";
    return [
      line(
        "Back up the database into a directory.",
        `pg_dump -Fd -j2${level} -f "$BACKUP_DIR/${stem}.dir" -d "$PGDATABASE"`,
      ),
      globals,
    ];
  }
  const plain = made["names-target"] ? "-Fp -C --clean --if-exists" : "-Fp";
  const flags = made.format === "plain" ? plain : inner === "gzip" ? "-Fc" : "-Fc -Z0";
  const file = `"$BACKUP_DIR/${stem}.${made.format === "plain" ? "sql" : "dump"}"`;
  return [
    line("Back up the database.", `pg_dump ${flags} -f ${file} -d "$PGDATABASE"${thenPack(outer, file)}`),
    globals,
  ];
}

/**
 * An archive cleans what it restores over; a plain dump needs an empty database, or makes one by the name it was taken
 * from, whichever database it was given (traps: `pg_dump -C --clean` fed to `psql -d scratch`).
 */
function over(made: Options): readonly Line[] {
  const uses = ["PGHOST", "PGDATABASE", "TAKEN"];
  const taken = unpacked(layersOf(packedBy(made).outer), '"$TAKEN"');
  const line = (say: string, script: string): Line => ({ say, script, uses, destroys: true });
  if (made.format !== "plain")
    return [
      line(
        "Restore the archive over the living database.",
        `${taken} | pg_restore --clean --if-exists --exit-on-error -d "$PGDATABASE"`,
      ),
    ];
  if (made["names-target"])
    return [
      line(
        "Try the backup out, in a database of its own.",
        `createdb "$PGDATABASE"_scratch &&\n${taken} | ${PSQL} -o /dev/null -d "$PGDATABASE"_scratch`,
      ),
    ];
  return [
    line(
      "Restore the dump in the place of the living database.",
      `dropdb --force "$PGDATABASE" && createdb -T template0 -E UTF8 "$PGDATABASE" &&\n${taken} | ${PSQL} -o /dev/null -d "$PGDATABASE"`,
    ),
  ];
}

/** Plain dumps are compressed from outside; archives compress themselves, except with zstd. */
function packedBy({ format, compress }: Options): { outer: Compression; inner: Compression | null } {
  const outer = format === "plain" || (format === "custom" && compress === "zstd") ? (compress ?? "none") : "none";
  return { outer, inner: format === "plain" ? null : (compress ?? "gzip") };
}

/** A directory archive is one backup: its members share a folder that holds a table of contents. */
function gather(objects: readonly StoredObject[]): Gathered[] {
  const leads = objects.filter(({ key }) => key.endsWith("/toc.dat"));
  const directories = new Set(leads.map(({ key }) => folderOf(key)));
  const alone = objects.filter(({ key }) => !directories.has(folderOf(key)));
  return [
    ...leads.map((lead) => ({
      lead,
      members: objects.filter(({ key }) => folderOf(key) === folderOf(lead.key)),
    })),
    ...alone.map((lead) => ({ lead, members: [lead] })),
  ];
}

/** The first line of either kind of dump is one of these. */
const HEADER = "-- PostgreSQL database ";

function facts(options: Options): BackupFacts {
  return {
    engine: "postgres",
    method: "logical",
    isDump: true,
    format: options.format,
    packing: layersOf(packedBy(options).outer),
    complete: "unknown",
    because: "not made yet",
  };
}

/** Zones without a name are written as numbers of hours (`-03`), which stand right behind a time of ISO 8601. */
const asIso = (text: string) => text.replace(" ", "T").replace(/ (?=[+-]\d)/, "");

/** Of a whole cluster the list of its databases must be seen: roles alone are no backup of rows. */
function isPlain(head: string): boolean {
  const isCluster = head.slice(0, 200).includes(`${CLUSTER}\n`) && head.includes("\n-- Databases\n");
  return isCluster || head.slice(0, 2000).includes("-- PostgreSQL database dump\n");
}

/** A dump whose comments were taken out on the way: what pg_dump sets first, in its order. */
const UNSIGNED =
  /^\s*(?:\\restrict \w+\s+)?SET statement_timeout = 0;\s+SET lock_timeout = 0;[\s\S]*?\nSET client_encoding = '[\w-]+';/;

/** As the reader of statements tells it: a function's body stands before the tables, and may say INSERT. */
function isRowsFirst(bytes: Uint8Array): boolean {
  const reader = dumpReader();
  reader.push(bytes);
  const first = reader.end().statements.find(({ kind }) => /^(CREATE (UNLOGGED )?TABLE|COPY|INSERT)\b/.test(kind));
  return first !== undefined && !first.kind.startsWith("CREATE");
}

/** What comes first decides: tables are made before their rows are, and before what is put on them (`--section=post-data`). */
const isWithoutTables = (head: string) =>
  /^-- (Data for |Statistics for )?Name: .*; Type: ([A-Z ]+);/m
    .exec(head)?.[2]
    ?.match(/^(TABLE DATA|SEQUENCE SET|BLOBS?|(FK |CHECK )?CONSTRAINT|INDEX|TRIGGER|RULE|STATISTICS DATA)$/) != null;

function plainFacts(
  head: string,
  tail: string | null,
): Omit<BackupFacts, "engine" | "method" | "isDump" | "packing"> | null {
  const own = messageOf(head);
  const text = own === null ? head : withoutMessages(head);
  const isUnsigned = !isPlain(text) && UNSIGNED.test(text.slice(0, 2000));
  if (!isUnsigned && !isPlain(text)) return null;
  const message = own ?? messageBefore(head.slice(0, 4000), HEADER);
  const server = /-- Dumped from database version (\S+)/.exec(head)?.[1];
  const tool = /-- Dumped by pg_dump version (\S+)/.exec(head)?.[1];
  // `pg_dump -v` says it, with the zone of its machine.
  const began = /^-- Started on (\d{4}-[\d-]{5} [\d:]{8} \S{1,10})\r?$/m.exec(head)?.[1];
  const complete = tail === null || isUnsigned ? "unknown" : tail.includes(TRAILER) ? "yes" : "no";
  const common = {
    format: "plain",
    ...startOf(head, server),
    ...(server === undefined ? {} : { serverVersion: server }),
    ...(tool === undefined ? {} : { toolVersion: tool }),
    ...(began === undefined ? {} : { made: { text: asIso(began), at: "begin" } as const }),
    ...(isWithoutTables(head) ? { lacks: "tables" as const } : {}),
  };
  if (message !== null) return { ...common, complete: "no", because: messageInDump(message) };
  if (isUnsigned)
    return {
      ...common,
      ...(isRowsFirst(Buffer.from(text, "latin1")) ? { lacks: "tables" as const } : {}),
      complete,
      because: "without its comments: known when it has been read to its end",
    };
  return {
    ...common,
    complete,
    because: {
      yes: "it ends with pg_dump's closing line",
      no: "pg_dump's closing line is missing: it was cut off",
      unknown: "compressed: known when it has been read to its end",
    }[complete],
  };
}

function inspect(content: Content): BackupFacts | null {
  const { head, tail, packing } = content;
  const common = { engine: "postgres", method: "logical", isDump: true, packing } as const;
  const archive = archiveFacts(content);
  if (archive !== null) {
    return {
      ...common,
      ...archive,
      ...startOfArchive(head, archive),
      complete: "unknown",
      because: "an archive: known when it has been read to its end",
    };
  }
  // A dump in an archive is seen as its member.
  if (content.members !== undefined) return null;
  const plain = plainFacts(head.toString("latin1"), tail?.toString("latin1") ?? null);
  return plain === null ? null : { ...common, ...plain };
}

function check(facts: BackupFacts): readonly Line[] {
  const common = {
    say: "Read the copy to the end. Check that it's complete and stays inside its target.",
    uses: placesOf(facts),
    destroys: false,
    ifNot: "Don't restore it. Take the next older backup.",
  };
  if (facts.format === "plain")
    return [
      {
        ...common,
        uses: ["BACKUP"],
        script: 'fogbell backups check "$BACKUP"',
        own: "check",
        without: `${unpacked(facts.packing)} | tail -n 8 |\n  grep "^${TRAILER}"`,
        expect: '"whole" and a number of lines.',
      },
    ];
  const one = facts.format === "custom" ? `${isAlone(facts)} &&\n` : "";
  const script = `${isWhole(facts)}${one}${fromArchive(facts, "pg_restore -f /dev/null")}`;
  return [...layOut(facts), { ...common, script, expect: "No output, and exit code 0." }];
}

/** Everything of an archive but its rows, as SQL. */
export function dumpText(facts: BackupFacts): { line: Line; reader: DumpReader } | null {
  if (facts.method !== "logical" || facts.format === "plain") return null;
  const read = "pg_restore --schema-only -f -";
  const line = {
    say: "Read what the archive creates, without its rows.",
    script: fromArchive(facts, read),
    uses: placesOf(facts),
    destroys: false,
  };
  return { line, reader: dumpReader() };
}

export const logical = defineMethod<Options>({
  name: "logical",
  summary: "pg_dump, plain, custom or directory format, with pg_dumpall's globals.",
  options,
  gives: ["side-restore", "one-table"],
  side: "database",
  over,
  variants: [{ name: "logical", options: () => ({}), log: false }],
  backup,
  gather,
  facts,
  inspect,
  check,
  recover,
});
