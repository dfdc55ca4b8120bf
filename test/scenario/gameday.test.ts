import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { catalog } from "../../src/catalog.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario, readScenario } from "../../src/scenario/load.ts";
import { gamedayText, showText, withoutGameday } from "../../src/scenario/show.ts";

const FILE = "scenarios/drop-table.drill.yaml";
const text = await readFile(FILE, "utf8");
const scenario = await loadScenario(FILE, catalog);

describe("the gameday key", () => {
  it("is read with its times in milliseconds", () => {
    expect(scenario.gameday?.injects[0]).toMatchObject({ at: 240_000, to: "comms" });
    expect(scenario.gameday?.hints.map(({ cost }) => cost)).toEqual([3, 5, 10]);
    expect(new RegExp(scenario.gameday?.milestones[0]?.matches ?? "").test("SELECT 1 FROM orders")).toBe(true);
  });

  it("is kept to itself by scenario show, in words and as YAML", () => {
    const hidden = withoutGameday(text);
    expect(parse(hidden)).not.toHaveProperty("gameday");
    const { gameday, ...rest } = parse(text) as Record<string, unknown>;
    expect(gameday).toBeDefined();
    expect(parse(hidden)).toEqual(rest);
    for (const secret of ["CFO", "basket", "plane"]) {
      expect(hidden).not.toContain(secret);
      expect(showText(scenario, text)).not.toContain(secret);
      expect(gamedayText(scenario.gameday)).toContain(secret);
    }
  });

  it("refuses a pattern that is none, and a milestone that nobody knows", () => {
    const issues = (change: (text: string) => string) => {
      try {
        readScenario(FILE, change(text), catalog);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(issues((all) => all.replace(/matches: "[^"]*\$table[^"]*" \}\n$/, 'matches: "(" }\n'))).toContain(
      "a regular expression is needed",
    );
    expect(issues((all) => all.replace("unless: preserved", "unless: preserve"))).toContain("preserved");
  });
});

describe("every shipped scenario", async () => {
  const all = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
  it.each(all.map((one) => [one.id, one] as const))(
    "%s tells its story without its name, with a ladder that costs more and more",
    (id, one) => {
      const told = one.gameday;
      if (told === null) return;
      expect(told.symptoms.length).toBeGreaterThan(0);
      const said = JSON.stringify([told.briefing, told.symptoms, told.injects]);
      expect(said).not.toContain(id);
      const costs = told.hints.map(({ cost }) => cost);
      expect(costs).toEqual([...costs].sort((a, b) => a - b));
      const names = one.world.backups.map(({ name }) => name);
      for (const { when, source } of told.traps) if (when === "source-used") expect(names).toContain(source);
    },
  );
});
