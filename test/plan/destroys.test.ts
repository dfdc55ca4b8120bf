/** What cannot be had back says so: on the page it is read aloud first, in a drill it runs only behind the identity check. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { runbookView } from "../../src/paper/runbook.ts";
import type { Command, Line, Phase } from "../../src/parts.ts";
import { describe as describePlan, type PlannedCommand } from "../../src/plan/describe.ts";
import { plan } from "../../src/plan/plan.ts";
import type { DrillResult, EventBody } from "../../src/record.ts";
import { deriveResult } from "../../src/result/result.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { END, stamped, WELL } from "../fakes/events.ts";
import { methodLines } from "../support/method-lines.ts";

/** Words after which something is gone, whoever says them. Looking for one in a text that is only printed is no deed. */
const VERBS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["drops", /^\s*DROP (TABLE|DATABASE|SCHEMA|USER|ROLE|VIEW)\b/m],
  ["drops a database", /^\s*dropdb\b/m],
  ["empties", /^\s*TRUNCATE\b/m],
  ["deletes rows", /^\s*DELETE FROM\b/m],
  ["renames a database", /ALTER DATABASE .* RENAME/],
  ["promotes a replica", /pg_ctl .*promote|pg_promote\(/],
  ["makes a replica follow nobody", /standby\.signal.*\n?.*\brm\b|\brm\b.*standby\.signal|RESET (SLAVE|REPLICA)/],
  ["stops replication for good", /STOP (SLAVE|REPLICA)\b(?! SQL_THREAD)/],
  ["applies what a replica held back", /START (SLAVE|REPLICA) SQL_THREAD/],
  ["throws a log away", /RESET MASTER|PURGE BINARY LOGS|pg_resetwal/],
  ["removes a server's folder", /\brm -rf? "?\$(SIDE_DATA|DATADIR|PGDATA)/],
];
const saidOf = ({ script }: Pick<Line, "script">) =>
  VERBS.filter(([, verb]) => verb.test(script)).map(([name]) => name);

const scenarios = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
const pairs = scenarios.flatMap((scenario) =>
  catalog.engines
    .filter(({ name }) => name in scenario.engines)
    .map((engine) => ({ scenario, engine: engine.name, title: `${scenario.id} on ${engine.name}` })),
);

describe.each(pairs)("$title", ({ scenario, engine }) => {
  const planned = plan(scenario, catalog, { engine });
  const { commands } = describePlan(planned);
  const steps = commands.filter(({ phase }) => phase !== "damage" && phase !== "world");

  test("every step and every line of its methods that cannot be had back says that it destroys", () => {
    const silent = [...steps, ...methodLines(planned)]
      .filter(({ destroys }) => !destroys)
      .flatMap((line) => saidOf(line).map((verb) => `${verb}: ${line.say}`));
    expect([...new Set(silent)]).toEqual([]);
  });

  test("the page sends people to the step that stops writers, and nobody past the last that can be taken back", () => {
    const view = runbookView(resultOf(steps));
    const shown = [view.contain, view.preserve, view.locate, view.restore, view.reopen, view.normal].flat();
    const stops = shown.find(({ number }) => number === view.stopStep);
    const isPlanned = steps.some(({ stopsWriters }) => stopsWriters === true);
    expect(stops?.say).toBe(isPlanned ? steps.find(({ stopsWriters }) => stopsWriters)?.say : undefined);
    const first = shown.find(({ destroys }) => destroys)?.number;
    expect(view.lastSafeStep).toBe(first === undefined || first === 1 ? null : first - 1);
  });

  test("nothing above the point of no return changes the database", () => {
    const view = runbookView(resultOf(steps));
    const above = [view.contain, view.preserve, view.locate].flat();
    expect(above.filter(({ destroys }) => destroys).map(({ say }) => say)).toEqual([]);
  });
});

test("the list of verbs knows each of the deeds that it is about", () => {
  const lines = catalog.engines.flatMap((engine) =>
    scenarios
      .filter(({ engines }) => engine.name in engines)
      .flatMap((scenario) => {
        const planned = plan(scenario, catalog, { engine: engine.name });
        return [...describePlan(planned).commands, ...methodLines(planned)];
      }),
  );
  const used = new Set(lines.flatMap(saidOf));
  expect([...used].sort()).toEqual(
    expect.arrayContaining(["drops", "promotes a replica", "stops replication for good"]),
  );
});

/** A drill in which these commands ran, and went well. */
function resultOf(steps: readonly PlannedCommand[]): DrillResult {
  const ran = steps.flatMap((planned, index): EventBody[] => {
    const command: Command = { ...planned, phase: planned.phase as Phase, id: String(index) };
    return [
      { kind: "command-began", command, hash: command.id },
      {
        kind: "command-ended",
        commandId: command.id,
        exitCode: 0,
        durationMs: 1,
        stdoutTail: "" as never,
        stderrTail: "" as never,
      },
    ];
  });
  return deriveResult(stamped([...ran, ...WELL.filter(({ kind }) => !kind.startsWith("command-")), ...END]));
}
