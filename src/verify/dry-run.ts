/**
 * What a verify would do, told without doing it: which copy, from where, into which sandbox. What `--dry-run` prints.
 * Lists and chooses with the code of the real one; nothing is fetched, started or written.
 */
import { unreadableError } from "../backups/unreadable.ts";
import { asFogbellError, type FogbellError } from "../errors.ts";
import { tame } from "../host/tame.ts";
import { formatBytes, formatDuration, formatObjective } from "../host/units.ts";
import type { Objectives } from "../record.ts";
import { type Limit, limitWords } from "../run/limits.ts";
import { chooseSandbox } from "../sandboxes/choose.ts";
import { readKey } from "./decrypt.ts";
import { keepingOf } from "./keeping.ts";
import { readKnown } from "./known.ts";
import { foreignBackup } from "./open-sandbox.ts";
import { overviewOf, type PointRow } from "./overview.ts";
import { minute, verifiedText } from "./overview-text.ts";
import { openSources } from "./sources.ts";
import { type Asked, type Candidate, limitsFor, serverFor, type VerifyTask } from "./task.ts";
import { type CopyRequest, knownName, tasksFor } from "./tasks-for.ts";
import { MOST_OLDER } from "./verify.ts";
import { youngerError } from "./younger.ts";

export interface PlanRequest extends CopyRequest {
  readonly sandbox: string;
  readonly trustBackups: boolean;
}

/** For `--json`. Bytes and milliseconds. */
export interface PlannedVerify {
  readonly database: string;
  readonly engine: string;
  readonly asked: Asked;
  readonly variant: string | null;
  /** Null when there is none for what is asked. */
  readonly copy: PointRow | null;
  /** The store's URL, and how much of it would be fetched: the copy, its log, what goes with it. */
  readonly from: string | null;
  readonly objects: number;
  readonly fetchBytes: number;
  readonly encryption: string | null;
  /** Looked at, in this order, when the copy does not hold. */
  readonly older: readonly string[];
  /** Of the server; what is encrypted tells its own when it is decrypted. */
  readonly version: string;
  readonly sandbox: { readonly name: string; readonly image: string | null; readonly because: string } | null;
  readonly objectives: Objectives;
  /** How long each phase may take, and what that follows from. */
  readonly limits: readonly Limit[];
  readonly outFolder: string;
  /** Why it would come to nothing, as far as that is known already, and what to type. */
  readonly problems: readonly { readonly code: string; readonly message: string; readonly next: readonly string[] }[];
}

const problemOf = ({ code, message, next }: FogbellError) => ({ code, message, next });

/** Where the copy would be restored, asked of every sandbox as the real one asks. */
async function sandboxFor({ engine, on }: VerifyTask, { point }: Candidate, request: PlanRequest) {
  const { catalog, sandbox, signal, trustBackups } = request;
  const { spec } = serverFor(engine, point.facts, { on: on ?? null });
  const { driver, why, image } = await chooseSandbox(catalog.sandboxes, sandbox, spec, signal);
  const isShut = driver.gives.includes("no-network");
  return {
    sandbox: { name: driver.name, image: image ?? null, because: why },
    problems: isShut || trustBackups ? [] : [problemOf(foreignBackup(driver.name))],
  };
}

/** Everything that can be found out beforehand; errors are what the real one would end with. */
async function lookAhead(task: VerifyTask, first: Candidate, request: PlanRequest) {
  const problems: PlannedVerify["problems"][number][] = [];
  let sandbox: PlannedVerify["sandbox"] = null;
  try {
    const found = await sandboxFor(task, first, request);
    sandbox = found.sandbox;
    problems.push(...found.problems);
    if (first.point.unreadable !== undefined) throw unreadableError(first.point.id, first.point.unreadable);
    if (first.encryption !== null) await readKey(first.encryption, process.env);
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason;
    problems.push(problemOf(asFogbellError(error)));
  }
  return { sandbox, problems };
}

/** With what the real one would say of objects that are newer and not understood. */
async function withYounger(task: VerifyTask, first: Candidate, request: PlanRequest) {
  const ahead = await lookAhead(task, first, request);
  const newer = task.younger.length === 0 ? [] : [problemOf(youngerError(task.younger, first))];
  return { ...ahead, problems: [...newer, ...ahead.problems] };
}

