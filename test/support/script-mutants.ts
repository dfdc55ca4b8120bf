/**
 * Small changes to a script, each of which should make something go wrong: a flag or a condition less, an opposite, an order
 * turned round. Works on the script as it is printed, sh and SQL alike.
 */

export interface Mutant {
  /** What was changed, and where: `AND dropped: " AND pid <> 1"`. */
  readonly what: string;
  readonly script: string;
}

interface Operator {
  readonly name: string;
  readonly pattern: RegExp;
  /** What stands there instead. */
  readonly becomes: (found: string) => string;
}

/** Keeps the case of the first letter. */
const swap = (pairs: Readonly<Record<string, string>>) => (found: string) => {
  const other = pairs[found.toLowerCase()] ?? found;
  return found === found.toUpperCase() ? other.toUpperCase() : other;
};
const pair = (a: string, b: string) => swap({ [a]: b, [b]: a });

const OPERATORS: readonly Operator[] = [
  // `-v name=value` is one flag, and so is `-o /dev/null`.
  {
    name: "flag dropped",
    pattern: /(?<=[ \t])(?:-v \S+|--?[A-Za-z0-9][\w-]*(?:=(?:"[^"\n]*"|'[^'\n]*'|[^\s"']+))?)(?=[\s;)]|$)/gm,
    becomes: () => "",
  },
  {
    name: "AND dropped",
    pattern: /\bAND (?:NOT )?(?:[^()\n;]|\([^()\n]*\))+?(?= AND\b|\n|;|\)|$)/g,
    becomes: () => "",
  },
  {
    name: "NOT dropped",
    pattern: /\bNOT (?=EXISTS|IN\b|LIKE|convalidated|att|datis|pg_|n\.)|\bnot (?=null\b)/g,
    becomes: () => "",
  },
  {
    name: "IS NULL turned",
    pattern: /\bIS (?:NOT )?NULL\b/g,
    becomes: (found) => (found.includes("NOT") ? "IS NULL" : "IS NOT NULL"),
  },
  {
    name: "comparison turned",
    pattern: /(?<= )(?:<>|<=|>=|=|<|>)(?= [^'<>=]*)/g,
    becomes: (found) => ({ "=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">" })[found] ?? found,
  },
  { name: "&& and || swapped", pattern: /&&|\|\|(?! ')/g, becomes: (found) => (found === "&&" ? "||" : "&&") },
  { name: "order turned", pattern: /\b(?:ASC|DESC)\b/g, becomes: pair("asc", "desc") },
  { name: "extreme turned", pattern: /\b(?:max|min)(?=\()/gi, becomes: pair("max", "min") },
  { name: "extreme of several turned", pattern: /\b(?:GREATEST|LEAST)(?=\()/g, becomes: pair("greatest", "least") },
  { name: "end turned", pattern: /\b(?:head|tail)(?= -)/g, becomes: pair("head", "tail") },
  {
    name: "test turned",
    pattern: /(?<=(?:\[|test) )(?:! )?-[enszf](?= )/g,
    becomes: (found) => (found.startsWith("! ") ? found.slice(2) : `! ${found}`),
  },
  {
    name: "number compared the other way",
    pattern: /-(?:lt|ge|gt|le|eq|ne)(?= )/g,
    becomes: swap({ "-lt": "-ge", "-ge": "-lt", "-gt": "-le", "-le": "-gt", "-eq": "-ne", "-ne": "-eq" }),
  },
  { name: "truth turned", pattern: /\b(?:TRUE|FALSE|true|false)\b/g, becomes: pair("true", "false") },
];

/** Flags that every call of a client has, whatever it is for: a test of all lines demands them (`house-flags.test.ts`). */
const HOUSE_FLAG = /^(?:-Xq|-v (?:ON_ERROR_STOP|VERBOSITY)=\S+)$/;

/** To psql and pg_dump the database is the same with the flag and without it. */
const isDatabaseFlag = (script: string, at: number) => /^-d "\$\w+"/.test(script.slice(at));

/** What sets a variable compares nothing. */
const isSetting = (script: string, at: number) =>
  /^\s*(?:SET\b|group_concat_max_len)/.test(script.slice(script.lastIndexOf("\n", at) + 1, at + 1));

/** A redirection is no comparison, and an assignment none either. */
const isComparison = (script: string, at: number) => !/^[<>]\s*["$/]/.test(script.slice(at));

/** Every change, one at a time, in the order of the text. */
export function mutantsOf(script: string): Mutant[] {
  return OPERATORS.flatMap(({ name, pattern, becomes }) =>
    [...script.matchAll(pattern)].flatMap((match): Mutant[] => {
      const [found] = match;
      const { index } = match;
      if (name === "comparison turned" && (!isComparison(script, index) || isSetting(script, index))) return [];
      if (name === "flag dropped" && (HOUSE_FLAG.test(found) || isDatabaseFlag(script, index))) return [];
      const other = becomes(found);
      if (other === found) return [];
      const line = script.slice(0, match.index).split("\n").length;
      return [
        {
          what: `${name}, line ${line}: ${JSON.stringify(found)}`,
          script: script.slice(0, match.index) + other + script.slice(match.index + found.length),
        },
      ];
    }),
  );
}
