/** Which command the first words mean, and what was probably meant when they mean none. Pure: oclif is not asked. */
import { UsageError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { quote } from "../host/sh.ts";

/** What was typed means nothing. */
type Refusal =
  | { readonly kind: "unknown"; readonly typed: string; readonly meant: string | null }
  /** Words behind a command that takes none. */
  | { readonly kind: "extra"; readonly id: string; readonly words: readonly string[] }
  /** A flag of a topic or of `help` that is none, or one before any command; `instead`: the words in their order. */
  | {
      readonly kind: "flag";
      readonly of: string | null;
      readonly typed: string;
      readonly meant: string | null;
      readonly instead: readonly string[] | null;
    };

export type Lookup =
  | { readonly kind: "command"; readonly id: string }
  /** A topic alone, a flag, help or completion: oclif's own, with its plugins. */
  | { readonly kind: "other" }
  | Refusal;

/** Words that plugins answer. */
const PLUGIN_WORDS: readonly string[] = ["help", "autocomplete"];
/** Of a topic, and of the program itself; package.json tells oclif the short ones. */
const HELP_FLAGS: readonly string[] = ["--help", "-h"];
const ROOT_FLAGS: readonly string[] = [...HELP_FLAGS, "--version", "-v"];
const FLAGS_OF_HELP: readonly string[] = [...HELP_FLAGS, "--nested-commands", "-n"];

const isFlag = (word: string) => word.startsWith("-");
const plain = (id: string) => id.replaceAll(":", " ");

/** Whether a command takes flags only. */
export const takesNoWords = ({ strict, args }: { strict?: boolean; args?: object }): boolean =>
  strict !== false && Object.keys(args ?? {}).length === 0;

/** `ids` are oclif's: `scenario:list`; `wordless` are those of commands that take flags only. */
export function lookup(words: readonly string[], ids: readonly string[], wordless: readonly string[] = []): Lookup {
  const [head] = words;
  if (head !== undefined && isFlag(head)) return leadingFlag(words, ids);
  if (head === "help") return lookupHelp(words.slice(1), ids, wordless);
  const flag = words.findIndex(isFlag);
  const typed = flag === -1 ? words : words.slice(0, flag);
  const [first, second] = typed;
  if (first === undefined || PLUGIN_WORDS.includes(first)) return { kind: "other" };
  const pair = second === undefined ? first : `${first}:${second}`;
  const id = ids.find((known) => known === pair) ?? ids.find((known) => known === first);
  if (id !== undefined) {
    const extra = wordless.includes(id) ? typed.slice(id.split(":").length) : [];
    return extra.length === 0 ? { kind: "command", id } : { kind: "extra", id, words: extra };
  }
  const isTopic = ids.some((known) => known.startsWith(`${first}:`));
  if (isTopic && second === undefined) return strangeFlag(words.slice(1), HELP_FLAGS, first);
  const spoken = [...ids, ...PLUGIN_WORDS].map(plain);
  return { kind: "unknown", typed: plain(pair), meant: nearest(plain(pair), spoken) ?? nearest(first, spoken) ?? null };
}

function leadingFlag(words: readonly string[], ids: readonly string[]): Lookup {
  const [typed = "", ...rest] = words;
  if (ROOT_FLAGS.includes(typed)) return { kind: "other" };
  const behind = lookup(rest, ids);
  const own = behind.kind === "command" ? behind.id.split(":").length : 0;
  const instead = own === 0 ? null : [...rest.slice(0, own), typed, ...rest.slice(own)];
  return { kind: "flag", of: null, typed, meant: nearestFlag(typed, ["help", "version"]), instead };
}

/** What `help` is asked about. */
function lookupHelp(words: readonly string[], ids: readonly string[], wordless: readonly string[]): Lookup {
  const asked = lookup(
    words.filter((word) => !isFlag(word)),
    ids,
    wordless,
  );
  return asked.kind === "command" || asked.kind === "other" ? strangeFlag(words, FLAGS_OF_HELP, "help") : asked;
}

/** The first flag that is not known; oclif's own when there is none. */
function strangeFlag(words: readonly string[], known: readonly string[], of: string): Lookup {
  const typed = words.find((word) => isFlag(word) && !known.includes(word));
  if (typed === undefined) return { kind: "other" };
  const names = known.filter((flag) => flag.startsWith("--")).map((flag) => flag.slice(2));
  return { kind: "flag", of, typed, meant: nearestFlag(typed, names), instead: null };
}

/** The error that a lookup ends with; null when it found something. */
export function refusalOf(found: Lookup): UsageError | null {
  switch (found.kind) {
    case "command":
    case "other":
      return null;
    case "unknown":
      return new UsageError(
        `there is no command "${found.typed}"${found.meant === null ? "" : ` (did you mean "${found.meant}"?)`}`,
        {
          code: "FB_COMMAND_UNKNOWN",
          next: [...(found.meant === null ? [] : [`fogbell ${found.meant} --help`]), "fogbell --help"],
        },
      );
    case "extra":
      return new UsageError(
        `Unexpected argument${found.words.length === 1 ? "" : "s"}: ${found.words.join(", ")}; ${plain(found.id)} takes flags only`,
        { code: "FB_USAGE", next: [`fogbell ${plain(found.id)} --help`] },
      );
    case "flag": {
      const { of, typed, meant, instead } = found;
      const said = of === null ? `no flag ${typed} can stand before a command` : `${of} has no flag ${typed}`;
      return new UsageError(meant === null ? said : `${said} (did you mean ${meant}?)`, {
        code: "FB_USAGE",
        next: [
          ...(instead === null ? [] : [`fogbell ${instead.map(quote).join(" ")}`]),
          ["fogbell", ...(of === null ? [] : [of]), "--help"].join(" "),
        ],
      });
    }
  }
}

/** The command of a topic that `typed` is near to, where the topic itself takes names. */
export function commandMeant(topic: string, typed: string, verbs: readonly string[]): string | null {
  const verb = nearest(typed, verbs);
  return verb === undefined ? null : `${topic} ${verb}`;
}

/** The flag that was probably meant by `typed` (with its dashes), among the names a command knows. */
export function nearestFlag(typed: string, names: readonly string[]): string | null {
  const name = nearest(typed.replace(/^-+/, "").replace(/=.*$/, ""), names);
  return name === undefined ? null : `--${name}`;
}
