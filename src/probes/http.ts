/** An application inside the sandbox answers: the question that users ask. */

import { defineProbe } from "../define.ts";
import { askHttp, type HttpRequest, httpRequest, judgeHttp } from "../http-request.ts";
import { answered } from "./reading.ts";

export const http = defineProbe<HttpRequest>({
  name: "http",
  summary: "An application in the sandbox answers a request, with the status and words expected.",
  options: httpRequest,
  question: (_scene, told) => askHttp(told),
  answer: ([first], _scene, told) => answered(first, (outcome) => judgeHttp(outcome, told)),
});
