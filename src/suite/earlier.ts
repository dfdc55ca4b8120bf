/** How long the phases of earlier drills took, as the folder of results tells: time limits follow from that, too. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { limitsOfDrill, sizeOfWorld } from "../drill/limits.ts";
import { drillName } from "../paper/scorecard.ts";
import type { Plan } from "../plan/plan.ts";
import type { DrillResult } from "../record.ts";
import { limitWords } from "../run/limits.ts";

export interface Earlier {
  /** Of the drill, as its scorecard names it. */
  readonly name: string;
  readonly tookMs: Readonly<Record<string, number>>;
}

/** So many folders are looked into, newest first. */
const MOST = 50;

async function read(file: string): Promise<Earlier | null> {
  try {
    const { scenario, phases } = JSON.parse(await readFile(file, "utf8")) as Pick<DrillResult, "scenario" | "phases">;
    return {
      name: drillName(scenario),
      tookMs: Object.fromEntries(phases.map(({ phase, durationMs }) => [phase, durationMs])),
    };
  } catch {
    // A result that is not there, or of another version, limits nothing.
    return null;
  }
}

/** The newest of them, by the names of their folders. What cannot be read is left out. */
export async function readEarlier(outFolder: string): Promise<readonly Earlier[]> {
  const names = (await readdir(outFolder).catch(() => [])).sort().slice(-MOST);
  const all = await Promise.all(names.map((name) => read(join(outFolder, name, "result.json"))));
  return all.filter((one) => one !== null);
}

export interface LimitsAsked {
  /** What the drill is called. */
  readonly name: string;
  readonly outFolder: string;
  readonly timeoutMs: number | undefined;
}

/** The limits of a drill's phases, for people: one line where all are the same. */
export async function limitsToSay(plan: Plan, { name, outFolder, timeoutMs }: LimitsAsked): Promise<readonly string[]> {
  const earlier = (await readEarlier(outFolder)).filter((one) => one.name === name).map(({ tookMs }) => tookMs);
  const limits = limitsOfDrill(await sizeOfWorld(plan), { limits: { toldMs: timeoutMs ?? null, earlier } });
  const said = limits.map((limit) => ({ phase: limit.phase, words: limitWords(limit) }));
  const [first] = said;
  if (first !== undefined && said.every(({ words }) => words === first.words)) return [`each phase: ${first.words}`];
  return said.map(({ phase, words }) => `${phase}: ${words}`);
}
