/**
 * The contracts: every kind of part Fogbell is made of, and the values that pass between them.
 * Read this file first. Parts are pure: they turn facts into `Command`s and read `Outcome`s back; only `world/` and
 * `drill/` run anything. A part is one file (or one engine folder) plus one line in `catalog.ts`.
 */
import type { z } from "zod";
import type { BuiltScript } from "./built-script.ts";
import type { UnreadableKind } from "./errors.ts";
import type { GateReport } from "./gated.ts";
import type { ClientError, ErrorReader } from "./host/client-errors.ts";
import type { Packing } from "./host/packing.ts";
import type { Shown } from "./host/redact.ts";
import type { DrillEvent, DrillResult, Milestone, Objectives, Opening, Progress } from "./record.ts";

/**
 * What a part can do or must have. Compared when planning, so that nothing starts for a drill that cannot work. Nobody has
 * one unless something gives it: an engine gives those whose phrases it knows, by knowing them (`Protocols`).
 */
export type Capability =
  | keyof Protocols
  | keyof CopyProtocols
  | "copies" // somebody's own backups can be opened and looked into (`Engine.copies`)
  | "loopback" // an application in a container of its own can reach the engine's server (`Engine.loopback`)
  | "side-restore" // a backup can be restored beside the damaged database
  | "one-table" // one table can be copied out of a side restore
  | "point-in-time" // a restore can go on through the log, to a moment that no backup was taken at
  | "named-point" // a moment of the log can be given a name
  | "retention" // the world prunes its backups
  | "log" // the world archives the server's log
  | "application" // something stands for the application's own settings
  | "offsite" // the world keeps backups in a second store of their own
  | "no-network"; // the sandbox proves that nothing inside can reach out

/** The stages of a drill, in order. `world` to `proof` set the scene; `contain` to `normal` are the measured recovery. */
export const PHASES = [
  "world",
  "healthy",
  "damage",
  "proof",
  "contain",
  "preserve",
  "locate",
  "fetch",
  "restore",
  "verify",
  "reopen",
  "normal",
  "cleanup",
] as const;
export type Phase = (typeof PHASES)[number];

/** The phases in which a scenario's recovery steps may stand; `locate`, `fetch` and `verify` are the drill's own. */
export const STEP_PHASES = ["contain", "preserve", "restore", "reopen", "normal"] as const;
export type StepPhase = (typeof STEP_PHASES)[number];

/** Who a part is. */
export interface Part<Options = unknown> {
  /** The word in YAML, and the name of the file or folder. */
  readonly name: string;
  /** One line, for lists, the schema and the docs. */
  readonly summary: string;
  /** What the part can be told. A strict zod object; its keys appear in YAML beside the part's name. */
  readonly options: z.ZodType<Options>;
  readonly gives: readonly Capability[];
  readonly needs: readonly Capability[];
}

/** Environment variables that name places (folders, databases, roles, files). Never row values. */
export type Places = Readonly<Record<string, string>>;

/** Every place of a procedure by its name: what it means, for the page, and what it was in this drill. */
export type PlaceTable = Readonly<Record<string, { readonly meaning: string; readonly value: string }>>;

/**
 * What a command says and does, before it knows where in a procedure it stands.
 * `script` is POSIX sh, at most 72 columns a line where it is printed, with places only as `$NAMES` that `uses` lists, so
 * that the same text is valid in a container, in a local process and on paper.
 */
export interface Line {
  /** An order in plain words: "Copy the table back with its keys." */
  readonly say: string;
  readonly script: string;
  /**
   * The value that `script` was printed from, where an engine built it as one: each client, its flags, the SQL, where its
   * output goes. Whoever wants another script makes a changed value and prints that (`built-script.ts`). In no record.
   */
  readonly built?: BuiltScript;
  /** Names of the places that the script and `progress` refer to, without the `$`: those that a page has to list. */
  readonly uses: readonly string[];
  /** What a person should see when it went well. */
  readonly expect?: string;
  /** What to do when it did not. */
  readonly ifNot?: string;
  /** Whether it changes or removes something that cannot be had back from here. Such lines run only behind an identity check. */
  readonly destroys: boolean;
  /** It keeps the application from writing: the step that STOP on a page sends people to. */
  readonly stopsWriters?: true;
  /** A script that prints "done total" (bytes) while the command runs: our ETA, and the page's "slow or stuck?". */
  readonly progress?: string;
  /** One of Fogbell's own commands: a drill runs it in its own process, on the copy as it was fetched. */
  readonly own?: "check";
  /** What to type instead where there is no Fogbell. Not drilled, and the page says so. */
  readonly without?: string;
  /** It is somebody's own script: what it prints about a failure has no form that a reader knows. */
  readonly isOwn?: boolean;
  /** What it looks at or goes through is the log beside the copy: when it fails, the copy itself may still hold. */
  readonly about?: "log";
}

/** One line of a procedure. The drill runs it, the runbook prints it, and there is no third copy. */
export interface Command extends Line {
  /** Unique within a drill and stable between runs: `restore.copy-table-back.2`. */
  readonly id: string;
  readonly phase: Phase;
}

/** What came of a command. A non-zero exit is an outcome, not an exception. `Shown` text is already redacted. */
export interface Outcome {
  readonly commandId: string;
  readonly exitCode: number;
  readonly durationMs: number;
  /** Standard output, whole up to the sandbox's limit (see `OUTPUT_LIMIT_BYTES`), else its tail with `truncated` set. */
  readonly stdout: Shown;
  /** Of a command whose errors were read, these as lines; nothing else of what it printed. */
  readonly stderrTail: Shown;
  /** What its programs said on standard error, when the request brought a reader. */
  readonly errors?: readonly ClientError[];
  readonly truncated: boolean;
}

/** More output than this is drained but only its tail kept. */
export const OUTPUT_LIMIT_BYTES = 32 * 1024 * 1024;

/**
 * How a check of a copy ends beside 0. With `otherVersion` it prints `version <TAB> of the copy <TAB> of this server`. Of a
 * log: `otherLog` is of another server, and `shortLog` ends before the copy was taken, so that there is nothing to go
 * through. Any other code says that it is not whole, and what it printed is why. A script's own codes begin at 10.
 */
export const CHECK_ENDS = { leaves: 3, notWhole: 4, notAlone: 5, otherVersion: 6, otherLog: 8, shortLog: 9 } as const;

// ---------------------------------------------------------------------------------------------- engines and methods

/** 1. A database system: how to start one, and what to say to it. Pure. */
export interface Engine<O = unknown> extends Part<O> {
  /** Major versions this engine's phrases are written for, newest last. */
  readonly versions: readonly string[];
  readonly methods: readonly Method[];
  readonly phrases: Phrases;
  /** What is asked of a copy that was restored from somebody's own backup. Absent: it is drilled, and not verified. */
  readonly copies?: CopyPhrases;
  /** Reads the text of such a backup; null: it is no text of statements, or its program has to print it first. */
  dumpReader?(facts: BackupFacts): DumpReader | null;
  /** Prints the text of one whose program keeps it packed, without its rows, for a reader; null: there is none. */
  dumpText?(facts: BackupFacts): { readonly line: Line; readonly reader: DumpReader } | null;
  /**
   * Reads what its programs print about a failure. What it does not understand is left out: a client quotes statements and
   * rows, and none of them may enter a record.
   */
  readonly readErrors: ErrorReader;
  /** How its log is archived, when it has one that a restore can go on through. */
  readonly log?: LogArchive;
  /** How a server of this version is made and started; `settings` are the server's own, asked for by methods and the log. */
  server(version: string, options: O, settings?: Settings): ServerSpec;
  /** How an application in a container of its own reaches the server, over the sandbox's own loopback. Absent: it cannot. */
  readonly loopback?: Loopback;
  /** What it gives people who recover by hand; absent where nobody has thought of it yet. */
  readonly keyboard?: Keyboard;
  /**
   * What there is nothing of in such a database, each with why: a question about it, or a step of a recovery that brings it
   * back, is left out of a plan, and the plan says so. What is only not known yet does not belong here.
   */
  readonly declines?: Readonly<Partial<Record<Capability, string>>>;
  /** What its programs and scripts call the damaged server, the damaged database, and the restored one beside it. */
  places(request: PlaceRequest): PlaceTable;
}

export interface Loopback {
  /** Lets the server listen there, and nowhere else. */
  readonly settings: Settings;
  /** What applications usually read: host, port, database. */
  environment(database: string): Places;
}

