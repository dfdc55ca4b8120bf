/** The script of story 000, run unchanged: what it saves, and what it says when it saves nothing. */
import { describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import type { DrillResult, Progress } from "../../src/record.ts";
import { testFor } from "../support/long.ts";
import { lingering, play } from "../support/play.ts";

const scenario = "test/fixtures/scenarios/script.drill.yaml";

/** The same nights, some of them with trouble. */
const trouble =
  (kind: "dump" | "upload", nights: readonly string[]) =>
  (plan: Plan): Plan => ({
    ...plan,
    backups: plan.backups.map((backup) =>
      nights.includes(backup.name) ? { ...backup, options: { ...(backup.options as object), trouble: kind } } : backup,
    ),
  });

/** What the script mailed in each night, oldest first. */
const mails = ({ commands }: DrillResult) =>
  commands
    .filter(({ command }) => command.say.startsWith("Run nightly-"))
    .map(({ stdoutTail }) => /^mail: (.*)$/m.exec(stdoutTail)?.[1]);

describe.each(["postgres", "mariadb"])("%s", (engine) => {
  const on = { sandbox: "local", engine, scenario };

  test("when all is well: the newest file is restored by the restore script, and old files are pruned", async () => {
    const told: Progress[] = [];
    const { result } = await play({ ...on, change: lingering, onProgress: (progress) => told.push(progress) });
    const restoring = told.filter(({ label }) => label.includes("with the restore script")).at(-1);
    expect(restoring?.doneBytes).toBeGreaterThan(0);
    expect(restoring?.totalBytes).toBeGreaterThan(0);
    expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    expect(result.sources.map(({ name }) => name)).toEqual(["fourth", "third"]);
    expect(result.measured.rpaMs).toBe(6 * 3_600_000);
    expect(mails(result)).toEqual(Array(4).fill("Backup OK"));
    const restored = result.commands.find(({ command }) => command.say.includes("with the restore script"));
    expect(restored?.stdoutTail).toContain("restored into");
  });

  testFor(engine === "postgres")(
    "when dumps fail: it says that all is well, and prunes the last good one",
    async () => {
      const { result } = await play({ ...on, change: trouble("dump", ["third", "fourth"]) });
      expect(result.verdict).toBe("lost");
      expect(result.reasons[0]).toContain("no recovery point to restore from");
      expect(mails(result)).toEqual(Array(4).fill("Backup OK"));
      expect(
        result.backups
          .map(({ sizeBytes }) => sizeBytes)
          .slice(2)
          .every((bytes) => bytes > 0 && bytes < 100),
      ).toBe(true);
    },
  );

  testFor(engine === "mariadb")(
    "when the upload fails: it says that all is well, and the newest copy is a night older",
    async () => {
      const { result } = await play({ ...on, change: trouble("upload", ["fourth"]) });
      expect(mails(result)).toEqual(Array(4).fill("Backup OK"));
      expect(result.sources.map(({ name }) => name)).toEqual(["third"]);
      expect(result.verdict).toBe("late");
      expect(result.measured.rpaMs).toBe(30 * 3_600_000);
    },
  );
});
