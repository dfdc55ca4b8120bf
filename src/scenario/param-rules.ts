/** How what a scenario leaves open is chosen in a database that nobody described. Pure. */

/** How a value is chosen in a database that nobody described; the words that people read. */
export const PARAM_RULES = {
  "referred-table": "the table with most rows among those that others refer to",
  "largest-table": "the table with most rows",
  "parent-table": "a table that the first table refers to, or that table itself",
  "text-column": "a text column of the first table that no key and no rule uses",
  "number-key": "the whole number that is the key of the first table",
  "app-role": "the account with most rights to the database that may log in and is no administrator",
} as const;
export type ParamRule = keyof typeof PARAM_RULES;

export const isColumnRule = (rule: ParamRule): boolean => rule === "text-column" || rule === "number-key";

/** A name that the scenario leaves open. */
export interface ToldParam {
  readonly name: string;
  /** What it is to the story, in plain words. */
  readonly say: string;
  readonly value: string;
  readonly choose: ParamRule;
  readonly line: number;
}

/** What the open names mean, and how SQL of the engine writes the value of one; null: as it is. */
export interface Binding {
  readonly values: Readonly<Record<string, string>>;
  readonly quoted: ((name: string, value: string) => string) | null;
}