/** What people at a keyboard get from an engine. Pure. */
export interface Keyboard {
  /** Opens its client on the damaged database; places stand in it as `$NAMES`. */
  readonly client: string;
  /** The variable that names the file in which the client keeps what was typed into it. */
  readonly history: string;
  /** What the keys of the application's configuration mean: key to the name of a place. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly signs: readonly Sign[];
  /** Something that asks a database or its server anything: the first look, where a story does not say at what. */
  readonly look: RegExp;
  /**
   * Looks at the database that the application's configuration names, without touching it, and prints lines of words with
   * tabs between: `closed` and `yes`, `no` or `gone`; `access` and a word that changes with who may come in, where there is
   * one; `db`, a database's identity and its name, for each. A server that does not answer is a failure.
   */
  readonly watch: Line;
  /** Its programs: what is typed to them says what they do, but where it says that they read it from a file. */
  readonly programs: readonly string[];
  readonly includes: RegExp;
  /** How the text of a backup begins, unpacked, or the name of a file that only a backup has. */
  readonly backup: { readonly begins: RegExp; readonly named: RegExp };
}

/** What shows, in something that a person typed, that they reached something. */
export interface Sign {
  readonly shows: Milestone;
  readonly pattern: RegExp;
}

/** Lines of a server's configuration: name to value, as the configuration file wants it. `$ARCHIVE` is expanded. */
export type Settings = Readonly<Record<string, string>>;

export interface PlaceRequest {
  readonly folders: ServerFolders;
  /** The application's database. */
  readonly database: string;
  /** Where the chosen backup is restored to: a database of the same server, or a server of its own. */
  readonly side: Side;
  /** The folder of the replica that is meant by the side; null when it is a restored server. */
  readonly replica: string | null;
  /** The application uses the side by now: the names of the damaged server and database mean it. */
  readonly moved?: boolean;
}

/** A logical backup comes back as a database of the damaged server; a copy of files needs a server of its own. */
export type Side = "database" | "server";

/** A server's log, archived piece by piece: what happened since a base backup. Pure. */
export interface LogArchive {
  /** Pieces are moved from `$ARCHIVE` to the store; a repository stays there and is copied, so that it can grow. */
  readonly stays: boolean;
  /** How exactly a time in the log is written, in milliseconds. */
  readonly resolutionMs: number;
  /** What the server needs so that finished pieces are copied to `$ARCHIVE`. */
  readonly settings: Settings;
  /** Ends the current piece and waits until everything committed so far lies in `$ARCHIVE`. */
  close(): Line;
  /** Gives this moment a name, to come back to; absent where the log knows no names. */
  namePoint?(point: string): Line;
  /** Whether an object's name, without folders, is that of a piece. */
  isPiece(name: string): boolean;
  /** Whether a piece is needed by a restore that begins with the piece `from`. Both are names without folders. */
  isNeeded(piece: string, from: string): boolean;
  /** What to take so that a backup says where in the log it stands, where some do not. */
  readonly placeTold?: string;
  /** Which of several lives of its server a piece is of, where a log goes on in another one after each; the highest is gone through. */
  lineOf?(piece: string): string;
  /** Whether the first pieces may be in the backup itself, so that those beside it can begin later. */
  readonly maybeBrought?: boolean;
  /**
   * Whether a piece that begins so can be of the log that such a backup goes on through, as its first or as a later one;
   * null: nobody can tell. Total.
   */
  isOf?(head: Buffer, facts: BackupFacts, isFirst: boolean): boolean | null;
  /** Whether an object is a piece of the log that `from` is of, under a name that `isPiece` does not know. */
  isAlso?(piece: string, from: string): boolean;
  /**
   * Of a log that lies among its repository's own objects: what sorts pieces as the server wrote them, of a key that is one;
   * null: it is none.
   */
  pieceAmong?(key: string): string | null;
  /**
   * Prints Unix milliseconds of the last commit that was gone through, nothing when there was none. Asked of a restored
   * server whose log does not say itself when it ends.
   */
  reached?(): Line;
  /** What a piece itself says of its times, by its start and its end; absent where it says nothing. Total. */
  timesIn?(content: Pick<Content, "head" | "tail">, sizeBytes: number): LogTimes | null;
  /** Which of a backup's own objects tells whose log it needs; absent where its facts do. */
  teller?(
    members: readonly StoredObject[],
  ): { readonly object: StoredObject; whose(content: Content): string | null } | null;
}

/**
 * When a piece of log was begun, and when what stands last in it was written, where that is known; `seenMs` where not all of
 * it was read, and its end is no earlier. Unix milliseconds.
 */
export interface LogTimes {
  readonly begunMs: number;
  readonly seenMs?: number;
  readonly endedMs?: number;
}

/** Folders inside a server's sandbox. Absolute paths as the server sees them. */
export interface ServerFolders {
  readonly data: string;
  readonly socket: string;
  /** Fetched backups and working files. */
  readonly scratch: string;
  /** The preserved damaged state. */
  readonly evidence: string;
  /** Where the server archives its log; moved to the store from there. */
  readonly archive: string;
  /** Data and socket of a server that a backup is restored into, beside the damaged one. */
  readonly side: string;
}

/** A server's recipe: image *and* binaries, so that docker and local read the same spec. */
export interface ServerSpec {
  readonly engine: string;
  readonly version: string;
  /** The official Debian-based image. */
  readonly image: string;
  /** What `fogbell images build` makes of distribution packages when nothing can be pulled. */
  readonly builtImage: string;
  /** Debian packages for `builtImage`, and the suite that carries them; none when Debian does not. */
  readonly packages: readonly string[];
  readonly suite: string;
  /** The unprivileged account inside the image that owns `home`; also tried by the local sandbox when started as root. */
  readonly account: string;
  /** A folder of the image that `account` owns; the sandbox mounts its volume there. */
  readonly home: string;
  /** Programs that must be on the path, and folders where distributions keep them. */
  readonly binaries: readonly string[];
  /**
   * What stands in for a program where it is not installed: its name, and the text of a module that Fogbell's own Node runs in
   * its place. Absent: nothing does.
   */
  readonly standIns?: Readonly<Record<string, string>>;
  /** Prints the version of the installed programs, which must begin with `version`. */
  readonly askVersion: readonly [string, ...string[]];
  readonly binaryFolders: readonly string[];
  /** Environment the engine's programs expect, from the sandbox's folders. */
  environment(folders: ServerFolders): Places;
  /** Makes an empty data folder. */
  readonly make: Line;
  /** Writes the server's settings and starts it. Run again after `shutDown`, and on a data folder that came from elsewhere. */
  readonly start: Line;
  /** Ends it in good order, everything written. */
  readonly shutDown: Line;
  /** Stop it at once, without ceremony. */
  readonly stop: Line;
}

/** Where on its log a restore stops. A backup without a log comes back as it was taken, whatever the target. */
export type Target =
  | { readonly to: "before-damage"; readonly by: "time" | "position" }
  | { readonly to: "named-point"; readonly point: string }
  | { readonly to: "end-of-log" };

// ------------------------------------------------------------------------------------------------------------ dumps

/** Reads the text of a dump as it comes, in pieces cut anywhere. Pure; keeps no more than a piece. */
export interface DumpReader {
  push(piece: Uint8Array): void;
  /** Nothing comes any more: what was read. */
  end(): DumpStory;
}

/**
 * What a dump says, told by reading its text in its own language. What lies in strings, quoted bodies, comments and rows
 * is never a statement. Lines count from 1. Holds names of objects, never a value of a row; only the engine's own
 * reader makes one.
 */
export interface DumpStory {
  /** When it was begun or completed, as its text says. */
  readonly made?: MadeAt;
  /** Whose log it goes on in, as its text says; as `BackupFacts.logOf`. */
  readonly logOf?: string;
  readonly lines: number;
  readonly bytes: number;
  readonly end: DumpEnd;
  /** What would act elsewhere than in the database that it is restored into, in the order of the text. */
  readonly leaves: readonly Leaving[];
  /** Lines that only say whom a replica follows and from where; a restore leaves them out. Not among `leaves`. */
  readonly leftOut?: readonly (LineRange & { readonly what: string })[];
  /** The databases that it makes or enters by name, in the order of the text. Each once. */
  readonly databases: readonly DumpDatabase[];
  /** In the order of the text. Temporary ones are none. */
  readonly tables: readonly DumpTable[];
  /** Runs of statements, in the order of the text. Equal ones beside each other, such as INSERT, are one run. */
  readonly statements: readonly StatementRun[];
  /** Accounts and roles that it names without making them, as stored. */
  readonly roles: readonly string[];
  /** Those that it makes itself. */
  readonly rolesMade: readonly string[];
  readonly extensions: readonly string[];
  /** Storage engines of its tables, as written; of which database, in a dump of several. */
  readonly engines?: readonly { readonly name: string; readonly database?: string }[];
  /** Those that it puts tables and indexes into, and does not make. */
  readonly tablespaces: readonly string[];
  /** Accounts under which routines, views, triggers or events run, where the language says so: `app@%`. */
  readonly definers: readonly string[];
  /** What it says its text is encoded in, as written. */
  readonly encodings: readonly string[];
  /** Whether it brings structure and rows: one of two halves is no whole backup. Both false: neither. */
  readonly hasStructure: boolean;
  readonly hasRows: boolean;
  /** Drops what it makes, before it makes it. */
  readonly drops: boolean;
  readonly largeObjects: number;
  /** The first line that a program wrote about its work into the dump, which program, and its words where they are known. */
  readonly noise: { readonly line: number; readonly program: string; readonly says?: string } | null;
  /** Lines by which it limits its own client, and takes that back: allowed wherever they stand. */
  readonly limits: readonly number[];
}

