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
import { mailUrlFault, sendMail } from "../host/mail.ts";
import { makeFolder } from "../host/make-folder.ts";
import { type SendRequest, type Sent, send } from "../host/send.ts";
import { type Change, changeOf, isJudged, type LastTold, slackBody, webhookBody } from "../paper/message.ts";
import { discordBody, mailOf, pagerdutyBodies, teamsBody } from "../paper/message-bodies.ts";
import { drillName } from "../paper/scorecard.ts";
import type { DrillResult } from "../record.ts";
import { worstExitCode } from "../result/verdict.ts";

/** Where messages go. Any of these URLs may be a secret. */
export interface Receivers {
  readonly slack?: string | undefined;
  readonly webhook?: string | undefined;
  readonly teams?: string | undefined;
  readonly discord?: string | undefined;
  /** A routing key; or the URL of another region with it: `https://events.eu.pagerduty.com/v2/enqueue?key=…`. */
  readonly pagerduty?: string | undefined;
  /** `smtps://user:password@host?from=…&to=…`. */
  readonly mail?: string | undefined;
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

const CHANNELS = ["slack", "webhook", "teams", "discord", "pagerduty", "mail"] as const;
type Channel = (typeof CHANNELS)[number];
/** By channel. */
type Memory = Partial<Record<Channel, LastTold>>;

const FOLDER = ".notified";

const PAGERDUTY = "https://events.pagerduty.com/v2/enqueue";

/** Where PagerDuty's events go, and with which key. */
function pagerdutyOf(told: string): { readonly url: string; readonly key: string } {
  if (!URL.canParse(told)) return { url: PAGERDUTY, key: told };
  const url = new URL(told);
  const key = url.searchParams.get("key") ?? "";
  url.searchParams.delete("key");
  return { url: url.href, key };
}

const isHttp = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** What is wrong with where a message is to go, in words; null: nothing. */
function receiverFault(name: string, text: string): string | null {
  if (name === "mail") return mailUrlFault(text);
  if (name === "pagerduty") {
    const { url, key } = pagerdutyOf(text);
    return isHttp(url) && /^[A-Za-z0-9_-]{10,64}$/.test(key) ? null : "isn't a routing key";
  }
  return isHttp(text.replaceAll(/\{(exit|verdict)\}/g, "0")) ? null : "is no http or https URL";
}

const EXAMPLES: Readonly<Record<string, string>> = {
  mail: "smtps://user:password@mail.example.org?from=fogbell@example.org&to=team@example.org",
  pagerduty: "ROUTING_KEY",
};

/** Found out before the first drill. The URL itself is not repeated: it may be a secret. */
export function assertReceivers(receivers: Receivers): void {
  for (const [name, text] of Object.entries(receivers) as [string, string | undefined][]) {
    const fault = text === undefined ? null : receiverFault(name, text);
    if (fault === null) continue;
    throw new UsageError(`what was given for ${name} ${fault}`, {
      code: "FB_NOTIFY_URL",
      next: [
        `export FOGBELL_${name === "ping" ? "PING" : `NOTIFY_${name.toUpperCase()}`}='${EXAMPLES[name] ?? "https://…"}'`,
      ],
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

interface Message {
  readonly changes: readonly Change[];
  readonly link: string | null;
  readonly request: TellRequest;
}

const BODIES = { slack: slackBody, webhook: webhookBody, teams: teamsBody, discord: discordBody } as const;

/** By the channel's own way. Of several that must all arrive, the first that doesn't is what is said. */
async function deliver(channel: Channel, told: string, { changes, link, request }: Message): Promise<Sent> {
  const common = { signal: request.signal, ...request.patience };
  if (channel === "mail") {
    const { timeoutMs } = request.patience ?? {};
    return sendMail({ url: told, ...mailOf(changes, link), ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }
  if (channel !== "pagerduty") return send({ url: told, json: BODIES[channel](changes, link), ...common });
  const { url, key } = pagerdutyOf(told);
  for (const json of pagerdutyBodies(changes, link, key)) {
    const sent = await send({ url, json, ...common });
    if (!sent.ok) return sent;
  }
  return { ok: true };
}

async function notify(channel: Channel, url: string, told: readonly Remembered[], request: TellRequest): Promise<void> {
  const changes = told
    .map(({ result, memory }) => changeOf(result, memory[channel] ?? null))
    .filter((change): change is Change => change !== null);
  const link = linkOf(request.environment);
  const sent = changes.length === 0 ? null : await deliver(channel, url, { changes, link, request });
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
      ...CHANNELS.map((channel) => {
        const url = receivers[channel];
        return url === undefined ? null : notify(channel, url, told, request);
      }),
      receivers.ping === undefined ? null : ping(receivers.ping, results, request),
    ]);
    const changed = told.filter(({ memory }, at) => memory !== before[at]);
    if (changed.length > 0) await makeFolder(join(outFolder, FOLDER));
    for (const { file, memory } of changed) await writeAtomic(file, `${JSON.stringify(memory, null, 2)}\n`);
  } catch (error) {
    say(`who was told what could not be remembered: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`);
  }
}
