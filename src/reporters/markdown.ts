/** Pages for people: in each run folder the report and the runbook; named, one page on all drills of the call. */
import { z } from "zod";
import { scorecardPage } from "../paper/scorecard.ts";
import { defineReporter } from "../parts.ts";

export const markdownReporter = defineReporter<Record<string, never>>({
  name: "markdown",
  summary: "One page on all drills: the verdicts, then what was asked of each, and how it was answered.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: [],
  async forFolder(result) {
    const { renderReport } = await import("../paper/report.ts");
    const { renderRunbook } = await import("../paper/runbook.ts");
    const { readTemplates } = await import("../paper/templates.ts");
    const [reports, runbooks] = [await readTemplates("reports"), await readTemplates("runbooks")];
    return [
      { file: "report.md", text: await renderReport(result, reports) },
      { file: "runbook.md", text: await renderRunbook(result, runbooks) },
    ];
  },
  render: async (results) => [
    {
      file: "drills.md",
      text: scorecardPage(results, { heading: 1, isFolded: false, limitBytes: Number.POSITIVE_INFINITY }),
    },
  ],
});