/** `untold`: such text has no closing line, and nothing in it is open. */
export type DumpEnd =
  | { readonly is: "whole" | "untold" }
  | { readonly is: "cut"; readonly line: number; readonly where: CutPlace };

/**
 * Where a dump ends too early: among a table's rows, inside a statement, a string, a comment, between statements (its
 * closing line is missing), at a command that ends the client, or at bytes that no dump holds.
 */
export type CutPlace = "rows" | "statement" | "string" | "comment" | "closing-line" | "quit" | "zeros";

/** Kinds of what would act elsewhere. `unclear`: its client could read it otherwise than we do. */
export type LeavingKind =
  | "client-command"
  | "database"
  | "program"
  | "file"
  | "server"
  | "tablespace"
  | "subscription"
  | "replication"
  | "account"
  | "unclear";

export interface Leaving {
  readonly kind: LeavingKind;
  readonly line: number;
  /** Its words, from a list of our own and never of the dump's: `DROP DATABASE`, `\connect`, `a command of psql`. */
  readonly what: string;
  /** The database that it names, when it is one of `databases`. */
  readonly database?: string;
}

/** Lines of a dump, both included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** One of the databases that a dump names. */
export interface DumpDatabase {
  readonly name: string;
  /** Its part of the text, with what stands before and around all of them and is needed. */
  readonly lines: readonly LineRange[];
  /** Lines in it that only make, drop, change or enter it by name: left out, the rest restores under any name. */
  readonly own: readonly LineRange[];
}

export interface DumpTable {
  /** As the engine's questions name it. */
  readonly name: string;
  readonly line: number;
  /** Rows that the dump brings for it; null where its text does not tell. */
  readonly rows: number | null;
  /** Which database it belongs to, of a dump that names several. */
  readonly database?: string;
}

/** Statements of one kind that follow each other. */
export interface StatementRun extends LineRange {
  /** Its first words in capitals, as many as tell it from others: `COPY`, `CREATE TABLE`, `ALTER TABLE ADD CONSTRAINT`. */
  readonly kind: string;
  /** The object that it is about, as stored, where the kind has one. */
  readonly name?: string;
}

// ---------------------------------------------------------------------------------------------------------- methods

/** A way to make backups and to come back from them. Pure. */
export interface Method<O = unknown> extends Part<O> {
  readonly side: Side;
  /** What the server needs for it, beside its log. */
  readonly settings?: Settings;
  /** Programs it needs beside the server's own. */
  readonly programs?: readonly string[];
  /** Present when the copy is a running server and lies in no store: there is nothing to fetch, and it goes on by itself. */
  readonly live?: LiveCopy<O>;
  /** Files of the user's, beside the scenario, that it runs; `restore` is the one that restores, when there is one. */
  scripts?(options: O): { readonly files: readonly string[]; readonly restore?: string | undefined };
  /** A repository of its own, which holds the log as well; used instead of the engine's archive. */
  readonly repository?: LogArchive;
  /** Files the backup consists of, made inside the server in `$BACKUP_DIR`; `stem` starts each file's name. */
  backup(stem: string, options: O): readonly Line[];
  /** Which objects together are one backup of this method, by their names. Default: each object alone. */
  gather?(objects: readonly StoredObject[]): readonly Gathered[];
  /** What such a backup will say of itself, for dry runs; `inspect` of the real one must agree. */
  facts(options: O): BackupFacts;
  /** Reads content, never names. `null` = not mine. Takes any bytes and never throws. */
  inspect(content: Content): BackupFacts | null;
  /** Puts `$TAKEN`, a copy of such a backup, over the living database, as a person does by mistake. */
  over?(options: O): readonly Line[];
  /** Reads the fetched copy to its end and exits 0 only when it is whole and harmless, else as `CHECK_ENDS` says. `$BACKUP` is the copy. */
  check(facts: BackupFacts, target: Target): readonly Line[];
  /** Restores `$BACKUP` into `$SIDE_DATABASE`, which it creates, and goes on through `$LOG` when the facts say so. */
  recover(facts: BackupFacts, target: Target): readonly Line[];
  /** Removes what `recover` made. Default: the engine's `dropSide`, which it then has to know. */
  removeSide?(): readonly Line[];
  /** The ways to use it that are worth comparing on one disaster. */
  readonly variants: readonly Variant[];
}

/**
 * A second server that follows the first. Its lines run with the side's places standing for the replica's own, and
 * `Method.backup` makes it.
 */
export interface LiveCopy<O = unknown> {
  /** How far it keeps behind the first server, in milliseconds; 0 when it follows at once. */
  delayMs(options: O): number;
  /** Waits until it has applied what was committed so far, and holds it there while it goes on receiving. */
  hold(): Line;
  /** Waits until it has received what was committed so far and, unless it is held, applied it. */
  arrive(held: boolean): Line;
}

/** One way to use a method, for a comparison of methods. */
export interface Variant {
  readonly name: string;
  /**
   * What the backup is told; `index` counts the world's backups, oldest first: the first may have to be a full one.
   * Null when this way needs no such backup.
   */
  options(index: number): Readonly<Record<string, unknown>> | null;
  readonly log: boolean;
}

/** Several objects that are one backup. `lead` is the one to inspect. */
export interface Gathered {
  readonly lead: StoredObject;
  readonly members: readonly StoredObject[];
  /** Its other members show that it is a whole copy, whatever its lead says: increments were applied to it since. */
  readonly isWhole?: boolean;
  /** The moments are those of the objects, whatever is in their names. */
  readonly byObjectTime?: boolean;
  /** Other backups have members of it, too. */
  readonly shared?: boolean;
  /** These members are meant for a backup that needs those before it. */
  readonly chain?: boolean;
  /** The latest moment it can be brought to, when its members tell. */
  readonly reachAt?: string;
}

/** An object as a method looks at it: below the layers that it is packed in. */
export interface Content {
  /** The start. */
  readonly head: Buffer;
  /** The end; null when only unpacking all of it would tell. */
  readonly tail: Buffer | null;
  readonly packing: Packing;
  /** Of an archive the names of its members, as far as the start goes. */
  readonly members?: readonly string[];
  /** When the file in its layers was written last, in milliseconds, as they say. */
  readonly writtenAtMs?: number;
  /** Whether everything in its archive is of that one second, as an archive is told that is to be the same each time. */
  readonly isOneTime?: boolean;
}

/** What a backup says of itself. */
export interface BackupFacts {
  readonly engine: string;
  readonly method: string;
  readonly format: string;
  /** How it is packed, outermost first; `unpacked` of `host/packing.ts` prints what takes it off. */
  readonly packing: Packing;
  /** As printed in the backup's header, when readable: "15.18". */
  readonly serverVersion?: string;
  readonly toolVersion?: string;
  readonly database?: string;
  /** When it was made, as it says itself. */
  readonly made?: MadeAt;
  /**
   * Half of a backup: rows without the tables that they belong into, as `--data-only` leaves them; or tables whose rows lie
   * in text files beside them, as `--tab` does; or both without what comes behind the rows, such as keys.
   */
  readonly lacks?: "tables" | "rows" | "rest";
  /** Of a dump that names its databases: the one that is meant, restored without the lines that make or enter it by name. */
  readonly only?: string;
  /** The lines of its text that are meant then. */
  readonly lines?: readonly LineRange[];
  /** What an empty database refuses of it although nothing is wrong with it: its restore goes around that. */
  readonly goesAround?: readonly ("drops" | "public")[];
  /** Its text limits its own client from its first statement on. */
  readonly limitsClient?: boolean;
  /** The encoding of its text, when it is not the one that a restored database has anyway. */
  readonly encoding?: string;
  /** The first version whose servers load it as it is, when the one that it was taken from is older. */
  readonly loadsFrom?: string;
  /** `unknown` until the copy has been read to its end. */
  readonly complete: "yes" | "no" | "unknown";
  readonly because: string;
  /** The piece of the log from which it can be brought further than its own moment; absent when it cannot. */
  readonly logFrom?: string;
  /** The place in that piece, where the engine counts places within pieces. */
  readonly logPosition?: string;
  /** Whether the log from there on lies beside it. */
  readonly hasLog?: boolean;
  /** Whose log that is, where the backup says so, as its engine tells servers apart. */
  readonly logOf?: string;
  /** What pieces of the log are packed with. */
  readonly logPacking?: Packing;
  /** By itself nobody can tell whether its newest rows are in it: in words, behind "read to its end". */
  readonly mayMiss?: string;
  /** Whether it needs the backups before it. */
  readonly isChain?: boolean;
  /** Between which places of the server's own changes a copy of files lies; a full one begins at 0. */
  readonly span?: { readonly from: string; readonly to: string };
  /** What a repository calls this backup. */
  readonly label?: string;
  /** A dump: the rows of the moment at which it began, restored as a database of a server that runs. Absent: files. */
  readonly isDump?: boolean;
  /** A server that runs, and no file. */
  readonly isLive?: boolean;
  /** The user's script that restores it, by its file's name. */
  readonly script?: string;
  /** To be restored one after another: what it holds needs an order that several jobs at once do not keep. */
  readonly inOrder?: boolean;
  /** When the file that was packed was written last, as its archive or its gzip says: a copy of that keeps it. */
  readonly fileAt?: string;
  /** Whether everything that is packed with it is of that one second. */
  readonly isOneTime?: boolean;
}

