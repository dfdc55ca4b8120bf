/** A scenario about the names that somebody told: each checked to be one that it leaves open. Pure. */
import { UsageError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { quote } from "../host/sh.ts";
import type { Engine } from "../parts.ts";
import { isColumnRule } from "../scenario/param-rules.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Throws UsageError for a name that the scenario does not leave open. */
function assertDeclared({ id, params }: Scenario, told: Readonly<Record<string, string>>): void {
  const known = params.map(({ name }) => name);
  const wrong = Object.keys(told).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const near = nearest(wrong, known);
  const has = known.length === 0 ? "it has no params" : `it has ${known.join(", ")}`;
  throw new UsageError(
    `${id} has no param "${wrong}"${near === undefined ? "" : `; did you mean "${near}"?`}; ${has}`,
    {
      code: "FB_PARAM_UNKNOWN",
      next: [
        ...(near === undefined ? [] : [`fogbell run ${id} --set ${quote(`${near}=${told[wrong]}`)}`]),
        `fogbell scenario show ${id}`,
      ],
    },
  );
}

/** The same scenario about these names, as the engine writes them in SQL. */
export function bindParams(scenario: Scenario, engine: Engine, values: Readonly<Record<string, string>>): Scenario {
  assertDeclared(scenario, values);
  if (Object.keys(values).length === 0) return scenario;
  const isColumn = (name: string) => scenario.params.some((one) => one.name === name && isColumnRule(one.choose));
  // Where an engine has no SQL, a scenario's own is refused when it is planned.
  const quoted = (name: string, value: string) =>
    engine.phrases.inSql?.(value, isColumn(name) ? "column" : "table") ?? value;
  return scenario.bind({ values, quoted });
}
