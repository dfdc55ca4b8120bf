/** What is worth telling somebody who does not look: that a drill's verdict has changed. Not each night anew. Pure. */
import { formatDuration, formatObjective } from "../host/units.ts";
import type { DrillResult, Verdict } from "../record.ts";
import { drillName } from "./scorecard.ts";
import { verdictMeaning, verdictWord } from "./words.ts";

/** What a receiver was last told of a drill. */
export interface LastTold {
  readonly verdict: Verdict;
  readonly runId: string;
  /** When that drill ended, ISO 8601. */
  readonly at: string;
}

export interface Change {
  readonly drill: string;
  readonly result: DrillResult;
  readonly before: LastTold | null;
  readonly event: "failure" | "recovery";
}

/** A drill that was cut short, or that met a defect of ours, says nothing about the backups. */
export function isJudged({ interrupted, problems }: DrillResult): boolean {
  return !interrupted && !problems.some(({ code }) => code === "FB_DEFECT");
}

/** The change that a result is, against what was last told; null when there is nothing new. */
export function changeOf(result: DrillResult, before: LastTold | null): Change | null {
  const was = before?.verdict ?? "recovered";
  if (!isJudged(result) || result.verdict === was) return null;
  const event = result.verdict === "recovered" ? "recovery" : "failure";
  return { drill: drillName(result.scenario), result, before, event };
}

/** `2 days after` would need a clock; the moment itself needs none. */
function sinceText({ before, result: { scenario } }: Change): string {
  if (before === null) return "";
  return ` (before: ${verdictWord({ verdict: before.verdict, scenario })}, ${before.at.slice(0, 16).replace("T", " ")} UTC)`;
}

export function headline(change: Change): string {
  const { drill, result, event } = change;
  const word = event === "recovery" ? `${verdictWord(result)} again` : verdictWord(result);
  return `${drill}: ${word}${sinceText(change)}`;
}

/** Plain text, one paragraph for each change. */
export function messageText(changes: readonly Change[], link: string | null): string {
  const paragraphs = changes.map((change) => {
    const { reasons, measured, objectives, next, runId } = change.result;
    const { rtaMs, rpaMs } = measured;
    return [
      headline(change),
      `${verdictWord(change.result)}: ${verdictMeaning(change.result)}`,
      ...reasons.slice(0, 3),
      ...(rtaMs === null ? [] : [`RTA ${formatDuration(rtaMs)} of ${formatObjective(objectives.rtoMs)}`]),
      ...(rpaMs === null ? [] : [`RPA ${formatDuration(rpaMs)} of ${formatObjective(objectives.rpoMs)}`]),
      ...next.slice(0, 3).map((line) => `next: ${line}`),
      `run ${runId}`,
    ].join("\n");
  });
  return [...paragraphs, ...(link === null ? [] : [link])].join("\n\n");
}

/** For any receiver of JSON. `text` is what chat systems show that take Slack's simplest form. */
export function webhookBody(changes: readonly Change[], link: string | null): object {
  return {
    schemaVersion: 1,
    source: "fogbell",
    event: changes.some(({ event }) => event === "failure") ? "failure" : "recovery",
    text: messageText(changes, link),
    link,
    changes: changes.map(({ drill, result, before, event }) => ({
      drill,
      event,
      verdict: result.verdict,
      before: before?.verdict ?? null,
      reasons: result.reasons,
      next: result.next,
      measured: result.measured,
      objectives: result.objectives,
      runId: result.runId,
      endedAt: result.endedAt,
    })),
  };
}

/** The three characters that Slack takes for markup, as its documentation says. */
const slackText = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Slack cuts a section at 3000 characters; what is cut stands in the report. */
const SLACK_SECTION = 2900;
/** Of a message's 50 blocks. */
const SLACK_BLOCKS = 40;

function clipped(text: string): string {
  return text.length <= SLACK_SECTION ? text : `${text.slice(0, SLACK_SECTION)}…`;
}

/** Slack's incoming webhook. Plain text throughout: a name must not become a link or call a whole channel. */
export function slackBody(changes: readonly Change[], link: string | null): object {
  const shown = changes.slice(0, SLACK_BLOCKS);
  const left = changes.length - shown.length;
  const section = (text: string) => ({
    type: "section",
    text: { type: "plain_text", text: clipped(text), emoji: false },
  });
  return {
    text: slackText(changes.map(headline).join("\n").slice(0, SLACK_SECTION)),
    blocks: [
      ...shown.map((change) => section(messageText([change], null))),
      ...(left > 0 ? [section(`and ${left} more`)] : []),
      ...(link === null ? [] : [section(link)]),
    ],
  };
}