/** One restorable thing in a store. */
export interface RecoveryPoint {
  /** Its first object's key, and `@version` where the store lists versions; unique within a store. */
  readonly id: string;
  readonly name: string;
  readonly store: string;
  /** One object, or the members of a directory-format backup. */
  readonly objects: readonly StoredObject[];
  /** Roles and grants that go with it (globals), when found. */
  readonly globals?: StoredObject;
  /** The ledger of the same moment that was recorded with it, when found. */
  readonly ledger?: StoredObject;
  /** The archived log since, oldest piece first; empty when there is none or the method cannot use it. */
  readonly log: readonly StoredObject[];
  readonly moment: Moment;
  /** The latest moment it can be brought to: the end of its log, or its own moment. */
  readonly reach: Moment;
  /** The times of its log's objects are of a copying, or nothing tells that they are not; absent where they count. */
  readonly logTimes?: "copied" | "open";
  readonly sizeBytes: number;
  readonly facts: BackupFacts;
  /** Why nothing is known of what is in it; absent when it can be read. */
  readonly unreadable?: Unreadable;
  /** Log beside it that it was not or cannot be brought through; absent when there is none. */
  readonly leftLog?: LeftLog;
  /** A piece of log beside it that a program was still receiving: what it holds is newer than `reach`. */
  readonly unfinishedLog?: string;
  /** When its objects are files of one night that are read one after another, as one text: each, in that order. */
  readonly parts?: readonly BackupPart[];
  /** Where its job wrote down what its objects hash to: for a key the object that may hold its sum. */
  readonly sums?: readonly { readonly of: string; readonly object: StoredObject }[];
}

/**
 * Why a log that lies beside a backup is not gone through. `hole`: its first piece is missing, and others are there;
 * `torn`: what was found when it was read; `other-server`: it is not this server's; `several`: there are several of the
 * same names; `unread`: packed in a form that is not read here; `no-place`: the backup does not say where in it it stands.
 */
export interface LeftLog {
  readonly kind: "hole" | "torn" | "other-server" | "several" | "unread" | "no-place";
  /** The piece, or the first of several, that is named for it. */
  readonly key: string;
  /** The piece that is needed first, where the backup tells. */
  readonly wanted?: string;
  /** What was found, or how it is packed. */
  readonly because?: string;
}

/** One file of a backup that one night left in several. */
export interface BackupPart {
  readonly object: StoredObject;
  /** `rest` comes last: routines, triggers, views. */
  readonly role: "structure" | "table" | "data" | "rest";
  /** What it says of itself; null: nobody recognises it by itself. */
  readonly facts: BackupFacts | null;
}

/** When a recovery point was made, and how we know. */
export interface Moment {
  /** The earliest that it may be: an age that is counted from it does not flatter. */
  readonly at: string;
  readonly from: MomentSource;
  /** The latest that it may be; absent when that is the same. */
  readonly latest?: string;
  /** Where it stands among copies of its job: milliseconds, by what its name says, whatever the zone; absent when it says nothing. */
  readonly order?: number;
  /** Why it is not plainly what its source says. */
  readonly doubt?: MomentDoubt;
}

export type MomentSource = "name" | "content" | "object-time";

/**
 * `no-zone`: the name has none, and nothing else tells it. `zone-found`: the name is in a zone that far from UTC, as objects
 * show that were there before it. `zone-west`: it may be, as objects are always that much later; it is not counted so.
 * `differs`: another source says another moment. `set-time`: files in it have a time that was given to them, far from all others. `ahead`: it lies in the future.
 */
export type MomentDoubt =
  | { readonly kind: "no-zone" }
  | { readonly kind: "zone-found" | "zone-west"; readonly offsetMinutes: number; readonly nights: number }
  | { readonly kind: "differs"; readonly other: MomentSource; readonly otherAt: string }
  | { readonly kind: "set-time"; readonly otherAt: string }
  | { readonly kind: "ahead" };

/** A time that a backup carries inside: as its program wrote it, with a zone or in its server's own. */
export interface MadeAt {
  readonly text: string;
  /** Whether the backup began then, or was complete. */
  readonly at: "begin" | "end";
}

/**
 * An engine's language: intentions in, lines out. Actions and probes speak only through these, and only this layer
 * quotes identifiers. Tables are `schema.table` or `table` (then `public`).
 * Questions print tab-separated lines without headers; the shape of each is in its comment.
 * By purpose: what a drill itself needs, then small protocols. An engine knows a protocol whole or not at all, and lacks it
 * by default; a part that speaks one names it in `needs`, so that the planner says what is lacking.
 */
export interface Phrases extends WorldPhrases, RowPhrases, Partial<AllOf<Protocols>> {
  /** A table as the ledger names it, from what a scenario calls it. Not a question: no line. Default: as it is called. */
  fullName?(table: string): string;
}

/** The optional protocols, each by the capability that knowing it gives. */
export interface Protocols {
  readonly tables: TablePhrases;
  readonly writers: WriterPhrases;
  readonly evidence: EvidencePhrases;
  readonly sql: SqlPhrases;
  readonly catalogue: CataloguePhrases;
  readonly sequences: SequencePhrases;
  readonly roles: RolePhrases;
  readonly "side-databases": SideDatabasePhrases;
  readonly databases: DatabasePhrases;
  readonly siblings: SiblingPhrases;
  readonly "row-repair": RepairPhrases;
  readonly reading: ReadingPhrases;
  readonly pages: PagePhrases;
  readonly files: FilePhrases;
  readonly sessions: SessionPhrases;
}

type AllOf<T> = { [K in keyof T]: (one: T[K]) => void }[keyof T] extends (all: infer All) => void ? All : never;

/** The phrases as actions and probes hear them: all of them, because the planner has refused what an engine lacks. */
export type Language = Required<Phrases>;

/** What a drill itself says, whatever its story: to build a world, and to see that it is there. Every engine has these. */
export interface WorldPhrases {
  /** Creates the application's database and roles, and fills it from a named preset. */
  preset(request: PresetRequest): readonly Line[];
  /** Creates the heartbeat table (`fogbell.heartbeat`) in `$PGDATABASE`. */
  createHeartbeat(): Line;
  /** Commits one tick after another from `fromMs` (exclusive) to `toMs` (inclusive), in simulated Unix milliseconds. */
  writeTicks(request: TicksRequest): Line;
  /** `newest heartbeat in Unix milliseconds <TAB> number of heartbeats`, empty when there is none. */
  newestHeartbeat(database: "production" | "side"): Line;
  /** `bytes`. */
  databaseSize(): Line;
  /** `yes` or `no`; fails when the server does not answer. */
  databaseExists(): Line;
}

/** What the ledger is recorded by, and what came back is compared by. Every engine has these. */
export interface RowPhrases {
  /** `schema.table <TAB> hash kind <TAB> rows <TAB> key columns as a JSON array`, for every table that holds rows itself. */
  listTables(): Line;
  /** `schema.table <TAB> bucket <TAB> rows <TAB> sum of row digests`, for each non-empty bucket. */
  bucketDigests(tables: readonly DigestRequest[]): Line;
  /** `bucket(8 hex) key(16 hex) row(16 hex)`, one a row, sorted; `buckets` limits it to those. */
  keyDigests(table: DigestRequest, buckets?: readonly number[]): Line;
}

/** "tables": one table lost, and brought back into a database that lives. */
export interface TablePhrases {
  dropTable(table: string): Line;
  /** `yes` or `no`. */
  tableExists(table: string): Line;
  /** `number of rows`, or `missing` when the table does not exist. */
  countRows(table: string): Line;
  /** From `$SIDE_DATABASE` into `$PGDATABASE`: rows, keys, constraints, indexes, sequence, grants, dependent views. */
  copyTableBack(table: string): readonly Line[];
}

/** "writers": the application can be kept out and let in again. */
export interface WriterPhrases {
  stopWriters(): Line;
  resumeWriters(): Line;
}

