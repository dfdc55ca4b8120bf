/** The verifies of a call, before any of them begins: which copies of which databases, in which order. */
import { DEFAULT_RPO_MS, DEFAULT_RTO_MS } from "../config/database.ts";
import { UsageError } from "../errors.ts";
import { sha256 } from "../host/digest.ts";
import { type Link, openLink } from "../host/link.ts";
import { overLink } from "../host/units.ts";
import { drillName } from "../paper/scorecard.ts";
import { parseShard, shardOf } from "../run/shard.ts";
import { assertGives, needsOf } from "./assert-gives.ts";
import { type Covered, coverageOf, readSeen } from "./coverage.ts";
import { newestFirst } from "./dated.ts";
import { readKnown, slug } from "./known.ts";
import { assertMeant, onServer } from "./on-version.ts";
import { allowedLossMs, askedMs, livingFirst, upTo } from "./points.ts";
import type { OpenedSources, SourceRequest, Stocked } from "./sources.ts";
import { type Asked, type Candidate, type VerifyTask, versionFor } from "./task.ts";
import { newerThan } from "./younger.ts";

/** What is typed to say which copies are meant, and what must hold in them. */
export interface CopyRequest extends SourceRequest {
  readonly at: Asked;
  /** Folder with the results of earlier verifies. */
  readonly outFolder: string;
  readonly acceptChanges: boolean;
  /** The server to restore dumps on instead of their own: `postgres@18`. */
  readonly on?: string | undefined;
  readonly proveChecks: boolean;
  /** Fetch no faster than this, all verifies together. Bytes per second. */
  readonly bandwidth?: number | undefined;
  /** Verify each source on its own, not just the best one. */
  readonly eachSource?: boolean;
  /** Objectives in place of those that are told, in milliseconds. */
  readonly rtoMs?: number | undefined;
  readonly rpoMs?: number | undefined;
  /** The most that each phase may take, in milliseconds, in place of what is told or follows. */
  readonly timeoutMs?: number | undefined;
  /** Between 0 and 1; which copy `random` takes. */
  readonly random: () => number;
  /** Only this copy, by its id. */
  readonly copy?: string | undefined;
}

/** How far the copies of a database are looked at; null when its file doesn't ask. */
export async function coveredOf(stocked: Stocked, outFolder: string, nowMs: number): Promise<Covered | null> {
  const { database, engine, stocks } = stocked;
  if (database.cover === undefined) return null;
  const knownAs = knownName(stocked);
  return coverageOf({
    database: database.name,
    engine: engine.name,
    candidates: stocks.flatMap(({ candidates }) => candidates),
    known: await readKnown(outFolder, knownAs),
    first: await readSeen(outFolder, knownAs),
    withinMs: database.cover,
    nowMs,
  });
}

/** Throws UsageError when none of the databases says within which time its copies are to be looked at. */
function assertCovered(databases: readonly Stocked[], at: Asked): void {
  if (at !== "due" || databases.some(({ database }) => database.cover !== undefined)) return;
  throw new UsageError("--at due needs to know within which time every copy is to be verified", {
    code: "FB_NO_COVER",
    next: ["write cover: 30d beside the database's name in fogbell.yaml", "fogbell verify --at all"],
  });
}

/** The copies that are asked for: one list of candidates for each verify. */
function choose(
  candidates: readonly Candidate[],
  { at, random, copy }: CopyRequest,
  nowMs: number,
): (readonly Candidate[])[] {
  const sorted = livingFirst([...candidates].sort(newestFirst)).filter(
    ({ point }) => copy === undefined || point.id === copy,
  );
  if (copy !== undefined) return [sorted.slice(0, 1)];
  if (at === "all" || at === "due") return sorted.map((one) => [one]);
  if (at === "random") {
    const one = sorted[Math.floor(random() * sorted.length)];
    return [one === undefined ? [] : [one]];
  }
  return [at === "newest" ? sorted : upTo(sorted, askedMs(at, nowMs))];
}

/** One list of candidates for each verify, and what tells it from the others. */
function listsOf(
  { stocks, fault }: Stocked,
  request: CopyRequest,
  { nowMs, due }: { nowMs: number; due: readonly Candidate[] | null },
): { candidates: readonly Candidate[]; variant: string | null }[] {
  const { at, bandwidth, on } = request;
  // Over a slower link it takes longer: a drill of its own, with its own history.
  const link = bandwidth === undefined ? [] : [overLink(bandwidth)];
  // On another server it is another question, too.
  const moved = on === undefined ? [] : [`on ${on.replace("@", " ")}`];
  const asked = [...(at === "newest" ? [] : [at]), ...moved, ...link];
  const variantOf = (more: readonly string[]) => [...asked, ...more].join(" ") || null;
  // What cannot be read cannot be judged in part: the unread source may hold the newest.
  if (fault !== null) return [{ candidates: [], variant: variantOf([]) }];
  const ways =
    request.eachSource === true
      ? stocks.map(({ candidates, source: { store, pattern } }) => ({
          candidates,
          // Without what is behind the question mark: endpoints make no difference.
          variant: variantOf([`of ${store.split("?")[0]}${pattern === undefined ? "" : ` ${pattern}`}`]),
        }))
      : [{ candidates: stocks.flatMap(({ candidates }) => candidates), variant: variantOf([]) }];
  return ways.flatMap(({ candidates, variant }) =>
    choose(due === null ? candidates : candidates.filter((one) => due.includes(one)), request, nowMs).map((list) => ({
      candidates: list,
      variant,
    })),
  );
}

