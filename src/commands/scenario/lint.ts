import { FogbellCommand } from "../../cli/command.ts";
import { errorJson, errorText } from "../../cli/print-error.ts";
import { asFogbellError, type FogbellError, type Issue, ScenarioError, UsageError } from "../../errors.ts";

interface Checked {
  readonly file: string;
  readonly issues: readonly Issue[];
  /** There is no such file, or nothing in it can be pointed at. */
  readonly error?: unknown;
}

/** A file that is not there must not hide what is wrong with the others; any other error ends the command. */
function wrongIn(name: string, error: FogbellError): Checked & { readonly text: string } {
  if (error instanceof ScenarioError) return { file: error.file, issues: error.issues, text: `${error.message}\n` };
  if (error instanceof UsageError) return { file: name, issues: [], ...errorJson(error), text: errorText(error) };
  throw error;
}

export default class ScenarioLint extends FogbellCommand {
  static override summary = "Check scenario files, and report every problem with file, line and column.";
  static override description = "Without arguments, checks the shipped scenarios. Exit code 2 if anything is wrong.";
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
    const checked: Checked[] = [];
    for (const name of names.length > 0 ? names : await listScenarios()) {
      try {
        const file = await resolveScenario(name);
        plan(await loadScenario(file, catalog), catalog);
        checked.push({ file, issues: [] });
        this.log(`${file}: valid`);
      } catch (thrown) {
        const { text, ...wrong } = wrongIn(name, asFogbellError(thrown));
        checked.push(wrong);
        process.stderr.write(text);
        process.exitCode = 2;
      }
    }
    return checked;
  }
}
