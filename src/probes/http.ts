/** An application inside the sandbox answers: the question that users ask. */
import { askHttp, type HttpRequest, httpRequest, judgeHttp } from "../http-request.ts";
import { defineProbe } from "../parts.ts";
import { answered } from "./reading.ts";

export const http = defineProbe<HttpRequest>({
  name: "http",
  summary: "An application in the sandbox answers a request, with the status and words expected.",
  options: httpRequest,
  gives: [],
  needs: [],
  question: (_scene, told) => askHttp(told),
  answer: ([first], _scene, told) => answered(first, (outcome) => judgeHttp(outcome, told)),
});
