/** The two documents people need afterwards: the report and the runbook, in markdown. */
import { z } from "zod";
import { defineReporter } from "../parts.ts";

export const markdownReporter = defineReporter<Record<string, never>>({
  name: "markdown",
  summary: "report.md and runbook.md, through the templates in reports/ and runbooks/.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: [],
  async render(results) {
    const { renderReport } = await import("../paper/report.ts");
    const { renderRunbook } = await import("../paper/runbook.ts");
    const { readTemplates } = await import("../paper/templates.ts");
    const [reports, runbooks] = [await readTemplates("reports"), await readTemplates("runbooks")];
    return Promise.all(
      results.flatMap((result) => [
        renderReport(result, reports).then((text) => ({ file: "report.md", text })),
        renderRunbook(result, runbooks).then((text) => ({ file: "runbook.md", text })),
      ]),
    );
  },
});
