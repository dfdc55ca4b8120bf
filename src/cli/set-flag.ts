/** `--set name=value`, as often as there are names. */
import { Flags } from "@oclif/core";
import { UsageError } from "../errors.ts";

export const setFlag = Flags.string({
  description: "Set a parameter of the scenario (see scenario show). Can be repeated.",
  helpValue: "table=rental",
  multiple: true,
});

/** Throws UsageError for what is no name and value, or for a name that is told twice. */
export function parseSet(told: readonly string[] = []): Record<string, string> {
  const set: Record<string, string> = {};
  for (const one of told) {
    const [, name, value] = /^([a-z][a-z0-9_]*)=(.+)$/s.exec(one) ?? [];
    const wrong = name === undefined || value === undefined ? "is not a name and a value" : "is told twice";
    if (name === undefined || value === undefined || name in set)
      throw new UsageError(`--set ${one} ${wrong}`, { code: "FB_USAGE", next: ["--set table=rental"] });
    set[name] = value;
  }
  return set;
}