/** "evidence": the database as it is now can be copied, damaged or recovered. */
export interface EvidencePhrases {
  copyDamaged(): readonly Line[];
  takeBackup(): Line;
}

/** "sql": a scenario brings statements and questions of its own. */
export interface SqlPhrases {
  /** How SQL writes a name that is not known beforehand. Not a question: no line. */
  inSql(name: string, what: "table" | "column"): string;
  /** Creates an empty application database for `dataset: {sql}`, then one line per file path in `$SCRATCH`. */
  loadSql(files: readonly string[]): readonly Line[];
  /** Runs the scenario's own SQL in the application's database, statement by statement; the first error ends it. */
  runSql(say: string, text: string): Line;
  /** First column of the first row of the scenario's own query, which cannot write. */
  askSql(text: string, database: "production" | "side"): Line;
}

/** "catalogue": it can say what it consists of beside rows. */
export interface CataloguePhrases {
  /** `kind <TAB> name <TAB> definition`, of every constraint, index, trigger, view, policy, grant, column. */
  catalogue(): Line;
  /** `constraint name <TAB> table <TAB> parent table <TAB> child rows without parent <TAB> distinct lost parents`. */
  orphans(): Line;
}

/** "sequences": it hands out numbers, and they can be moved. */
export interface SequencePhrases {
  /**
   * `sequence <TAB> last value handed out <TAB> table <TAB> column that takes from it <TAB> highest value in use anywhere <TAB>
   * direction`: `up`, `down`, or `round` for one that begins again. Whoever owns it, and when nobody does.
   */
  sequences(): Line;
  /** Moves every sequence or counter past what may have been handed out and lost. */
  bumpSequences(): Line;
}

/** "roles": accounts of its own, which log in. */
export interface RolePhrases {
  /** Creates the roles that are missing, with what they may do, from `$GLOBALS`. */
  restoreRoles(): Line;
  /** `yes` when the role can log in to the application's database, else `no`. */
  canLogIn(role: string): Line;
}

/** "side-databases": a restored database lies on the damaged server, beside the other. */
export interface SideDatabasePhrases {
  dropSide(): Line;
}

/** "databases": a whole database can be lost and replaced. */
export interface DatabasePhrases {
  /** Drops the application's database, and the roles that are its own. */
  dropDatabase(roles: readonly string[]): Line;
  /** What the server has: its databases with size and age of their newest row, and its roles. Changes nothing. */
  lookAround(): Line;
  /** What was restored beside becomes the application's database; the damaged one is kept or preserved before. */
  takeOver(side: Side): readonly Line[];
}

/** "siblings": a second database of similar name, that an application may be pointed at by mistake. */
export interface SiblingPhrases {
  /** Makes `$SIBLING` with the application's tables and nothing in them. */
  makeSibling(): Line;
  /** Runs the scenario's own SQL in `$SIBLING`. */
  runSqlInSibling(say: string, text: string): Line;
  /** Rows of `$SIBLING` that belong here, with numbers of their own. */
  mergeRows(table: string, where: string): readonly Line[];
}

/** "row-repair": rows are put right one by one in tables that live. */
export interface RepairPhrases {
  /** Rows of tables from the side into the living database: what it would do, then the deed. */
  repairRows(request: RepairRequest): readonly Line[];
}

/** "reading": everything can be read to its end, and what cannot is named. */
export interface ReadingPhrases {
  /** `table <TAB> why` for each table (of those named) that cannot be read to its end, then `read <TAB> number of tables`. */
  readAll(table?: string): Line;
}

/** "pages": its files have pages that a disk can spoil. */
export interface PagePhrases {
  /** Stops the server, spoils a page in the middle of a table's file, and starts it again. */
  corruptTable(table: string): Line;
  /** What people do to a table that cannot be read: they let the server skip what is broken. */
  skipBroken(table: string): Line;
}

/** "files": its server can die with its files, and they can be copied as they are. */
export interface FilePhrases {
  /** Shuts the server down and copies its files as they are, hashed. */
  copyFiles(): readonly Line[];
  /** The machine is gone: the server dies, and nothing of its data is left. */
  loseServer(): Line;
}

/** "sessions": one session can keep others waiting. */
export interface SessionPhrases {
  /** A session that holds a table and does nothing more. Ends by itself after `seconds`. */
  holdLock(table: string, seconds: number): Line;
  /** Names who blocks the restoring session, and ends it; waits until something is blocked. */
  findBlocker(): Line;
}

/** Which rows are put right, and which are left alone. */
export interface RepairRequest {
  /** For each table SQL on a row as it is now: whether the damage touched it. */
  readonly tables: Readonly<Record<string, string>>;
  /** What becomes of touched rows that the recovery point does not know. */
  readonly strangers: "delete" | "leave";
  /** For some of the tables SQL on a row as the recovery point has it: whether it is wanted at all. */
  readonly only?: Readonly<Record<string, string>> | undefined;
}

/** Why nothing is said about a backup. */
export interface Unjudged {
  readonly because: string;
  /** What to type, when it is not that this machine lacks something. */
  readonly next?: readonly string[];
}

/**
 * What is asked of a restored copy that nobody knows yet. Pure. Questions go where `Phrases` send theirs: `atCopy` makes
 * the places of the damaged database those of the copy. Answers are tab-separated lines; none holds a row's value.
 * By purpose, as `Phrases` are: what every look needs, then small protocols, known whole or not at all. What an engine does
 * not know is not asked; what somebody asked for by name is refused before anything is fetched.
 */
export interface CopyPhrases extends OpeningPhrases, Partial<AllOf<CopyProtocols>> {}

/** The optional protocols about copies, each by the capability that knowing it gives. */
export interface CopyProtocols {
  readonly "listed-tables": ListingPhrases;
  readonly "large-objects": LargeObjectPhrases;
  readonly accounts: AccountPhrases;
  readonly "foreign-keys": ForeignKeyPhrases;
  readonly structure: StructurePhrases;
  readonly moments: MomentPhrases;
  readonly collations: CollationPhrases;
  readonly "own-questions": OwnQuestionPhrases;
  readonly applications: ApplicationPhrases;
  readonly survey: SurveyPhrases;
  readonly mutations: MutationPhrases;
  readonly "held-moment": HeldMomentPhrases;
}

/** The phrases about copies as those hear them who run what was checked beforehand. */
export type CopyLanguage = Required<CopyPhrases>;

/** What opening a copy and counting it needs. Every engine whose copies are verified has these. */
export interface OpeningPhrases {
  /** A database that every server has: where a restored one is entered before its own are known. */
  readonly home: string;
  /** Databases that every server has: in a dump of a whole server nobody means them unless they are told. */
  readonly everywhere: readonly string[];
  /** Settings of a server that a dump is restored into: so that what the dump brings doesn't run by being asked. */
  settings?(version: string): Settings;
  /** The places of a procedure whose production is the restored copy. */
  atCopy(places: PlaceTable): PlaceTable;
  /** Of a restored dump its programs name lines as they are in the dump, whichever part of it is meant. Default: no. */
  readonly keepsLines?: boolean;
  /** What a dump makes may call its own database by name: it is restored under that name, where there is no other server. Default: no. */
  readonly keepsName?: boolean;
  /** The program that loads rows which lie in text files beside a dump, where the engine's dumps can do that. */
  readonly loadsText?: string;
  /**
   * Before the restore: roles that the backup names (from `$GLOBALS` when it is not empty), extensions that it needs. They
   * print `role <TAB> name` and `tablespace <TAB> name` of each that they made, `subscription <TAB> name` of each that it
   * holds, and `lacks <TAB> reason <TAB> name` of what is not here. `story` is what its text tells, where it was read.
   */
  prepare(facts: BackupFacts, story: DumpStory | null): readonly Line[];
  /** Why a failure says nothing about the backup (a program too old, an extension that is not here); else null. */
  unjudged(errors: readonly ClientError[]): Unjudged | null;
  /** Databases of a restored server but the engine's own, largest first, one a line. */
  databases(): Line;
  /**
   * `table <TAB> rows <TAB> parent <TAB> history`, counted: the table that it is a part of, when it is one, and the earlier
   * versions of its rows that it keeps; both may be empty.
   */
  countAll(): Line;
}

/** "listed-tables": the tables that a dump's text makes can be looked for. */
export interface ListingPhrases {
  /** Every table of the copy, named as a dump's story names them, partitioned and foreign ones, too: JSON strings, one a line. */
  tablesThere(): Line;
}

/** "large-objects": values that lie outside of the tables that name them. */
export interface LargeObjectPhrases {
  /**
   * `held <TAB> large objects <TAB> bytes`, and `dangling <TAB> table <TAB> column <TAB> rows` that name one which is not there.
   */
  largeObjects(): LargeObjects;
  /** `name in the list of tables <TAB> large objects`, counted without reading one. */
  countLarge(): Line;
}

