/** Replicas remember nothing but what a delay holds back: whether the damage went through one is asked, never assumed. */
import { describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { testFor } from "../support/long.ts";
import { play } from "../support/play.ts";

const scenario = "test/fixtures/scenarios/replicas.drill.yaml";
const MINUTE = 60_000;

const delayed =
  (delay: string) =>
  (plan: Plan): Plan => ({
    ...plan,
    backups: plan.backups.map((backup) => (backup.name === "behind" ? { ...backup, options: { delay } } : backup)),
  });

/** Opens the replica as it is at the end of what it received. */
const failover = (plan: Plan): Plan => ({
  ...plan,
  scenario: { ...plan.scenario, recovery: { ...plan.scenario.recovery, source: "standby" } },
  target: { to: "end-of-log" },
  recovery: plan.recovery
    .map((step) =>
      step.part.name === "restore-beside"
        ? { ...step, options: { ...(step.options as object), to: "end-of-log" } }
        : step,
    )
    .filter(({ part }) => part.name !== "copy-table-back"),
});

describe.each(["postgres", "mariadb"])("%s", (engine) => {
  const on = { sandbox: "local", engine, scenario };
  const rejectionOf = (sources: readonly { name: string; rejected: string | null }[], name: string) =>
    sources.find((source) => source.name === name)?.rejected;

  test("one that follows at once has the damage, too; one that was held back is brought to just before it", async () => {
    const { result } = await play(on);
    expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    expect(rejectionOf(result.sources, "standby")).toContain("it has replayed the damage already");
    expect(result.sources.find(({ chosen }) => chosen)?.id).toBe("replica:behind");
    expect(result.measured).toMatchObject({ rpaMs: 0, rowsMissing: 0, rowsExtra: 0 });
    expect(result.fetched).toBeNull();
    expect(result.cleanup?.failed).toEqual([]);
  });

  testFor(engine === "postgres")(
    "a delay shorter than the time until somebody looks holds nothing back: the dump is what is left",
    async () => {
      const { result } = await play({ ...on, change: delayed("5m") });
      expect(result.verdict).toBe("recovered");
      expect(rejectionOf(result.sources, "behind")).toContain("it has replayed the damage already");
      expect(result.sources.find(({ chosen }) => chosen)?.name).toBe("nightly");
      expect(result.measured.rpaMs).toBe(180 * MINUTE);
    },
  );

  testFor(engine === "mariadb")("opened to its end it has every commit, and the loss as well", async () => {
    const { result } = await play({ ...on, change: failover });
    expect(result.verdict).toBe("lost");
    expect(result.reasons.join(" ")).toContain("orders");
    const opened = result.commands.filter(({ command }) => command.id.startsWith("restore.restore-beside")).at(-1);
    expect(opened?.stdoutTail.trim()).toBe("open");
  });
});
