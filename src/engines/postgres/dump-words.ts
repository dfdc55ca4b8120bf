/** One statement of a dump as the words that make it: what it is, what it is about, whom it names, where it would act. */
import type { LeavingKind } from "../../parts.ts";

export interface Token {
  /** A word in lower case, a name as stored, or a mark. */
  readonly text: string;
  readonly is: "word" | "name" | "mark" | "string";
  readonly depth: number;
}

/** What a statement tells of itself. */
export interface Told {
  readonly kind: string;
  readonly name?: string;
  readonly roles: readonly string[];
  readonly leaves?: { readonly kind: LeavingKind; readonly what: string; readonly database?: string };
}

/** Reads the tokens of one statement in their order. */
export class Words {
  readonly tokens: readonly Token[];
  at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  /** Goes on when the next are these words. */
  take(...words: readonly string[]): boolean {
    const fits = words.every((word, ahead) => {
      const token = this.peek(ahead);
      return token !== undefined && token.is !== "name" && token.is !== "string" && token.text === word;
    });
    if (fits) this.at += words.length;
    return fits;
  }

  /** Goes on while one of these stands next. */
  skip(...words: readonly string[]): void {
    while (words.some((word) => this.take(word)));
  }

  /** A word or name. */
  one(): string | null {
    const token = this.peek();
    if (token === undefined || token.is === "mark" || token.is === "string") return null;
    this.at += 1;
    return token.text;
  }

  /** A name, with its schema when it has one, and whatever stands before that. */
  path(): readonly string[] {
    const parts: string[] = [];
    for (let part = this.one(); part !== null; part = this.one()) {
      parts.push(part);
      if (!this.take(".")) break;
    }
    return parts;
  }

  /** Whether these words stand in it somewhere, one after the other. */
  has(...words: readonly string[]): boolean {
    return this.find(...words) >= 0;
  }

  /** Where they begin; -1 when they do not stand there. */
  find(...words: readonly string[]): number {
    const from = this.at;
    for (let at = from; at < this.tokens.length; at++) {
      this.at = at;
      if (this.take(...words)) {
        this.at = from;
        return at;
      }
    }
    this.at = from;
    return -1;
  }
}

const KINDS: readonly (readonly string[])[] = [
  ["default", "privileges"],
  ["event", "trigger"],
  ["foreign", "data", "wrapper"],
  ["foreign", "table"],
  ["materialized", "view"],
  ["text", "search", "configuration"],
  ["text", "search", "dictionary"],
  ["text", "search", "parser"],
  ["text", "search", "template"],
  ["user", "mapping"],
  ["access", "method"],
  ["operator", "class"],
  ["operator", "family"],
  ["large", "object"],
];

const MODIFIERS = ["or", "replace", "unlogged", "global", "local", "unique", "trusted", "procedural", "recursive"];
/** `CREATE CONSTRAINT TRIGGER`, `CREATE DEFAULT CONVERSION`. */
const BEFORE: readonly (readonly [string, string])[] = [
  ["constraint", "trigger"],
  ["default", "conversion"],
];

/** The object's kind of CREATE, ALTER, DROP and COMMENT ON, in capitals. */
export function objectKind(words: Words): string {
  words.skip(...MODIFIERS);
  const isTemporary = words.take("temp") || words.take("temporary");
  for (const [before, kind] of BEFORE) if (words.peek(1)?.text === kind) words.take(before);
  const several = KINDS.find((kind) => words.take(...kind));
  const kind = several?.join(" ") ?? words.peek()?.text ?? "";
  if (several === undefined) words.at += 1;
  words.skip("concurrently");
  if (!words.take("if", "not", "exists")) words.take("if", "exists");
  words.skip("only");
  return `${isTemporary ? "TEMPORARY " : ""}${/^[a-z ]{1,40}$/.test(kind) ? kind.toUpperCase() : "?"}`;
}

/** What ALTER does, of things that it does often. */
const ACTIONS: readonly (readonly string[])[] = [
  ["owner", "to"],
  ["add", "constraint"],
  ["attach", "partition"],
  ["enable", "row", "level", "security"],
  ["force", "row", "level", "security"],
  ["replica", "identity"],
  ["cluster", "on"],
  ["set", "default"],
  ["set", "statistics"],
  ["add", "generated"],
  ["inherit"],
  ["drop", "constraint"],
  ["drop", "default"],
  ["owned", "by"],
];

export function action(words: Words): string {
  const found = ACTIONS.find((one) => words.has(...one));
  return found === undefined ? "" : ` ${found.join(" ").toUpperCase()}`;
}

const NOBODY: ReadonlySet<string> = new Set(["public", "current_user", "session_user", "current_role", "default"]);
/** After one of these a list of roles ends. */
const AFTER_ROLES: ReadonlySet<string> = new Set([
  "with",
  "using",
  "granted",
  "in",
  "server",
  "options",
  "cascade",
  "as",
]);

/** Roles from here on, separated by commas. */
export function roleList(words: Words): string[] {
  const roles: string[] = [];
  do {
    words.take("group");
    const token = words.peek();
    const role = words.one();
    if (role === null || token === undefined) break;
    if (token.is === "word" && (AFTER_ROLES.has(role) || NOBODY.has(role))) continue;
    roles.push(role);
  } while (words.take(","));
  return roles;
}

/** Roles that stand behind these words, at the top of the statement. */
export function rolesAfter(words: Words, ...before: readonly string[]): string[] {
  const found = words.find(...before);
  if (found < 0) return [];
  const from = words.at;
  words.at = found + before.length;
  const roles = roleList(words);
  words.at = from;
  return roles;
}