/** "accounts": objects run with the rights of accounts that a backup of one database does not bring. */
export interface AccountPhrases {
  /** `account <TAB> objects that run with its rights`, for each account that the copy's server does not know. */
  absent(): Line;
}

/** "foreign-keys": rows refer to rows, and that can be read without trusting the engine. */
export interface ForeignKeyPhrases {
  /**
   * Reads every foreign key: `read <TAB> keys`, and of keys that do not hold, each with `key <TAB> table <TAB> parent <TAB> rows`:
   * `broken`, with rows without their parent; `unchecked`, one that is declared to be so, with such rows; `parentless`, with
   * rows that point to a table which is not there; `elsewhere`, with rows that point into another database.
   */
  readKeys(): Line;
}

/** "structure": tables and indexes can be looked into for damage. */
export interface StructurePhrases {
  /** Looks into tables and indexes: `looked <TAB> number`, `broken <TAB> name <TAB> why`, or `skipped <TAB> why`. */
  structure(): Line;
}

/** "moments": columns keep moments, and the newest can be found. */
export interface MomentPhrases {
  /**
   * `table <TAB> column <TAB> Unix milliseconds <TAB> zoned or local` of the newest moment that is not in the future, for
   * columns of moments. `local`: the column's type has no zone, and its clock is read as if of UTC.
   */
  newestRows(): Line;
  /**
   * `Unix milliseconds <TAB> zoned or local` of the newest row that is not in the future, of those that fit SQL of
   * somebody's own; nothing when there is none.
   */
  newestRow(request: NewestRowRequest): Line;
}

/** "collations": indexes sort text by rules that have a version, and a copy may bring another. */
export interface CollationPhrases {
  /**
   * `used <TAB> rules that have a version`, and `other <TAB> index <TAB> rules <TAB> version it was built with <TAB> version
   * here`, the index named as `structure` names it.
   */
  collations(): Line;
}

/** "own-questions": somebody's own queries and commands can be asked of a copy. */
export interface OwnQuestionPhrases {
  /** Somebody's own query, which can only read, as a role or as the owner of everything. */
  query(sql: string, role: string | null): Line;
  /** Somebody's own command, with the programs' own environment pointing at the copy. */
  shell(script: string): Line;
}

/** "applications": an application can be started on a copy. */
export interface ApplicationPhrases {
  /** Lets a copy that is a server of its own be reached over the sandbox's own loopback, as `Engine.loopback` says. */
  listen(): Line;
  /** Lets an application log in under this name, without a password, to do there what the copy lets it do. */
  letIn(role: string): Line;
}

/** "survey": a story can be told about tables that nobody described. */
export interface SurveyPhrases {
  /**
   * What tables are to each other: `table as listTables names it <TAB> those that refer to it <TAB> those it refers to <TAB>
   * the whole number that is its key, or nothing <TAB> text columns that no key, index or rule uses`; lists are JSON arrays.
   */
  survey(): Line;
  /**
   * Accounts that an application may use, one a line, those with most rights to it first: each may log in to this
   * database, is no administrator, and has a name that needs no quotes.
   */
  surveyRoles(): Line;
}

/** "mutations": a copy can be spoiled in known ways, to see which check notices. */
export interface MutationPhrases {
  /** What is declared to tell a copy's age is spoiled with the rest. */
  mutations(fresh: FreshColumn | null): readonly Mutation[];
}

/** "held-moment": a ledger and a backup can see one moment of a server that goes on. */
export interface HeldMomentPhrases {
  readonly snapshot: HeldMoment;
}

/** A column whose newest moment tells how new a copy is. */
export interface FreshColumn {
  readonly table: string;
  readonly column: string;
}

/** Which row is looked for. */
export interface NewestRowRequest {
  readonly table: string;
  readonly column: string;
  readonly where?: string | undefined;
  /** Of what is in the column, when its type has none: what is the future there. */
  readonly timezone?: string | undefined;
  /** Unix milliseconds: the zone's clocks are read as they stand then. */
  readonly askedAtMs: number;
}

/** A way to spoil a copy. The line prints what it was done to, or nothing when there was nothing to do it to. */
export interface Mutation {
  readonly name: string;
  readonly line: Line;
}

/** Values that lie outside of the tables that name them, where an engine has such. */
export interface LargeObjects {
  readonly line: Line;
  /** The name under which a ledger has them, too. */
  readonly table: string;
  /** How a dump comes without them. */
  readonly leftOut: string;
}

/** One moment of a database, held open for others to read. Pure. */
export interface HeldMoment {
  /** What the programs' environment calls this database. */
  environment(database: string): Places;
  /** Prints the server's version: `15.4`. */
  version(): Line;
  /**
   * The version of the ledgers that are recorded here. It goes up when this engine digests rows in another way: sums of two
   * versions do not compare.
   */
  readonly ledgerVersion: number;
  /** Opens it, prints its name, and holds it until the pipe `$RELEASE` closes. `$SCRATCH` is for files of its own. */
  hold(): Line;
  /** The same question, asked at that moment, which `$SNAPSHOT` names. */
  at(line: Line): Line;
  /** A command to type that dumps a database at that moment, into a file that begins with `stem`. */
  example(database: string, stem: string): string;
  /** Present where a backup cannot be told the moment and opens one of its own: `hold` keeps writers out until it has. */
  readonly lock?: MomentLock;
}

/** Lines run like `HeldMoment.at`. */
export interface MomentLock {
  /** So long it may be held, in milliseconds, whether or not the backup was seen. */
  readonly longestMs: number;
  /** `0` until a backup of this database was seen to read rows. */
  seen(): Line;
  /** Lets writers go on. */
  open(): Line;
  /** Tables that keep no moments, one a line: what they hold now is not what the backup read. */
  unheld(): Line;
}

export interface PresetRequest {
  readonly name: string;
  /** Rows over all tables together, roughly. */
  readonly rows: number;
  readonly seed: number;
  /** The simulated moment the data ends, Unix milliseconds. */
  readonly untilMs: number;
}

export interface TicksRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly everyMs: number;
  /** The preset whose tables the writer knows, or null: heartbeats only. */
  readonly preset: string | null;
  readonly seed: number;
}

/** How one table is digested; fixed for a run, so that states compare. */
export interface DigestRequest {
  /** `schema.table`, each part as the engine stores it, unquoted. */
  readonly table: string;
  readonly buckets: number;
  /** Columns of the primary key; empty when there is none, and the whole row is the key. */
  readonly keyColumns: readonly string[];
  /** `record` when every column's type can be hashed as it is, else `text`. */
  readonly hash: "record" | "text";
}

// ---------------------------------------------------------------------------------------------------------- stores

/** 3. Where backups lie. Recovery receives a `Store`: a type that cannot write or delete. */
export interface StoreDriver<O = unknown> extends Part<O> {
  /** Options from a store URL (`s3://bucket/prefix?endpoint=…`, `directory:/path`), or null when the URL is not for this driver. */
  fromUrl(url: URL): unknown | null;
  open(options: O, signal: AbortSignal): Promise<Store>;
  /** Writes only under this run's prefix, which closing removes. */
  openForWorld(options: O, label: RunLabel, signal: AbortSignal): Promise<WorldStore>;
  /** Removes what runs left behind, by the label object in each run's prefix, never by name. Returns what went. */
  sweep(options: O, isOver: (label: RunLabel) => boolean, signal: AbortSignal): Promise<readonly string[]>;
}

export interface Store extends AsyncDisposable {
  /** The driver's name and place, without credentials: `s3://bucket/prefix`. */
  readonly place: string;
  /** The same place with older versions of its objects; absent when it lists them already, or cannot. */
  readonly withVersions?: string;
  /** Of one key that is listed in several versions, the newest comes first. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Bytes from `from` (inclusive) to `to` (exclusive). Retries and resumes; throws, never ends early. */
  read(object: StoredObject, from?: number, to?: number): AsyncIterable<Uint8Array>;
  /**
   * How long objects are kept, as far as the store says so: by what it answered while they were listed and read, and by
   * one request for its rules. Never a request for each object. Absent: such a store has no rules of its own.
   */
  keeping?(): Promise<(object: StoredObject) => Keeping>;
}

/** How long a store keeps an object. Moments are ISO 8601; null: it says nothing. */
export interface Keeping {
  readonly expiresAt: string | null;
  /** What said so: `lifecycle rule nightly`. */
  readonly expiresBy: string | null;
  /** Until then nobody can remove it. */
  readonly lockedUntil: string | null;
  /** `object lock, compliance`, `legal hold`. */
  readonly lockedBy: string | null;
}

export interface WorldStore extends Store {
  write(key: string, body: AsyncIterable<Uint8Array>, at?: Date): Promise<StoredObject>;
  /** What a pruning job of the world does. An object that is gone already is no error; a version that a store keeps, stays. */
  remove(key: string): Promise<void>;
  /** The same objects, for recovery: no write, no delete. */
  readOnly(): Store;
}

