/** What no single key can show: a scenario whose parts cannot all be meant. Pure. */
import type { Issue } from "../errors.ts";
import type { Path, Positions } from "./load.ts";
import type { ScenarioInput } from "./schema.ts";

/** Every contradiction in a scenario whose keys are each valid. `fileName` is the file's name without its folder. */
export function contradictions(input: ScenarioInput, fileName: string, positions: Positions): Issue[] {
  const issues: Issue[] = [];
  const blame = (path: Path, message: string) =>
    issues.push({ ...positions.at(path), path: path.map(String).join("."), message });
  const backups = input.world.backups as { name: string; age: number; decoy: boolean }[];

  backups.forEach(({ name, age }, index) => {
    if (backups.findIndex((other) => other.name === name) < index)
      blame(["world", "backups", index, "name"], `two backups are called "${name}"`);
    if (age <= 0)
      blame(["world", "backups", index, "age"], "a backup is older than the damage: age must be above zero");
  });
  const { source } = input.recovery;
  if (source !== "newest-verified" && !backups.some(({ name }) => name === source)) {
    blame(
      ["recovery", "source"],
      `recovery.source: no backup is called "${source}"; newest-verified or one of: ${backups.map(({ name }) => name).join(", ")}`,
    );
  }
  if (Object.values(input.engines).every((versions) => versions === undefined))
    blame(["engines"], "no engine is named");
  const { rto, mtd } = input.objectives;
  if (mtd !== undefined && rto > mtd)
    blame(["objectives", "rto"], "the RTO is longer than the maximum tolerable downtime");
  if (input.world.writer.every <= 0) blame(["world", "writer", "every"], "world.writer.every must be above zero");
  if (fileName !== `${input.id}.drill.yaml`) {
    blame(["id"], `the file is called ${fileName}; a scenario with this id is called ${input.id}.drill.yaml`);
  }
  return issues;
}
