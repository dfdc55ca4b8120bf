/** Somebody's own database, before anything starts: which copy production is made of, and what a recovery may use. */
import { DEFAULT_RPO_MS, DEFAULT_RTO_MS } from "../config/database.ts";
import { UnavailableError, UsageError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import type { OwnDatabase } from "../plan/own.ts";
import { assertGives } from "../verify/assert-gives.ts";
import { newestFirst } from "../verify/dated.ts";
import { askedMs, livingFirst, upTo } from "../verify/points.ts";
import { openSources, type SourceRequest, type Stocked } from "../verify/sources.ts";
import { type Asked, type Candidate, serverFor } from "../verify/task.ts";
import { type OwnSource, whyUnused } from "./own-stock.ts";

/** Which moment production stands at. */
export const PRODUCTION_AT = ["newest", "yesterday", "last-week", "last-month"] as const satisfies readonly Asked[];
export type ProductionAt = (typeof PRODUCTION_AT)[number];

export interface OwnRequest extends Omit<SourceRequest, "names" | "shard"> {
  readonly name: string;
  readonly production: ProductionAt;
}

export interface OpenedOwn extends AsyncDisposable {
  readonly database: OwnDatabase;
  readonly sources: readonly OwnSource[];
  /** How many stores its copies lie in. */
  readonly places: number;
  /** Copies that cannot be used, newest first, each with why. */
  readonly unused: readonly { readonly id: string; readonly because: string }[];
}

/** Names that every program takes as they are. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]{0,50}$/;

const unusedBecause = (candidate: Candidate): string | null =>
  whyUnused(candidate) ??
  (candidate.point.facts.complete === "no" ? candidate.point.facts.because : null) ??
  (candidate.point.sizeBytes === 0 ? "it is empty" : null);

function choose(candidates: readonly Candidate[], { name, production: at }: OwnRequest) {
  const nowMs = Date.now();
  const sorted =
    at === "newest" ? livingFirst([...candidates].sort(newestFirst)) : upTo(candidates, askedMs(at, nowMs));
  const judged = sorted.map((candidate) => ({ candidate, because: unusedBecause(candidate) }));
  const usable = judged.filter(({ because }) => because === null).map(({ candidate }) => candidate);
  const unused = judged.flatMap(({ candidate, because }) =>
    because === null ? [] : [{ id: candidate.point.id, because }],
  );
  const [production, ...rest] = usable;
  if (production === undefined) {
    const why = unused.slice(0, 3).map(({ id, because }) => `${id}: ${because}`);
    throw new UnavailableError(
      `no copy of ${name} can stand for production${why.length === 0 ? "" : `: ${why.join("; ")}`}`,
      { code: "FB_OWN_UNFIT", next: [`fogbell backups ${quote(name)}`, `fogbell verify ${quote(name)}`] },
    );
  }
  const older = rest.filter(({ point }) => Date.parse(point.moment.at) < Date.parse(production.point.moment.at));
  if (older.length === 0)
    throw new UnavailableError(
      `${name} has one copy that can be used, ${production.point.id}: production is made of it, and nothing older is left to recover from`,
      {
        code: "FB_OWN_ONE_COPY",
        next: [`fogbell verify ${quote(name)}`, "wait for the next backup, or name a source with older ones"],
      },
    );
  return { production, older, unused };
}

function ownDatabase({ database, engine }: Stocked, { production, older }: ReturnType<typeof choose>): OwnDatabase {
  const { facts } = production.point;
  const called = database.database ?? facts.database ?? database.name;
  const { rto, rpo } = database.objectives;
  return {
    name: database.name,
    database: PLAIN.test(called) ? called : "restored",
    engine,
    version: serverFor(engine, facts).version,
    objectives: { rtoMs: rto ?? DEFAULT_RTO_MS, rpoMs: rpo ?? DEFAULT_RPO_MS },
    production: production.point,
    older: older.map(({ point }) => point),
  };
}

/** Throws UsageError for a name that nobody knows, UnavailableError where there is nothing to stand on. */
export async function openOwn(request: OwnRequest): Promise<OpenedOwn> {
  const opened = await openSources({ ...request, names: [request.name] }, "verify");
  try {
    const [stocked] = opened.databases;
    if (stocked === undefined)
      throw new UsageError(`no database ${request.name}`, { code: "FB_DATABASE_UNKNOWN", next: ["fogbell backups"] });
    if (stocked.fault !== null) throw stocked.fault;
    assertGives(stocked.engine, [
      { who: "a drill on somebody's own database", need: "copies" },
      { who: "a drill on somebody's own database", need: "survey" },
    ]);
    const candidates = stocked.stocks.flatMap((stock) => stock.candidates);
    const chosen = choose(candidates, request);
    return {
      database: ownDatabase(stocked, chosen),
      sources: stocked.stocks.map(({ source, store, isOthers }) => ({ source, store, isOthers })),
      places: new Set(candidates.map(({ point }) => point.store)).size,
      unused: chosen.unused,
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}
