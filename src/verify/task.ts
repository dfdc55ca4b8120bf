/** What a verify is given: a database, the copies of it that may be looked at, and what must hold in them. */

import type { ConfiguredCheck, ConfiguredDatabase, Encryption } from "../config/database.ts";
import { type FogbellError, UnavailableError } from "../errors.ts";
import type { Link } from "../host/link.ts";
import type { BackupFacts, Engine, RecoveryPoint, ServerSpec, Settings, Store, StoredObject } from "../parts.ts";
import type { Objectives } from "../record.ts";
import { type Limit, limitsOf, OF_VERIFY } from "../run/limits.ts";
import type { KnownCopy } from "./known.ts";
import { assertMoves } from "./on-version.ts";
import type { Passed } from "./passed.ts";

/** Which copy is asked for. */
export const ASKED = ["newest", "yesterday", "last-week", "last-month", "random", "all", "due"] as const;
export type Asked = (typeof ASKED)[number];

/** A recovery point with the store it lies in. */
export interface Candidate {
  readonly store: Store;
  readonly storeUrl: string;
  readonly point: RecoveryPoint;
  /** How it is encrypted; null when it is not. What is in it is not known then until it was decrypted. */
  readonly encryption: Encryption | null;
  /** The zone of what its name and its inside say, as its source was told. */
  readonly timezone?: string;
}

/** An object that may be the newest backup, and is none that anybody understands. */
export interface Younger {
  readonly key: string;
  readonly object: StoredObject;
  /** A pattern that means it and those of its kind. */
  readonly pattern: string;
  readonly because: string;
}

export interface VerifyTask {
  /** `verify-shop`: what makes two verifies the same drill. */
  readonly id: string;
  readonly title: string;
  /** Under which its verifies are remembered. */
  readonly knownAs: string;
  /** The file that tells of the database, or the store when none does; with the hash of what it says. */
  readonly file: string;
  readonly sha256: string;
  readonly engine: Engine;
  /** Of the server that restores it, as far as it is known before it was fetched. */
  readonly version: string;
  /** The version to restore it on instead of its own, when somebody asked. */
  readonly on?: string | null;
  /** The database's own name, when somebody told it. */
  readonly database: string | null;
  readonly objectives: Objectives;
  readonly asked: Asked;
  /** What tells it from other verifies of the same database: the question, the source. Null when nothing has to. */
  readonly variant: string | null;
  /** The moment that is asked about: now, a week ago. Unix milliseconds. */
  readonly askedAtMs: number;
  /** The one that is asked for, then older ones that are looked at when it does not hold; none when there is no copy at all. */
  readonly candidates: readonly Candidate[];
  /** Objects newer than all candidates that may be this database's and are understood by nobody. */
  readonly younger: readonly Younger[];
  /** What lies in its sources instead, when no object of them is a backup of it. */
  readonly passed?: readonly Passed[];
  /** Why a source cannot be read, when one cannot: then nothing is judged, and that is the result. */
  readonly fault: FogbellError | null;
  readonly fresh: NonNullable<ConfiguredDatabase["fresh"]> | null;
  readonly canary: NonNullable<ConfiguredDatabase["canary"]> | null;
  /** Where the file declares what one of Fogbell's own questions goes by; 0 where it does not. */
  readonly lines: { readonly freshness: number; readonly canary: number };
  readonly mayShrink: readonly string[];
  readonly checks: readonly (ConfiguredCheck & { readonly line: number })[];
  /** What earlier verifies found, newest moment first. */
  readonly known: readonly KnownCopy[];
  /** What copies are fetched through, when that may not be faster than a link of production's. */
  readonly link?: Link | null;
  /** How long each phase may take, when somebody told. */
  readonly timeoutMs?: number | null;
  /** Spoil the copy in known ways afterwards, and say which check notices. */
  readonly proveChecks: boolean;
  /** Take what differs from the last good copy for the new normal. */
  readonly acceptChanges: boolean;
}

/** How long the phases of a verify of this copy may take. */
export function limitsFor({ known, link, timeoutMs, proveChecks }: VerifyTask, { point }: Candidate): readonly Limit[] {
  const request = {
    bytes: [...point.objects, ...(point.log ?? [])].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    bytesPerSecond: link?.bytesPerSecond ?? null,
    earlier: known.flatMap(({ tookMs }) => (tookMs === undefined ? [] : [tookMs])),
    toldMs: timeoutMs ?? null,
  };
  return limitsOf(
    request,
    OF_VERIFY.filter((phase) => phase !== "prove" || proveChecks),
  );
}

/** The version to call a verify by: of what will restore its copy, or what stands for an unknown one. */
export function versionFor(engine: Engine, candidate: Candidate | undefined, on: string | null = null): string {
  if (on !== null) return on;
  const any = engine.versions.join(" or ");
  if (candidate === undefined) return any;
  const { facts } = candidate.point;
  // Files of an unknown version are tried on the first server, and may name another one.
  if (facts.serverVersion === undefined && facts.isDump !== true) return any;
  try {
    return serverFor(engine, facts).version;
  } catch {
    return facts.serverVersion ?? any;
  }
}

const majorOf = (version: string) => Number.parseInt(version, 10);

/** As many parts as the engine's own versions have: `10.11` of `10.11.6`, `15` of `15.4`. */
const shorten = (version: string, like: string) => version.split(".").slice(0, like.split(".").length).join(".");

/**
 * The server that restores such a backup: of its version, or for SQL text the next newer there is. The program that
 * wrote it counts like the server; `own` are settings beside the method's, `on` is the version that somebody asked for. Throws UnavailableError when every known one is older.
 */
export function serverFor(
  engine: Engine,
  facts: BackupFacts,
  { own = {}, on = null }: { readonly own?: Settings; readonly on?: string | null } = {},
): { version: string; spec: ServerSpec } {
  const wanted = [facts.serverVersion, facts.toolVersion].filter((one) => one !== undefined && /^\d/.test(one));
  const known = [...engine.versions].sort((a, b) => majorOf(a) - majorOf(b) || a.localeCompare(b));
  const server = facts.serverVersion;
  const exact =
    facts.isDump === true || server === undefined ? undefined : known.find((one) => shorten(server, one) === one);
  const fits = (one: string) => wanted.every((version) => compare(shorten(version ?? "", one), one) <= 0);
  // The client of some engines numbers itself apart from the server: a version is only compared with its like.
  // Text that says nothing of its server loads into a newer one, and not into an older one.
  const isUnknown = facts.isDump === true && wanted.length === 0;
  if (on !== null) assertMoves(facts, on, fits(on));
  const version =
    on ??
    exact ??
    (isUnknown ? known.at(-1) : facts.isDump === true || server === undefined ? known.find(fits) : undefined);
  if (version === undefined) {
    throw new UnavailableError(
      `made by ${engine.name} ${wanted.join(" and ")}, and no sandbox restores that: known are ${known.join(", ")}`,
      {
        code: "FB_NO_VERSION",
        next: ["fogbell doctor", "take a backup with a version that is known, and verify that"],
      },
    );
  }
  const method = engine.methods.find(({ name }) => name === facts.method);
  const spec = engine.server(version, engine.options.parse({}), {
    ...method?.settings,
    ...engine.copies?.settings?.(version),
    ...own,
  });
  return { version, spec: { ...spec, binaries: [...new Set([...spec.binaries, ...(method?.programs ?? [])])] } };
}

function compare(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
