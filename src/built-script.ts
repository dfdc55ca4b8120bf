/**
 * Scripts as values: which client is fed which text, where its output goes, what runs next. Engines build them, whoever
 * wants one changed makes a changed value, and each is printed once, when a `Line` is made of it (`Line.built` keeps the
 * value). Nobody edits printed text: there a change that misses is silent.
 */

/** A word of a command that stands on a line of its own. */
export const ownLine = (word: string) => `\\\n  ${word}`;

/** A client of a database and what it is fed. Each field is sh text as printed, with places as `$NAMES`; "" is nothing. */
export interface FeedParts {
  /** Variables of this one command, before the client: `PGOPTIONS='…'`. */
  readonly environment?: string;
  /** The program, with the options that every call has. */
  readonly client: string;
  /** Options of this call. */
  readonly flags?: string;
  /** Where it connects: server and database. */
  readonly database?: string;
  /** What every session is told first, in the client's language. */
  readonly session?: string;
  /** What it is fed: SQL. */
  readonly text: string;
  /** Where its output goes instead: `>"$FILE"`. */
  readonly output?: string;
  /** The command that reads its output. */
  readonly reader?: string;
}

/** A line that is only the end of the heredoc would end it: in somebody's own text it is moved aside. */
const END = "SQL";
const unended = (text: string) => text.trim().replace(/^SQL$/gm, ` ${END}`);

/**
 * One client fed one text by a heredoc. `parts` is the value, `with` makes a changed one, and a string of it is the script.
 * What is asked for but not there (a flag to be changed, say) is for the caller to see in `parts`.
 */
export class Feed {
  readonly parts: FeedParts;

  constructor(parts: FeedParts) {
    this.parts = parts;
  }

  with(changed: Partial<FeedParts>): Feed {
    return new Feed({ ...this.parts, ...changed });
  }

  /** The script; `then` is what stands at the end of its command, before the text: `&&`. */
  print(then = ""): string {
    const { environment, client, flags, database, session, text, output, reader } = this.parts;
    const command = [environment, client, flags, database, output, `<<'${END}'`, reader === undefined ? then : "|"];
    const fed = [session, unended(text), END];
    const lines = [given(command).join(" "), ...given(fed)];
    return [...lines, ...(reader === undefined ? [] : [given([reader, then]).join(" ")])].join("\n");
  }

  toString(): string {
    return this.print();
  }

  /** A value of the running program: in a record stands what it was printed as, and nothing else. */
  toJSON(): undefined {
    return undefined;
  }
}

const given = (words: readonly (string | undefined)[]) => words.filter((word) => word !== undefined && word !== "");

/**
 * Commands one after another, each only when the one before succeeded. A script's exit code is its last command's, and
 * `set -e` would close the shell of whoever types the page.
 */
export class Steps {
  readonly steps: readonly (Feed | string)[];

  constructor(steps: readonly (Feed | Steps | string)[]) {
    this.steps = steps.flatMap((step) => (step instanceof Steps ? step.steps : [step]));
  }

  toString(): string {
    const last = this.steps.length - 1;
    return this.steps
      .map((step, i) => {
        const then = i === last ? "" : "&&";
        return step instanceof Feed ? step.print(then) : given([step, then]).join(" ");
      })
      .join("\n");
  }

  toJSON(): undefined {
    return undefined;
  }
}

export type BuiltScript = Feed | Steps;

/** `first && second && …` */
export const inTurn = (...steps: readonly (Feed | Steps | string)[]): Steps => new Steps(steps);

/** The fields of a `Line` that is printed from a value, or was written as text. */
export const printed = (built: BuiltScript | string) =>
  typeof built === "string" ? { script: built } : { script: `${built}`, built };

/** The one client that a line is. Throws for a line that was not built as one: it could not be asked in another place. */
export function feedOf({ say, built }: { readonly say: string; readonly built?: BuiltScript }): Feed {
  if (built instanceof Feed) return built;
  throw new Error(`the line "${say}" is not one client fed one text, and cannot be changed`);
}
