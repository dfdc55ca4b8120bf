/** A user's store, opened for reading: what is in it, and one recovery point fetched from it. */

import { type Fetched, fetchToScratch } from "../backups/fetch.ts";
import { pointId } from "../backups/generations.ts";
import { type Inventory, takeStock } from "../backups/locate.ts";
import { ALONE, alone } from "../backups/select.ts";
import { openToRead } from "../backups/store-for.ts";
import { UsageError } from "../errors.ts";
import { tableLines, type Width, wrap } from "../host/columns.ts";
import { openLink } from "../host/link.ts";
import { nearest } from "../host/near-miss.ts";
import { packingWords } from "../host/packing.ts";
import { quote } from "../host/sh.ts";
import { tame } from "../host/tame.ts";
import { formatBytes, formatDuration, formatRate } from "../host/units.ts";
import type { Catalog, Store } from "../parts.ts";
import { onInterrupt } from "../run/signals.ts";
import { datedPoints } from "./dated.ts";

const SAY_EVERY_MS = 2000;

export interface Stock extends AsyncDisposable {
  readonly store: Store;
  readonly inventory: Inventory;
}

/** Opens the store that a URL names and lists what is in it. Nothing is ever written there. */
export async function openStock(catalog: Catalog, url: string, prefix: string): Promise<Stock> {
  using interruption = onInterrupt(() => {});
  const store = await openToRead(catalog, url, interruption.signal);
  const inventory = await takeStock(store, catalog.engines, prefix);
  const points = datedPoints(inventory.points, { nowMs: Date.now() });
  return {
    store,
    inventory: { ...inventory, points },
    [Symbol.asyncDispose]: () => Promise.resolve(store[Symbol.asyncDispose]()),
  };
}

/** Names order the copies of a job, whatever their objects' times. */
const placeOf = ({ moment }: Inventory["points"][number]) => moment.order ?? Date.parse(moment.at);

/** Newest first; objects that are no backup are counted, not hidden. */
export function stockText({ points, unknown }: Inventory, nowMs: number, width?: Width): string {
  const newest = [...points].sort((a, b) => placeOf(b) - placeOf(a));
  const rows = newest.map(({ id, moment, sizeBytes, facts }) =>
    [
      formatDuration(Math.max(0, nowMs - Date.parse(moment.at))),
      formatBytes(sizeBytes),
      `${facts.engine} ${facts.serverVersion ?? "?"} ${facts.method} ${facts.format} ${packingWords(facts.packing)}`.trimEnd(),
      facts.complete === "no" ? "CUT OFF" : facts.complete === "yes" ? "yes" : "not read",
      id,
    ].map(tame),
  );
  const reasons = [...new Set(unknown.map(({ because }) => because))];
  const other = reasons.map((reason) => {
    const of = unknown.filter(({ because }) => because === reason);
    return `${of.length} other ${of.length === 1 ? "object" : "objects"}, ${reason}: ${of[0]?.key}${of.length === 1 ? "" : " …"}`;
  });
  const head = ["Age", "Size", "Kind", "Complete?", "Backup"];
  const table =
    rows.length === 0
      ? ["No backups in this store."]
      : tableLines([head, ...rows], { width, right: [0, 1], name: head.indexOf("Backup") });
  return [...table, ...other.map((line) => wrap(tame(line), width))].join("\n");
}

export interface FetchPointRequest {
  readonly id: string;
  readonly folder: string;
  /** Bytes per second at most. */
  readonly bandwidth?: number | undefined;
  readonly onText: (text: string) => void;
}

/** What is encrypted is no recovery point as long as nobody has the key; it can be fetched all the same. */
function sealedPoint({ unknown }: Inventory, id: string) {
  const object = unknown.find((one) => pointId(one) === id && one.form?.kind === "encrypted");
  return object === undefined ? undefined : { objects: [object], log: [], globals: undefined };
}

/** Fetches a recovery point by its id. Throws UsageError with the nearest id when there is none. */
export async function fetchPoint(
  { store, inventory }: Stock,
  { id, folder, bandwidth, onText }: FetchPointRequest,
): Promise<Fetched> {
  const found = inventory.points.find((one) => one.id === id.replace(/@alone$/, ""));
  const point = (found !== undefined && id.endsWith(ALONE) ? alone(found) : found) ?? sealedPoint(inventory, id);
  if (point === undefined) {
    const near = nearest(
      id,
      inventory.points.map((one) => one.id),
    );
    throw new UsageError(
      `no backup "${id}" in ${store.place}${near === undefined ? "" : `; did you mean "${near}"?`}`,
      {
        code: "FB_POINT_UNKNOWN",
        next: [`fogbell backups list --store ${quote(store.place)}`],
      },
    );
  }
  using interruption = onInterrupt(onText);
  const beganMs = performance.now();
  let saidMs = beganMs;
  return fetchToScratch({
    store,
    objects: point.objects,
    beside: point.globals === undefined ? [] : [point.globals],
    log: point.log,
    folder,
    link: bandwidth === undefined ? null : openLink(bandwidth),
    signal: interruption.signal,
    onProgress: ({ doneBytes, totalBytes }) => {
      if (performance.now() - saidMs < SAY_EVERY_MS && doneBytes < totalBytes) return;
      saidMs = performance.now();
      onText(`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}, ${formatRate(doneBytes, saidMs - beganMs)}`);
    },
  });
}
