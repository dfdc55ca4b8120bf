import { FogbellCommand } from "../../cli/command.ts";
import { type Issue, ScenarioError } from "../../errors.ts";

export default class ScenarioLint extends FogbellCommand {
  static override summary = "Check scenario files, and name every problem with file, line and column.";
  static override description =
    "Without arguments, checks the scenarios that ship. Exit code 2 when anything is wrong.";
  static override examples = [
    "<%= config.bin %> scenario lint my.drill.yaml",
    "<%= config.bin %> scenario lint drills/*.drill.yaml --json",
  ];
  static override strict = false;

  async run(): Promise<unknown> {
    const { argv } = await this.parse(ScenarioLint);
    const { catalog } = await import("../../catalog.ts");
    const { listScenarios, resolveScenario } = await import("../../scenario/library.ts");
    const { loadScenario } = await import("../../scenario/load.ts");
    const { plan } = await import("../../plan/plan.ts");
    const names = argv as string[];
    const files = names.length > 0 ? await Promise.all(names.map(resolveScenario)) : await listScenarios();
    const checked: { file: string; issues: readonly Issue[] }[] = [];
    for (const file of files) {
      try {
        plan(await loadScenario(file, catalog), catalog);
        checked.push({ file, issues: [] });
        this.log(`${file}: valid`);
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
        checked.push({ file, issues: error.issues });
        process.stderr.write(`${error.message}\n`);
      }
    }
    if (checked.some(({ issues }) => issues.length > 0)) process.exitCode = 2;
    return checked;
  }
}
