/** A scenario in plain words, for a terminal. Pure. */
import { parse } from "yaml";
import { formatDuration, formatObjective } from "../host/units.ts";
import { PARAM_RULES } from "./param-rules.ts";
import { bound } from "./params.ts";
import { type Path, valueAt } from "./positions.ts";
import type { Scenario } from "./schema.ts";

/** A part's word and its options, those that were written as they were written: 12h, not 43200000. */
function told(word: string, options: unknown, written: unknown): string {
  const keys = Object.entries({ ...(options as object), ...picked(written, Object.keys(options as object)) }).filter(
    ([, value]) => value !== undefined,
  );
  return keys.length === 0 ? word : `${word} (${keys.map(([key, value]) => `${key} ${plain(value)}`).join("; ")})`;
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([key, one]) => `${key} ${plain(one)}`)
    .join(", ");
}

function picked(written: unknown, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    keys.map((key) => [key, valueAt(written, [key])]).filter(([, value]) => value !== undefined),
  );
}

const paramLines = ({ params }: Scenario): string[] =>
  params.map(({ name, value, say, choose }) => `${name} ${value}: ${say}; with --on, ${PARAM_RULES[choose]}`);

/** `text` is what the scenario was loaded from. */
export function showText(scenario: Scenario, text: string): string {
  const values = Object.fromEntries(scenario.params.map(({ name, value }) => [name, value]));
  const written = bound(parse(text, { version: "1.2" }), { values, quoted: null });
  const at = (...path: Path) => valueAt(written, path);
  const { objectives, world, story } = scenario;
  const dataset =
    "sql" in world.dataset ? world.dataset.sql.join(", ") : `${world.dataset.preset}, ${world.dataset.rows} rows`;
  const list = (title: string, lines: readonly string[]) => ["", title, ...lines.map((line) => `  ${line}`)];
  return [
    `${scenario.id}: ${scenario.title}`,
    scenario.summary,
    ...(story === undefined
      ? []
      : [
          `Story ${story.origin ?? "–"}, ${story.severity ?? "severity not said"}, difficulty ${story.difficulty ?? "not said"}`,
          ...(story.url === undefined ? [] : [`Told at ${story.url}`]),
        ]),
    `Objectives: RTO ${formatObjective(objectives.rtoMs)}, RPO ${formatObjective(objectives.rpoMs)}${objectives.mtdMs === undefined ? "" : `, MTD ${formatObjective(objectives.mtdMs)}`}`,
    `Engines: ${Object.entries(scenario.engines)
      .map(([name, versions]) => `${name} ${versions.join(", ")}`)
      .join("; ")}`,
    ...(scenario.params.length === 0 ? [] : list("Params, told otherwise with --set", paramLines(scenario))),
    ...list("World", [
      `dataset ${dataset}`,
      `writer every ${formatDuration(world.writer.everyMs)}, ${formatDuration(world.writer.afterDamageMs)} after the damage`,
      ...world.backups.map(
        (backup, i) =>
          `backup ${backup.name}: ${told(backup.method, backup.options, at("world", "backups", i))}, ${formatDuration(backup.ageMs)} old${backup.decoy ? ", decoy" : ""}`,
      ),
    ]),
    ...list(
      "Healthy when",
      scenario.healthy.map(({ probe, options }, i) => told(probe, options, at("healthy", i))),
    ),
    ...list(
      "Disaster",
      scenario.disaster.steps.map((step, i) => told(step.do, step.options, at("disaster", "steps", i))),
    ),
    ...list(
      "Proof",
      scenario.disaster.proof.map(({ probe, options }, i) => told(probe, options, at("disaster", "proof", i))),
    ),
    ...list(
      `Recovery from ${scenario.recovery.source}`,
      scenario.recovery.steps.map(
        (step, i) => `${step.phase}: ${told(step.do, step.options, at("recovery", "steps", i))}`,
      ),
    ),
    ...list(
      "Verified when",
      scenario.verify.map(({ probe, options }, i) => told(probe, options, at("verify", i))),
    ),
    "",
  ].join("\n");
}

/** The file without the part that would spoil a game day. */
export function withoutGameday(text: string): string {
  return text.replace(
    /^gameday:.*\n(?:[ \t]+.*\n|[ \t]*\n(?=[ \t]))*/m,
    "# gameday: kept to itself; --gameday shows it\n",
  );
}

/** What a facilitator reads beforehand. */
export function gamedayText(gameday: Scenario["gameday"]): string {
  if (gameday === null) return "\nGame day: not told; people get the title's symptom\n";
  const lines = [
    ...(gameday.briefing === "" ? [] : [`briefing: ${gameday.briefing}`]),
    ...gameday.symptoms.map(({ from, say }) => `${from}: ${say}`),
    ...gameday.injects.map(
      ({ at, when, unless, to, say }) =>
        `inject${at === undefined ? "" : ` after ${formatDuration(at)}`}${when === undefined ? "" : ` once ${when}`}${unless === undefined ? "" : ` unless ${unless}`}, to ${to}: ${say}`,
    ),
    ...gameday.hints.map(({ cost, say }) => `hint for ${cost}: ${say}`),
    ...gameday.traps.map(
      ({ when, source, cost, say }) =>
        `trap, ${when}${source === undefined ? "" : ` ${source}`}, costs ${cost}: ${say}`,
    ),
  ];
  return ["", "Game day", ...lines.map((line) => `  ${line}`), ""].join("\n");
}
