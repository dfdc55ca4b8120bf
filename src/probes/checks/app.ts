/** A check of somebody's own: an application that is started on the copy, and asked as a user would ask it. */

import { defineCheckProbe } from "../../define.ts";
import { askHttp, type HttpRequest, judgeHttp } from "../../http-request.ts";
import type { ApplicationSpec } from "../../parts.ts";
import { answered } from "../reading.ts";

interface Check {
  readonly app?: (HttpRequest & ApplicationSpec & { readonly within?: number | undefined }) | undefined;
  readonly role?: string | undefined;
}

const USUAL_START_MS = 60_000;

/** Which checks there are was read before: one that has no application never comes here. */
const appOf = ({ app }: Check) => app as NonNullable<Check["app"]>;

export const appCheck = defineCheckProbe<Check>({
  name: "app",
  summary: "An application of your own, started on the copy, answers as it should.",
  starts: (check) => ({ application: appOf(check), withinMs: appOf(check).within ?? USUAL_START_MS }),
  before: ({ role }, copies) => (role === undefined ? null : copies.letIn(role)),
  question: (check) => askHttp(appOf(check)),
  answer: (outcome, check) => answered(outcome, (one) => judgeHttp(one, appOf(check))),
});
