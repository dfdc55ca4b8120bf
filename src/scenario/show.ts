/** A scenario in plain words, for a terminal. Pure. */
import { formatDuration } from "../host/units.ts";
import type { Scenario } from "./schema.ts";

function told(word: string, options: unknown): string {
  const keys = Object.entries(options as object).filter(([, value]) => value !== undefined);
  return keys.length === 0
    ? word
    : `${word} (${keys.map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(", ") : String(value)}`).join("; ")})`;
}

export function showText(scenario: Scenario): string {
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
        ]),
    `Objectives: RTO ${formatDuration(objectives.rtoMs)}, RPO ${formatDuration(objectives.rpoMs)}${objectives.mtdMs === undefined ? "" : `, MTD ${formatDuration(objectives.mtdMs)}`}`,
    `Engines: ${Object.entries(scenario.engines)
      .map(([name, versions]) => `${name} ${versions.join(", ")}`)
      .join("; ")}`,
    ...list("World", [
      `dataset ${dataset}`,
      `writer every ${formatDuration(world.writer.everyMs)}, ${formatDuration(world.writer.afterDamageMs)} after the damage`,
      ...world.backups.map(
        (backup) =>
          `backup ${backup.name}: ${told(backup.method, backup.options)}, ${formatDuration(backup.ageMs)} old${backup.decoy ? ", decoy" : ""}`,
      ),
    ]),
    ...list(
      "Healthy when",
      scenario.healthy.map(({ probe, options }) => told(probe, options)),
    ),
    ...list(
      "Disaster",
      scenario.disaster.steps.map((step) => told(step.do, step.options)),
    ),
    ...list(
      "Proof",
      scenario.disaster.proof.map(({ probe, options }) => told(probe, options)),
    ),
    ...list(
      `Recovery from ${scenario.recovery.source}`,
      scenario.recovery.steps.map((step) => `${step.phase}: ${told(step.do, step.options)}`),
    ),
    ...list(
      "Verified when",
      scenario.verify.map(({ probe, options }) => told(probe, options)),
    ),
    "",
  ].join("\n");
}
