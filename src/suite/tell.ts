/**
 * Tells those who do not look: a message when a verdict changes, and a sign of life after each judged run. What each
 * receiver was last told is kept beside the run folders, a file for each drill, so that folders can be copied together.
 * Nothing here fails a run; what could not be told is said, and told the next time.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { sha256 } from "../host/digest.ts";
import { makeFolder } from "../host/make-folder.ts";
import { type SendRequest, send } from "../host/send.ts";
import { type Change, changeOf, isJudged, type LastTold, slackBody, webhookBody } from "../paper/message.ts";
import { drillName } from "../paper/scorecard.ts";
import type { DrillResult } from "../record.ts";
import { worstExitCode } from "../result/verdict.ts";

/** Where messages go. Any of these URLs may be a secret. */
export interface Receivers {
  readonly slack?: string | undefined;
  readonly webhook?: string | undefined;
  /** Asked for after a judged run. `{exit}` and `{verdict}` in it are filled in. */
  readonly ping?: string | undefined;
}

export interface TellRequest {
  readonly receivers: Receivers;
  readonly outFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** How long and how often, for tests. */
  readonly patience?: Pick<SendRequest, "timeoutMs" | "attempts" | "firstWaitMs">;
}

type Channel = "slack" | "webhook";
/** By channel. */
type Memory = Partial<Record<Channel, LastTold>>;

const FOLDER = ".notified";

/** Found out before the first drill. The URL itself is not repeated: it may be a secret. */
export function assertReceivers(receivers: Receivers): void {
  for (const [name, text] of Object.entries(receivers)) {
    if (text === undefined) continue;
    const filled = text.replaceAll(/\{(exit|verdict)\}/g, "0");
    if (URL.canParse(filled) && /^https?:$/.test(new URL(filled).protocol)) continue;
    throw new UsageError(`what was given for ${name} is no http or https URL`, {
      code: "FB_NOTIFY_URL",
      next: [`export FOGBELL_${name === "ping" ? "PING" : `NOTIFY_${name.toUpperCase()}`}=https://…`],
    });
  }
}

/** The CI job's page, where there is one. */
function linkOf(env: TellRequest["environment"]): string | null {
  if (env.CI_JOB_URL !== undefined) return env.CI_JOB_URL;
  if (env.GITHUB_RUN_ID === undefined) return null;
  return `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
}

function memoryFile(outFolder: string, drill: string): string {
  const readable = drill
    .replaceAll(/[^A-Za-z0-9.]+/g, "-")
    .replace(/^[-.]+/, "")
    .slice(0, 60);
  return join(outFolder, FOLDER, `${readable}-${sha256(drill).slice(0, 8)}.json`);
}

async function recall(file: string): Promise<Memory> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Memory;
  } catch {
    return {};
  }
}

interface Remembered {
  readonly result: DrillResult;
  readonly file: string;
  memory: Memory;
}

async function notify(channel: Channel, url: string, told: readonly Remembered[], request: TellRequest): Promise<void> {
  const changes = told
    .map(({ result, memory }) => changeOf(result, memory[channel] ?? null))
    .filter((change): change is Change => change !== null);
  const link = linkOf(request.environment);
  const json = (channel === "slack" ? slackBody : webhookBody)(changes, link);
  const sent = changes.length === 0 ? null : await send({ url, json, signal: request.signal, ...request.patience });
  if (sent?.ok === false) {
    request.say(`${channel} was not told: ${sent.why}. It is told after the next run.`);
    return;
  }
  for (const one of told) {
    if (!isJudged(one.result)) continue;
    const { verdict, runId, endedAt: at } = one.result;
    // What was told first stays: "since then" is when it changed.
    if (one.memory[channel]?.verdict !== verdict) one.memory = { ...one.memory, [channel]: { verdict, runId, at } };
  }
}

/**
 * A sign of life: that drills ran, and could judge. Where the receiver cannot tell one sign from another, a void or
 * refused run gives none: a silence that is noticed is better than a sign that means nothing.
 */
async function ping(url: string, results: readonly DrillResult[], request: TellRequest): Promise<void> {
  if (results.length === 0 || !results.every(isJudged)) return;
  const exit = worstExitCode(results);
  const isTold = /\{(exit|verdict)\}/.test(url);
  if (!isTold && (exit === 4 || exit === 5)) return;
  const verdict = results.find((one) => worstExitCode([one]) === exit)?.verdict ?? "void";
  const filled = url.replaceAll("{exit}", String(exit)).replaceAll("{verdict}", verdict);
  const sent = await send({ url: filled, signal: request.signal, ...request.patience });
  if (!sent.ok) request.say(`the sign of life was not given: ${sent.why}`);
}

/** Tells every receiver what is new in these results. Never throws. */
export async function tell(results: readonly DrillResult[], request: TellRequest): Promise<void> {
  const { receivers, outFolder, say } = request;
  try {
    // Of a drill that ran more than once, the last counts.
    const last = new Map(results.map((result) => [drillName(result.scenario), result]));
    const told = await Promise.all(
      [...last].map(async ([drill, result]): Promise<Remembered> => {
        const file = memoryFile(outFolder, drill);
        return { result, file, memory: await recall(file) };
      }),
    );
    const before = told.map(({ memory }) => memory);
    await Promise.all([
      receivers.slack === undefined ? null : notify("slack", receivers.slack, told, request),
      receivers.webhook === undefined ? null : notify("webhook", receivers.webhook, told, request),
      receivers.ping === undefined ? null : ping(receivers.ping, results, request),
    ]);
    const changed = told.filter(({ memory }, at) => memory !== before[at]);
    if (changed.length > 0) await makeFolder(join(outFolder, FOLDER));
    for (const { file, memory } of changed) await writeAtomic(file, `${JSON.stringify(memory, null, 2)}\n`);
  } catch (error) {
    say(`who was told what could not be remembered: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`);
  }
}
