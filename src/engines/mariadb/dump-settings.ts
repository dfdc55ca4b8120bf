/** What a dump's SET statements set: what reaches further than the session, and what changes how text is read. */
import type { LeavingKind } from "../../parts.ts";
import { Cursor } from "./dump-cursor.ts";
import type { Token } from "./dump-open.ts";
import type { LexerMode } from "./dump-string.ts";

/** How a statement would act elsewhere; the words are our own. */
export interface Leaves {
  readonly kind: LeavingKind;
  readonly what: string;
  readonly database?: string;
  /** It says from where a replica goes on, or starts and stops one: a restore needs none of that. */
  readonly isPlace?: boolean;
}

export interface Assignment {
  readonly scope: "session" | "server" | "variable";
  /** In small letters. */
  readonly name: string;
  readonly value: readonly Token[];
}

const WIDE: ReadonlySet<string> = new Set(["GLOBAL", "PERSIST", "PERSIST_ONLY"]);
const NARROW: ReadonlySet<string> = new Set(["SESSION", "LOCAL"]);

/** The assignments of one SET, whose tokens are those after the word. */
export function assignmentsOf(tokens: readonly Token[]): Assignment[] {
  return split(tokens).flatMap((part) => {
    const cursor = new Cursor(part);
    let scope: Assignment["scope"] = "session";
    if (cursor.passMark("@")) {
      scope = cursor.passMark("@") ? "session" : "variable";
      if (scope === "session" && part[cursor.at + 1]?.text === ".") {
        if (WIDE.has(cursor.word())) scope = "server";
        if (WIDE.has(cursor.word()) || NARROW.has(cursor.word())) cursor.at += 2;
      }
    } else if (cursor.at + 1 < part.length && isName(part[1])) {
      if (WIDE.has(cursor.word())) scope = "server";
      if (WIDE.has(cursor.word()) || NARROW.has(cursor.word())) cursor.at++;
    }
    const name = cursor.object();
    if (name === null) return [];
    while (cursor.passMark(":") || cursor.passMark("="));
    const full = name.database === null ? name.name : `${name.database}.${name.name}`;
    return [{ scope, name: full.toLowerCase(), value: part.slice(cursor.at) }];
  });
}

const isName = (token: Token | undefined) => token !== undefined && token.kind !== "mark";

/** At commas outside of brackets. */
function split(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "mark" && token.text === "(") depth++;
    if (token.kind === "mark" && token.text === ")") depth--;
    if (depth === 0 && token.kind === "mark" && token.text === ",") parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** MySQL's program sets it around the server's own statistics, and back again. */
const HARMLESS: ReadonlySet<string> = new Set(["innodb_stats_auto_recalc"]);

export function leavesBySetting(tokens: readonly Token[]): Leaves | null {
  const first = tokens[0]?.kind === "word" ? tokens[0].text.toUpperCase() : "";
  if (first === "PASSWORD") return { kind: "account", what: "SET PASSWORD" };
  if (first === "ROLE" || (first === "DEFAULT" && tokens[1]?.text.toUpperCase() === "ROLE"))
    return { kind: "account", what: first === "ROLE" ? "SET ROLE" : "SET DEFAULT ROLE" };
  for (const { scope, name } of assignmentsOf(tokens)) {
    if (name === "gtid_purged" || name === "gtid_slave_pos")
      return { kind: "replication", what: `SET ${name}`, isPlace: true };
    if (scope === "server" && !HARMLESS.has(name)) return { kind: "server", what: "SET GLOBAL" };
  }
  return null;
}

/** Words of sql_mode after which double quotes are names. */
const ANSI = /\b(ANSI_QUOTES|ANSI|ORACLE|MSSQL|DB2|POST\w+|MAXDB)\b/i;
const ANSI_BIT = 4;
const NO_ESCAPES_BIT = 1 << 20;

/** Follows sql_mode through a dump, and the variables that keep it meanwhile. */
export class ModeWatch {
  private readonly mode: LexerMode;
  private readonly kept = new Map<string, LexerMode>();

  constructor(mode: LexerMode) {
    this.mode = mode;
  }

  /** The tokens of a SET, without that word. */
  see(tokens: readonly Token[]): void {
    for (const { scope, name, value } of assignmentsOf(tokens)) {
      if (scope === "variable") {
        if (value.some(({ text }) => text.toLowerCase() === "sql_mode")) this.kept.set(name, { ...this.mode });
      } else if (name === "sql_mode") Object.assign(this.mode, this.modeIn(value));
    }
  }

  private modeIn(value: readonly Token[]): LexerMode {
    const [first, second] = value;
    if (value.length === 2 && first?.text === "@" && second !== undefined)
      return this.kept.get(second.text.toLowerCase()) ?? { backslashEscapes: true, ansiQuotes: false };
    if (value.length === 1 && first?.kind === "word" && /^\d+$/.test(first.text)) {
      const bits = Number(first.text);
      return { backslashEscapes: (bits & NO_ESCAPES_BIT) === 0, ansiQuotes: (bits & ANSI_BIT) !== 0 };
    }
    const text = value.map((token) => token.text).join(" ");
    const goesOn = value.some((token) => token.kind === "word" && token.text.toLowerCase() === "sql_mode");
    return {
      backslashEscapes: !/NO_BACKSLASH_ESCAPES/i.test(text) && (!goesOn || this.mode.backslashEscapes),
      ansiQuotes: ANSI.test(text) || (goesOn && this.mode.ansiQuotes),
    };
  }
}