export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: string;
  readonly version?: string;
  /** Whatever the store says identifies the content (ETag); compare only with itself. */
  readonly tag?: string;
  /** As the store calls it; absent where it has but one, or it is the usual one. */
  readonly storageClass?: string;
  /** When it was deleted, in a store that keeps versions: it can be read, and nobody finds it without being told. */
  readonly deletedAt?: string;
  /** Why its bytes cannot be had, as far as that shows without trying. */
  readonly unreadable?: Unreadable;
}

/** One object that cannot be read, which says nothing about the others. */
export interface Unreadable {
  readonly kind: UnreadableKind;
  /** Why, in words for a list. */
  readonly because: string;
  /** What to type, so that it can be read. */
  readonly next: readonly string[];
}

/** Who made a thing and until when it may live. Stands on containers, volumes, scratch folders and store prefixes. */
export interface RunLabel {
  readonly runId: string;
  readonly expiresAt: string;
  /** Process and host that made it, so that `gc` can tell a dead run from a live one. */
  readonly pid: number;
  /** Tells the process from a later one of its number; absent or null where the system does not say. */
  readonly startedAt?: string | null;
  readonly host: string;
}

// ------------------------------------------------------------------------------------------------------- sandboxes

/** 4. Where servers live. `open` proves its own isolation, or refuses. The only door to a running thing is `run`. */
export interface SandboxDriver<O = unknown> extends Part<O> {
  /** Whether this sandbox can be used here for such a server, and why (not). Quick; starts nothing. */
  available(spec: ServerSpec, signal: AbortSignal): Promise<Availability>;
  open(label: RunLabel, options: O, signal: AbortSignal): Promise<Sandbox>;
  /** Opens a terminal inside a server that another process of ours started, and resolves with its exit code when it closes. */
  enter?(request: EnterRequest): Promise<number>;
  /** Leftovers of runs that are over, by label, never by name. Returns what went. */
  sweep(isOver: (label: RunLabel) => boolean): Promise<readonly string[]>;
}

/** How another process finds a server again: plain values, for a file. Holds no secret. */
export type Door = Readonly<Record<string, unknown>>;

export interface EnterRequest {
  readonly door: Door;
  readonly argv: readonly string[];
  /** Added to the server's own environment. */
  readonly env: Places;
  readonly terminal: Terminal;
  /** Aborts when the day is over, a moment before its world goes. */
  readonly over: AbortSignal;
}

/** The terminal of a person. */
export interface Terminal {
  readonly input: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): void;
  size(): { readonly columns: number; readonly rows: number };
  onResize(listen: () => void): Disposable;
  /** Keys come one by one and unseen while it is on. */
  raw(on: boolean): void;
}

export interface Availability {
  readonly usable: boolean;
  readonly because: string;
  /** The image that a server would be started from, where there are images. */
  readonly image?: string;
  /** What to type to make it usable. */
  readonly next: readonly string[];
}

export interface Sandbox extends AsyncDisposable {
  readonly kind: string;
  /** What isolates it, in words, each asserted: for the report. */
  readonly isolation: readonly string[];
  /** What is left open all the same. */
  readonly leavesOpen: readonly Opening[];
  /** Whether a backup that this run did not make may be opened here: only where nothing inside can reach out. */
  readonly opensForeign: boolean;
  /** The engine, kernel, processors and memory it runs on: for the report. */
  readonly hardware: Readonly<Record<string, string>>;
  /** `fill` puts a data folder there instead of `spec.make`. */
  start(spec: ServerSpec, fill?: (server: Server) => Promise<void>): Promise<Server>;
  /** Starts an application that shares the server's loopback, and no other network; what it returns stops it. Absent where nothing can. */
  attach?(application: ApplicationSpec): Promise<AsyncDisposable>;
}

/** An application of the user's, in a container beside the server. */
export interface ApplicationSpec {
  readonly image: string;
  /** Instead of the image's own command; empty leaves it. */
  readonly command: readonly string[];
  readonly env: Places;
}

export interface RunRequest {
  readonly command: Command;
  /** Reads standard error: the outcome then holds what it understood, and no other text. Default: as it was printed. */
  readonly readErrors?: ErrorReader;
  /** Added to the server's own environment. */
  readonly places: Places;
  readonly signal: AbortSignal;
  /** Receives standard output as it comes; `Outcome.stdout` then stays empty. Not redacted: for digests only. */
  readonly sink?: (chunk: Uint8Array) => void;
  /**
   * Fed to standard input, which is empty otherwise. What it throws ends the command and is thrown; that the command took
   * all of it is for the command's exit code to tell.
   */
  readonly source?: AsyncIterable<Uint8Array>;
}

