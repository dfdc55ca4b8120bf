/** The badge at the head of a page: the one thing that everybody reads. */
import { describe, expect, test } from "vitest";
import { sessionHtml } from "../../src/paper/report-html.ts";
import type { DrillResult } from "../../src/record.ts";
import { RESULTS } from "../fakes/results.ts";

const { recovered, lost, late } = RESULTS as Record<string, DrillResult>;

describe("several drills", () => {
  test.each<[string, (DrillResult | undefined)[], number, string, boolean]>([
    ["all recovered", [recovered], 0, "ALL RECOVERED", true],
    ["one lost", [recovered, lost], 0, "1 OF 2 NOT RECOVERED", false],
    ["late is not recovered", [late, lost, recovered], 0, "2 OF 3 NOT RECOVERED", false],
    ["some that cannot be read are no recovery", [recovered], 2, "2 CANNOT BE READ", false],
    ["both", [lost], 3, "1 OF 1 NOT RECOVERED, 3 CANNOT BE READ", false],
    ["none at all is nothing good", [], 0, "NOTHING DRILLED", false],
    ["none that can be read", [], 1, "1 CANNOT BE READ", false],
  ])("%s", async (_what, results, unread, text, good) => {
    const html = await sessionHtml(results as DrillResult[], "# x\n", { title: "t", lost: unread });
    const [, kind, said] = /<span class="verdict([^"]*)">([^<]*)</.exec(html) ?? [];
    expect([said, kind]).toEqual([text, good ? "" : " bad"]);
  });
});
