/** Why a scenario cannot be lived on an engine: everything that something in it needs and nothing chosen gives, by name. */
import type { Issue } from "../errors.ts";
import type { Action, Capability, Engine, Part, Probe } from "../parts.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { capabilitiesOf, MEANING } from "./capabilities.ts";
import { isElsewhere, type OwnDatabase } from "./own.ts";
import type { Plan, PlannedPart } from "./planned.ts";

interface Chosen extends Pick<Plan, "backups" | "log"> {
  readonly scenario: Scenario;
  readonly engine: Engine;
  /** The database of somebody's own that is drilled on: then the world is made of its copies. */
  readonly own: OwnDatabase | undefined;
  /** Every action and probe, whatever they are for. */
  readonly told: readonly PlannedPart<Action | Probe>[];
}

/** Everything that is given to the parts: by the engine, by the backups' methods, by the world. */
function givenBy({ scenario, engine, backups, log, own }: Chosen): ReadonlySet<Capability> {
  return new Set<Capability>([
    ...capabilitiesOf(engine),
    "application",
    ...backups.flatMap(({ method }) => method.gives),
    ...(own?.older ?? []).flatMap(({ facts }) => engine.methods.find(({ name }) => name === facts.method)?.gives ?? []),
    ...(log === null ? [] : (["log"] as const)),
    ...(scenario.world.retention === null ? [] : (["retention"] as const)),
    ...(log?.archive.namePoint === undefined ? [] : (["named-point"] as const)),
    ...(backups.some(({ offsite }) => offsite) || own?.older.some(isElsewhere(own)) ? (["offsite"] as const) : []),
  ]);
}

/** Who needs what, with the line that says so. */
function needsOf({
  scenario: { world },
  backups,
  own,
  told,
}: Chosen): { who: string; line: number; need: Capability }[] {
  const ofPart = ({ part, options, line }: PlannedPart<Part>) =>
    [...part.needs, ...("needsWhen" in part ? ((part as Action).needsWhen?.(options) ?? []) : [])].map((need) => ({
      who: part.name,
      line,
      need,
    }));
  const ofWorld = (who: string, need: Capability) => ({ who: `world.${who}`, line: 1, need });
  const beside = backups.filter(({ method }) => method.side === "database" && method.removeSide === undefined);
  return [
    ...(own === undefined && "sql" in world.dataset ? [ofWorld("dataset", "sql")] : []),
    ...(world.application === null ? [] : [ofWorld("application", "loopback")]),
    ...beside.map(({ name }) => ofWorld(`backups.${name}`, "side-databases")),
    ...told.flatMap(ofPart),
  ];
}

/** Empty when it can be lived. */
export function impossible(chosen: Chosen): Issue[] {
  const given = givenBy(chosen);
  return needsOf(chosen)
    .filter(({ need }) => !given.has(need))
    .map(({ who, line, need }) => ({
      line,
      column: 1,
      path: who,
      message: `${who} needs "${need}" (${MEANING[need]}), which neither ${chosen.engine.name} nor a chosen method gives`,
    }));
}