export interface Server extends AsyncDisposable {
  readonly folders: ServerFolders;
  /** The image (with digest) or the binaries that run. */
  readonly made: string;
  /** How many jobs of a restore it runs at once, by its processors and its memory. */
  readonly jobs: number;
  /** Resolves when the process has *ended*. Refuses a command that `destroys` unless the identity inside is this run's. */
  run(request: RunRequest): Promise<Outcome>;
  put(path: string, body: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void>;
  get(path: string): AsyncIterable<Uint8Array>;
  /** For `SandboxDriver.enter`, where the sandbox knows it. */
  readonly door?: Door;
  /** Kills the server's processes as a crash would. */
  kill(): Promise<void>;
}

// ----------------------------------------------------------------------------------------------- actions and probes

/** What an action or a probe is told. */
export interface Scene {
  readonly phrases: Language;
  /** The truth, once it was recorded. */
  readonly ledger: LedgerView;
  /** Simulated moment of the damage, Unix milliseconds; before the damage, the moment it is due. */
  readonly damagedAtMs: number;
  /** How the server's log is archived; null when it is not. */
  readonly log: LogArchive | null;
  /** How the chosen recovery point's method restores it; nothing until a source is chosen. */
  restore(target: Target): readonly Line[];
  /** How what it restored is removed again. */
  removeSide(): readonly Line[];
  /** The copies that were found, when a probe counts them (`Probe.countsCopies`); else empty. */
  readonly copies: readonly FoundCopy[];
  /** Where the chosen recovery point is restored to. */
  readonly side: Side;
  /** How a copy of the backup of this name, taken into the sandbox, is put over production. */
  over(backup: string): readonly Line[];
}

/** A copy as it was found. */
export interface FoundCopy {
  /** The kind of place it lies in: a store by its name, or a server that runs, as the original does. */
  readonly medium: string;
  readonly offsite: boolean;
}

/** 5. A deed (disaster, recovery step). Pure. */
export interface Action<O = unknown> extends Part<O> {
  /** What it needs beyond `needs` when told so. */
  needsWhen?(options: O): readonly Capability[];
  /** Where a restore that it asks for stops, when it asks for one. */
  target?(options: O): Target;
  /** The one table that it does harm to; absent where it may be any. */
  hits?(options: O): string;
  /** What it shows when somebody types it, where that is not what its phase does. */
  readonly shows?: Milestone;
  /** It changes no table: what it breaks is shown by the disaster's own proof. */
  readonly sparesTables?: boolean;
  /** It keeps writers out. */
  readonly contains?: boolean;
  /** From here on the application uses what was restored beside, when that is a server of its own. */
  readonly takesOver?: boolean;
  /** The backup whose file it wants as `$TAKEN`, by name. */
  takes?(options: O): string;
  /** What it needs of somebody's own copies, beside one that can be restored: copies of files, or roles beside them. */
  readonly ofOwn?: "copies-of-files" | "roles";
  /** What it does to the stores of the world, which no command inside the sandbox could. */
  store?(options: O): StoreDeed;
  lines(scene: Scene, options: O): readonly Line[];
}

/**
 * What happens to backups where they lie: the main store answers nobody, all its objects are deleted, every replica dies, or
 * one backup is written over with this.
 */
export type StoreDeed =
  | { readonly kind: "lose-main" }
  | { readonly kind: "delete-all" }
  | { readonly kind: "no-replicas" }
  | { readonly kind: "overwrite"; readonly backup: string; readonly content: string };

/** Tables that a probe looks at: those, all but those, or none. */
export type Sight = { readonly only: readonly string[] } | { readonly allBut: readonly string[] };

/** A question with the reading of its answer. Pure. */
export interface Probe<O = unknown> extends Part<O> {
  /** Of which tables it could tell that they are harmed; absent: it may tell of anything. */
  sees?(options: O): Sight;
  /** Present where its answer is how old the data is, measured as `gapMs`: how old it may be, in milliseconds. */
  ageAtMost?(options: O): number | undefined;
  /** What is asked of somebody's own database instead, of which nobody knows what a shop's is known to hold. */
  ofOwn?(options: O): O;
  /** It counts the copies there are: they are looked for before it is asked. */
  readonly countsCopies?: boolean;
  question(scene: Scene, options: O): Line;
  /** Reads the outcomes so far, in order. A `Line` means "I must look closer": it is run, and `answer` is asked again. */
  answer(outcomes: readonly Outcome[], scene: Scene, options: O): Finding | Line;
}

export interface Finding {
  readonly held: "yes" | "no" | "unknown";
  readonly because: string;
  /** Numbers behind the answer, for the result: rows missing, milliseconds of gap. */
  readonly measured?: Readonly<Record<string, number>>;
  /** What is worth knowing on the night although it held; shown under a good verdict, too. Each a sentence's part. */
  readonly remarks?: readonly string[];
}

/**
 * 5b. A question to every restored copy that nobody knows yet, with the reading of its answer: needs no configuration, and
 * cannot pass on nothing. Pure. They are asked in the order of the catalogue, so that no question disturbs the next.
 */
export interface CopyProbe extends Part {
  /** Null: nothing is asked here, and nothing claimed. An answer: it is known without asking. */
  question(scene: CopyScene): CopyQuestion | CopyAnswer | null;
  /** Reads the outcomes so far, in order. A question means "I must look closer": it is asked, and `answer` again. */
  answer(outcomes: readonly Outcome[], scene: CopyScene): CopyAnswer | CopyQuestion;
}

/**
 * 5c. A check that somebody wrote under `checks:`: the key by which it is told is the name of its probe. `Check` is what
 * stands there, as `config` has read it. Pure.
 */
export interface CheckProbe<Check = unknown> extends Part {
  /** What is started on the copy before it is asked; it is asked until it answers with yes, or `withinMs` are over. */
  starts?(check: Check): { readonly application: ApplicationSpec; readonly withinMs: number };
  /** Asked before, so that what is started may log in. A failure is the finding. */
  before?(check: Check, copies: CopyLanguage): Line | null;
  question(check: Check, copies: CopyLanguage): Line;
  answer(outcome: Outcome, check: Check): Finding;
}

export interface CopyQuestion {
  readonly line: Line;
  /** In the journal, unique within a look: `count-all`. */
  readonly name: string;
}

export interface CopyAnswer {
  readonly findings: readonly CopyFinding[];
  /** What is kept of it for the next copy. */
  readonly numbers?: Partial<CopyNumbers>;
}

/** What a question to a copy found: who asked, and about what. */
export interface CopyFinding extends Finding {
  readonly probe: string;
  readonly subject: string;
}

/** The numbers and names of a copy, kept so that the next one has something to be compared with. No value of a row. */
export interface CopyNumbers {
  /** Table to rows. */
  readonly rows: Readonly<Record<string, number>>;
  /** `kind <TAB> name` to a hash of its definition. */
  readonly catalogue: Readonly<Record<string, string>>;
  /** Sequences that stood behind their data. */
  readonly behind: readonly string[];
  /** `table.column` to how long before the copy's own moment its newest row lay, in milliseconds. */
  readonly lags: Readonly<Record<string, number>>;
  /** A table to the one that it is a part of; absent in what was kept before parts were told. */
  readonly parents?: Readonly<Record<string, string>> | undefined;
  /** How many large objects there were; absent likewise. */
  readonly largeObjects?: number | undefined;
}

/** What the questions to a copy are told. */
export interface CopyScene {
  readonly phrases: Phrases;
  readonly copies: CopyPhrases;
  readonly facts: BackupFacts;
  /** What its text tells, where it was read. */
  readonly story?: DumpStory | null;
  readonly point: RecoveryPoint;
  /** The last good copy, which this one is compared with; null when there is none. */
  readonly baseline: (CopyNumbers & { readonly momentAt: string }) | null;
  readonly task: CopyTask;
  /** What the questions before this one found. */
  readonly found: CopyNumbers;
}

/** What somebody told of the database, and asks of its copy. */
export interface CopyTask {
  /** Tables that may lose rows or be gone: names, with `*` for any characters. */
  readonly mayShrink: readonly string[];
  readonly fresh: (FreshColumn & { readonly timezone?: string | undefined }) | null;
  /** A row that the application's own job writes; `within` is how old it may be, in milliseconds. */
  readonly canary: (Omit<NewestRowRequest, "askedAtMs"> & { readonly within?: number | undefined }) | null;
  /** The moment that is asked about, Unix milliseconds. */
  readonly askedAtMs: number;
  readonly objectives: Objectives;
  /** What differs from the last good copy is taken for the new normal. */
  readonly acceptChanges: boolean;
}

/** The ground truth, read-only: states of every table, by key digest. */
export interface LedgerView {
  /** Recorded states, oldest first. */
  readonly states: readonly LedgerState[];
  /** The state recovery must reach: just before the damage for tables that it hit, the last recorded for all others. */
  readonly truth: LedgerState;
  /** The recorded states not older than `maxLossMs` before the damage: those that a recovery may come back to. */
  window(maxLossMs: number): readonly LedgerState[];
}

export interface LedgerState {
  readonly name: string;
  /** Simulated moment, Unix milliseconds. */
  readonly atMs: number;
  readonly tables: ReadonlyMap<string, TableState>;
  /** As `Phrases.catalogue` printed it: `kind <TAB> name` → definition. */
  readonly catalogue: ReadonlyMap<string, string>;
  /** As `Phrases.sequences` printed it: sequence → last value. */
  readonly sequences: ReadonlyMap<string, bigint>;
}

/** Key digest → row digests: several when the table has no key. */
export type Keys = ReadonlyMap<string, readonly string[]>;

export interface TableState {
  readonly table: string;
  readonly rows: number;
  readonly request: DigestRequest;
  /** Bucket → `rows <TAB> sum`. */
  readonly buckets: ReadonlyMap<number, string>;
  /** The rows of the named buckets, by bucket. One without rows has no entry. */
  keys(buckets: readonly number[]): ReadonlyMap<number, Keys>;
}

// -------------------------------------------------------------------------------------------------------- reporters

/** 6. Results to something readable. `render` and `forFolder` are pure: same results, same bytes. */
export interface Reporter<O = unknown> extends Part<O> {
  /** What it must know beside the results; parsed by `options`. Default: nothing. */
  optionsFrom?(context: ReportContext): unknown;
  /** Whether it reports in such surroundings when nobody named a reporter. Default: no. */
  isUsual?(surroundings: { readonly isTty: boolean; readonly environment: ReportContext["environment"] }): boolean;
  /** Follows the drills as they run. If what it returns throws, it loses its seat, once, aloud; the drills go on. */
  follow?(screen: Screen): Follower;
  /** The documents of one drill for its own folder, whether or not somebody named the reporter. */
  forFolder?(result: DrillResult): Promise<readonly Artifact[]>;
  /** Everything that one call of Fogbell found, when somebody named the reporter. The first artifact is the main one. */
  render(results: readonly DrillResult[], options: O): Promise<readonly Artifact[]>;
  /** What `fogbell gate` found, when somebody named the reporter there. Absent: it has no form for that. */
  renderGate?(report: GateReport, options: O): Promise<readonly Artifact[]>;
}

export interface Artifact {
  /** What the file is called when nobody named one. */
  readonly file: string;
  readonly text: string;
  /** Where it goes instead of such a file: standard output, the log (standard error), or the end of a file. */
  readonly to?: "stdout" | "log" | { readonly endOf: string };
}

export interface ReportContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where run folders lie, as the person named it. */
  readonly outFolder: string;
  /** Where Fogbell was started: relative file names begin there. */
  readonly workingFolder: string;
  /** Which part of the drills these are, `1/3`; null when they are all. */
  readonly shard: string | null;
  /** Whether its text may carry colours. */
  readonly color: boolean;
  /** How wide the terminal is that its text goes to; absent: no terminal, and no limit. */
  readonly columns?: number | undefined;
  /** What stands in the file that the main artifact will replace, which is `usual` unless one was named; null: none. */
  earlier(usual: string): string | null;
}

/** Where a follower writes. */
export interface Screen {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  /** Whether a line can be drawn over. */
  readonly isTty: boolean;
  readonly color: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface Follower {
  onEvent(event: DrillEvent | Progress, drill: DrillName): void;
  /** The drills are over, or the follower lost its seat: leaves the screen as it was. Called once or more. */
  close(): void;
}

/** Which drill an event comes from. */
export interface DrillName {
  readonly runId: string;
  /** Short, for people: `drop-table on postgres 15`. */
  readonly name: string;
  /** Whether others run at the same time. */
  readonly contended: boolean;
}

// ----------------------------------------------------------------------------------------------------- the catalogue

/** Every part there is. Only `catalog.ts` builds one from concrete parts; everything else receives it. */
export interface Catalog {
  readonly engines: readonly Engine[];
  readonly stores: readonly StoreDriver[];
  readonly sandboxes: readonly SandboxDriver[];
  readonly actions: readonly Action[];
  readonly probes: readonly Probe[];
  readonly copyProbes: readonly CopyProbe[];
  readonly checkProbes: readonly CheckProbe[];
  readonly reporters: readonly Reporter[];
}
