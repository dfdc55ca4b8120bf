import { FogbellCommand } from "../../cli/command.ts";
import { asFogbellError, type Issue, ScenarioError, UsageError } from "../../errors.ts";

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
    const checked: { file: string; issues: readonly Issue[] }[] = [];
    for (const name of names.length > 0 ? names : await listScenarios()) {
      try {
        const file = await resolveScenario(name);
        plan(await loadScenario(file, catalog), catalog);
        checked.push({ file, issues: [] });
        this.log(`${file}: valid`);
      } catch (thrown) {
        const error = asFogbellError(thrown);
        // A file that is not there must not hide what is wrong with the others.
        if (!(error instanceof ScenarioError || error instanceof UsageError)) throw error;
        const issues =
          error instanceof ScenarioError ? error.issues : [{ line: 1, column: 1, path: "", message: error.message }];
        checked.push({ file: error instanceof ScenarioError ? error.file : name, issues });
        process.stderr.write(`${error.message}\n`);
        process.exitCode = 2;
      }
    }
    return checked;
  }
}