/** What is known of a store that no file tells of is known of that store only. */
export function knownName({ database: { name, engine, sources }, index }: Stocked): string {
  return [engine, name, ...(index < 0 ? [sources[0]?.store ?? ""] : [])].join(" ");
}

/** What is newer and not understood, in the sources that these candidates come from. */
const youngerOf = ({ stocks }: Stocked, candidates: readonly Candidate[]) =>
  stocks.filter((stock) => stock.candidates.some((one) => candidates.includes(one))).flatMap(({ younger }) => younger);

/** What all verifies of a call have in common. */
interface Common {
  readonly nowMs: number;
  readonly link: Link | null;
}

async function tasksOf(stocked: Stocked, request: CopyRequest, { nowMs, link }: Common): Promise<VerifyTask[]> {
  const { database, engine, index } = stocked;
  const { config, at, outFolder, catalog } = request;
  const on = request.on === undefined ? null : onServer(catalog, request.on).version;
  const rpoMs = request.rpoMs ?? database.objectives.rpo ?? DEFAULT_RPO_MS;
  const knownAs = knownName(stocked);
  const known = await readKnown(outFolder, knownAs);
  const told = index < 0 ? null : (config?.hashOf(index) ?? null);
  const asks = {
    fresh: database.fresh ?? null,
    canary: database.canary ?? null,
    checks: database.checks,
    proveChecks: request.proveChecks,
  };
  assertGives(engine, needsOf(asks));
  const due = at === "due" ? ((await coveredOf(stocked, outFolder, nowMs))?.due ?? []) : null;
  const lineOf = (...path: PropertyKey[]) => (index < 0 ? 0 : (config?.lineOf(["databases", index, ...path]) ?? 0));
  return listsOf(stocked, request, { nowMs, due }).map(({ candidates, variant }) => {
    const [first] = candidates;
    const own = at === "all" || at === "due" || at === "random" || request.copy !== undefined;
    const askedAtMs = own && first !== undefined ? Date.parse(first.point.reach.at) : askedMs(at, nowMs);
    return {
      id: `verify-${slug(database.name)}`,
      title: database.name,
      knownAs,
      file: index < 0 ? (database.sources[0]?.store ?? "") : (config?.file ?? ""),
      sha256: told ?? sha256(JSON.stringify(database)),
      engine,
      version: versionFor(
        engine,
        candidates.find(({ point }) => point.facts.method !== "unknown"),
        on,
      ),
      on,
      database: database.database ?? null,
      objectives: {
        rtoMs: request.rtoMs ?? database.objectives.rto ?? DEFAULT_RTO_MS,
        rpoMs: allowedLossMs(at, rpoMs),
        ...(database.objectives.slo === undefined ? {} : { slo: database.objectives.slo }),
      },
      asked: at,
      variant,
      askedAtMs,
      candidates,
      younger: at === "newest" ? newerThan(youngerOf(stocked, candidates), candidates[0]) : [],
      passed: stocked.stocks.every((stock) => stock.candidates.length === 0)
        ? stocked.stocks.flatMap((stock) => stock.passed)
        : [],
      fault: stocked.fault,
      fresh: asks.fresh,
      canary: asks.canary,
      proveChecks: asks.proveChecks,
      lines: {
        freshness: database.fresh === undefined ? 0 : lineOf("fresh"),
        canary: database.canary === undefined ? 0 : lineOf("canary"),
      },
      mayShrink: database["may-shrink"],
      checks: database.checks.map((check, number) => ({ ...check, line: lineOf("checks", number) })),
      known,
      link,
      timeoutMs: request.timeoutMs ?? database.timeout ?? null,
      acceptChanges: request.acceptChanges,
    };
  });
}

/** Every verify of a call, or of its shard, in order. */
export async function tasksFor(
  { databases }: OpenedSources,
  request: CopyRequest,
  nowMs: number,
): Promise<VerifyTask[]> {
  const { bandwidth, shard, catalog } = request;
  assertCovered(databases, request.at);
  const on = request.on === undefined ? null : onServer(catalog, request.on);
  if (on !== null)
    assertMeant(
      on,
      databases.map(({ engine }) => engine),
    );
  const meant = databases.filter(({ engine }) => on === null || engine === on.engine);
  const link = bandwidth === undefined ? null : openLink(bandwidth);
  const tasks = (await Promise.all(meant.map((one) => tasksOf(one, request, { nowMs, link })))).flat();
  return shard === undefined ? tasks : shardOf(tasks, parseShard(shard), orderOf);
}

/** By name, and of one name the oldest first: a backup that is made between two shards comes last and moves no other. */
function orderOf(task: VerifyTask): string {
  const [first] = task.candidates;
  return [nameOfTask(task), first?.point.reach.at ?? "", first?.point.id ?? ""].join("\n");
}

/** As a scorecard and a history name it. */
export function nameOfTask({ id, engine, version, variant }: VerifyTask): string {
  return drillName({ id, engine: engine.name, version, ...(variant === null ? {} : { variant }) });
}
