/** What the questions to a restored copy give back. Types, and nothing that runs. */
import type { CopyFinding, CopyNumbers } from "../parts.ts";

/** With the line of fogbell.yaml that asked for it; 0 when Fogbell asked of itself. */
export type PlacedFinding = CopyFinding & { readonly line: number; readonly own?: boolean };

export interface Looked {
  readonly findings: readonly CopyFinding[];
  readonly numbers: CopyNumbers;
}
