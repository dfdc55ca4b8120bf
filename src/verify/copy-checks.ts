/** Asks a restored copy everything that the catalogue's probes ask of every copy. */

import type { CopyFinding, CopyNumbers, CopyProbe, CopyScene, Line, Outcome } from "../parts.ts";
import type { Looked } from "./scene.ts";

const NOTHING: CopyNumbers = { rows: {}, catalogue: {}, behind: [], lags: {}, parents: {}, largeObjects: 0 };

export interface Looking {
  readonly probes: readonly CopyProbe[];
  readonly scene: Omit<CopyScene, "found">;
  readonly ask: (line: Line, name: string) => Promise<Outcome>;
}

/** In the catalogue's order, and never stops at the first no. */
export async function lookThrough({ probes, scene, ask }: Looking): Promise<Looked> {
  const findings: CopyFinding[] = [];
  let found = NOTHING;
  for (const probe of probes) {
    const told: CopyScene = { ...scene, found };
    const outcomes: Outcome[] = [];
    let said = probe.question(told);
    while (said !== null && "line" in said) {
      outcomes.push(await ask(said.line, said.name));
      said = probe.answer(outcomes, told);
    }
    findings.push(...(said?.findings ?? []));
    found = { ...found, ...said?.numbers };
  }
  return { findings, numbers: found };
}
