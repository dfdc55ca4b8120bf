/** A plan in words: every container, source and command that a run would use. What `--dry-run` prints. */

import { Defect } from "../errors.ts";
import { formatDuration } from "../host/units.ts";
import type { BackupFacts, LedgerView, Line, Scene } from "../parts.ts";
import { languageOf, sideRemoved } from "./capabilities.ts";
import { leftOut } from "./declined.ts";
import { overOf, type Plan, type PlannedBackup } from "./plan.ts";

export interface PlannedCommand extends Line {
  readonly phase: string;
  readonly part: string;
}

export interface Description {
  readonly scenario: string;
  readonly title: string;
  readonly server: {
    readonly engine: string;
    readonly version: string;
    readonly images: readonly string[];
    readonly binaries: readonly string[];
  };
  readonly dataset: string;
  readonly sources: readonly {
    readonly name: string;
    readonly method: string;
    readonly age: string;
    readonly decoy: boolean;
  }[];
  /** Where the world's backups go: the URL that was given; null for a folder of the run. */
  readonly store: string | null;
  /** How long each phase may take, in words. */
  readonly limits: readonly string[];
  readonly commands: readonly PlannedCommand[];
  readonly probes: readonly { readonly group: string; readonly probe: string; readonly options: unknown }[];
  /** What is left out because the engine has nothing of the kind, with why. */
  readonly leftOut: readonly string[];
}

/** What the backup will say of itself, with the log beside it when the world archives one. */
function plannedFacts({ log }: Plan, { method, options }: PlannedBackup): BackupFacts {
  const hasLog = log !== null && method.gives.includes("point-in-time");
  return { ...method.facts(options), ...(hasLog ? { hasLog } : {}) };
}

/** A scene before anything happened. Actions write their lines from it; only probes read the ledger. */
function emptyScene(plan: Plan): Scene {
  const source = [...plan.backups].reverse().find(({ decoy }) => !decoy) ?? plan.backups.at(-1);
  const ledger: LedgerView = {
    states: [],
    get truth(): LedgerView["truth"] {
      throw new Defect("an action read the ledger");
    },
    window: () => [],
  };
  return {
    phrases: languageOf(plan.engine),
    ledger,
    damagedAtMs: 0,
    log: plan.log?.archive ?? null,
    restore: (target) => source?.method.recover(plannedFacts(plan, source), target) ?? [],
    copies: [],
    side: source?.method.side ?? "database",
    over: (name) => overOf(plan, name),
    removeSide: () => sideRemoved(plan.engine, source?.method),
  };
}

const datasetText = (dataset: Plan["dataset"]): string => {
  if ("backup" in dataset) return `restored from ${dataset.backup}`;
  return "sql" in dataset ? dataset.sql.join(", ") : `${dataset.preset}, ${dataset.rows} rows`;
};

/** Everything that a run of this plan would do, with the commands for the newest backup that is no decoy. */
export function describe(
  plan: Plan,
  { store = null, limits = [] }: { readonly store?: string | null; readonly limits?: readonly string[] } = {},
): Description {
  const scene = emptyScene(plan);
  const commands = (
    phase: string,
    told: readonly {
      part: { name: string; lines(scene: Scene, options: unknown): readonly Line[] };
      options: unknown;
    }[],
  ) =>
    told.flatMap(({ part, options }) =>
      part.lines(scene, options).map((line) => ({ ...line, phase, part: part.name })),
    );
  const probes = (group: string, told: readonly { part: { name: string }; options: unknown }[]) =>
    told.map(({ part, options }) => ({ group, probe: part.name, options }));
  return {
    scenario: plan.scenario.id,
    title: plan.scenario.title,
    server: {
      engine: plan.engine.name,
      version: plan.version,
      images: [plan.spec.image, plan.spec.builtImage],
      binaries: plan.spec.binaries,
    },
    dataset: datasetText(plan.dataset),
    sources: plan.backups.map(({ name, method, ageMs, decoy }) => ({
      name,
      method: method.name,
      age: formatDuration(ageMs),
      decoy,
    })),
    store,
    limits,
    commands: [...commands("damage", plan.disaster), ...plan.recovery.flatMap((step) => commands(step.phase, [step]))],
    probes: [...probes("healthy", plan.healthy), ...probes("proof", plan.proof), ...probes("verify", plan.verify)],
    leftOut: leftOut(plan.declined),
  };
}

/** For a terminal. */
export function describeText(description: Description): string {
  const { server } = description;
  const out = [
    `${description.scenario}: ${description.title}`,
    "",
    `Server    ${server.engine} ${server.version}; image ${server.images.join(" or ")}, or the programs ${server.binaries.join(", ")}`,
    `Dataset   ${description.dataset}`,
    `Sources   ${description.sources.map(({ name, method, age, decoy }) => `${name} (${method}, ${age} old${decoy ? ", decoy" : ""})`).join("; ")}`,
    `Store     ${description.store === null ? "a folder of the run" : `${description.store}, below a prefix of the run`}`,
    ...(description.limits.length === 0 ? [] : [`Limits    ${description.limits.join("; ")}`]),
    `Probes    ${description.probes.map(({ group, probe }) => `${group}: ${probe}`).join("; ")}`,
    ...description.leftOut.map((text) => `Left out  ${text}`),
    "",
    "Commands, in order (locate and fetch are Fogbell's own: backups list, backups fetch):",
  ];
  for (const command of description.commands) {
    out.push("", `[${command.phase}] ${command.say}${command.destroys ? "  (destroys)" : ""}`);
    out.push(...command.script.split("\n").map((line) => `    ${line}`));
  }
  return `${out.join("\n")}\n`;
}