async function planOne(task: VerifyTask, rows: readonly PointRow[], request: PlanRequest): Promise<PlannedVerify> {
  const [first, ...older] = task.candidates;
  const { point } = first ?? {};
  const beside = [point?.globals, point?.ledger].filter((one) => one !== undefined);
  const objects = [...(point?.objects ?? []), ...(point?.log ?? []), ...beside];
  return {
    database: task.title,
    engine: task.engine.name,
    asked: task.asked,
    variant: task.variant,
    copy: rows.find(({ id, store }) => id === point?.id && store === point?.store) ?? null,
    from: first?.storeUrl ?? null,
    objects: objects.length,
    fetchBytes: objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    encryption: first?.encryption?.with ?? null,
    older: task.asked === "newest" ? older.slice(0, MOST_OLDER).map((one) => one.point.id) : [],
    version: task.version,
    objectives: task.objectives,
    limits: first === undefined ? [] : limitsFor(task, first),
    outFolder: request.outFolder,
    ...(first === undefined ? { sandbox: null, problems: [] } : await withYounger(task, first, request)),
  };
}

/** One plan for each verify, in their order. Throws what the real one would throw before its first copy. */
export async function planVerifies(request: PlanRequest): Promise<PlannedVerify[]> {
  await using opened = await openSources(request, "verify");
  const unread = opened.databases.find(({ fault }) => fault !== null)?.fault;
  if (unread != null) throw unread;
  const nowMs = Date.now();
  const rows = new Map<string, readonly PointRow[]>();
  for (const one of opened.databases) {
    const known = await readKnown(request.outFolder, knownName(one));
    rows.set(knownName(one), overviewOf(one, { known, nowMs, keeping: await keepingOf(one.stocks) }).points);
  }
  const plans: PlannedVerify[] = [];
  for (const task of await tasksFor(opened, request, nowMs)) {
    plans.push(await planOne(task, rows.get(task.knownAs) ?? [], request));
  }
  return plans;
}

function copyLines({ from, objects, fetchBytes, encryption, older }: PlannedVerify, copy: PointRow): string[] {
  const sealed = encryption === null ? "" : `, encrypted with ${encryption}`;
  const kind = `${copy.method} ${copy.format}`;
  return [
    `  copy     ${copy.id}`,
    `           ${minute(copy.momentAt)}, ${formatDuration(copy.ageMs)} old; ${kind}; ${verifiedText(copy)}`,
    `  from     ${from}`,
    `  fetched  ${formatBytes(fetchBytes)} in ${objects} ${objects === 1 ? "object" : "objects"}${sealed}`,
    ...(older.length === 0 ? [] : [`  else     if it's bad, one after another: ${older.join(", ")}`]),
  ];
}

function planText(plan: PlannedVerify): string[] {
  const { database, engine, version, asked, variant, copy, sandbox, objectives, limits, problems } = plan;
  const { rtoMs, rpoMs } = objectives;
  const head = `${database} (${engine}), ${variant ?? asked}`;
  if (copy === null) return [`${head}: NO BACKUP found`];
  return [
    head,
    ...copyLines(plan, copy),
    `  server   ${engine} ${version}${sandbox?.image == null ? "" : `, of the image ${sandbox.image}`}`,
    `  sandbox  ${sandbox === null ? "NONE" : `${sandbox.name}: ${sandbox.because}`}`,
    `  judged   by RTO ${formatObjective(rtoMs)}, RPO ${formatObjective(rpoMs)}`,
    ...limits.map((limit, at) => `  ${(at === 0 ? "ended" : "").padEnd(8)} ${limit.phase} after ${limitWords(limit)}`),
    ...problems.flatMap(({ message, next }) => [`  BUT      ${message}`, ...next.map((line) => `           ${line}`)]),
  ];
}

/** For a terminal. */
export function plannedText(plans: readonly PlannedVerify[]): string {
  return tame(
    [
      ...plans.flatMap((plan) => [...planText(plan), ""]),
      "Nothing was downloaded, started or written. verify only reads the stores. Results go to",
      `${plans[0]?.outFolder ?? "the results folder"}; the copy goes to a temporary folder and a sandbox, removed afterwards.`,
    ].join("\n"),
  );
}
