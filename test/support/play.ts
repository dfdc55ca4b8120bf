/** Plays drills in tests: the real thing on a small world, with a plan, a store or a recovery that was tampered with. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalog } from "../../src/catalog.ts";
import { drill } from "../../src/drill/drill.ts";
import { makeLabel } from "../../src/host/label.ts";
import { createRedactor } from "../../src/host/redact.ts";
import type { SandboxDriver, Store, StoreDriver, WorldStore } from "../../src/parts.ts";
import { type Plan, plan } from "../../src/plan/plan.ts";
import type { DrillEvent, DrillResult, Progress } from "../../src/record.ts";
import { deriveResult } from "../../src/result/result.ts";
import { openJournal, systemClock } from "../../src/run/journal.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { directory } from "../../src/stores/directory.ts";
import { type PreparedWorlds, preparedWorlds } from "../../src/world/prepared.ts";

export const SMALL = "test/fixtures/scenarios/small.drill.yaml";

export interface Play {
  readonly sandbox: string;
  readonly scenario?: string;
  readonly rows?: number;
  /** The way the backups are made, instead of the scenario's own. */
  readonly variant?: string;
  readonly engine?: string;
  /** Changes the plan before it is drilled. */
  readonly change?: (plan: Plan) => Plan;
  /** Changes what recovery finds in the store. */
  readonly tamper?: (store: Store) => Store;
  readonly store?: { driver: StoreDriver; options: unknown };
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: DrillEvent) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly secrets?: readonly string[];
  readonly sandboxDriver?: SandboxDriver;
  /** Null builds the world anew. Default: what an earlier test built is laid out, when it is the same. */
  readonly worlds?: PreparedWorlds | null;
  /** How long each phase may take. */
  readonly timeoutMs?: number;
  readonly keep?: boolean;
  /** Default: true, because most tampering makes backups that the run did not make. */
  readonly trustBackups?: boolean;
}

export interface Played {
  readonly result: DrillResult;
  readonly events: readonly DrillEvent[];
  /** The journal as it lay on disk. */
  readonly journal: string;
}

function tampered(driver: StoreDriver, tamper: (store: Store) => Store): StoreDriver {
  return {
    ...driver,
    async openForWorld(options, label, signal): Promise<WorldStore> {
      const world = await driver.openForWorld(options, label, signal);
      return { ...world, readOnly: () => tamper(world.readOnly()) };
    },
  };
}

const keptIn = process.env.FOGBELL_TEST_WORLDS;
const kept = keptIn === undefined ? null : preparedWorlds(keptIn, "test");

let number = 0;

export async function play(request: Play): Promise<Played> {
  const scenario = await loadScenario(request.scenario ?? SMALL, catalog);
  const made = plan(scenario, catalog, { rows: request.rows, variant: request.variant, engine: request.engine });
  const changed = request.change?.(made) ?? made;
  const driver = request.sandboxDriver ?? catalog.sandboxes.find(({ name }) => name === request.sandbox);
  if (driver === undefined) throw new Error(`no sandbox ${request.sandbox}`);
  const folder = await mkdtemp(join(tmpdir(), "play-"));
  const file = join(folder, "journal.jsonl");
  const base = request.store?.driver ?? directory;
  const { readFile } = await import("node:fs/promises");
  try {
    using journal = openJournal(file, systemClock, (event) => request.onEvent?.(event));
    await drill(changed, {
      journal,
      label: makeLabel(`test-${process.pid}-${Date.now().toString(36)}-${++number}`, new Date(Date.now() + 3_600_000)),
      chooseSandbox: async () => ({ driver, options: driver.options.parse({}), why: "a test" }),
      store: {
        driver: request.tamper === undefined ? base : tampered(base, request.tamper),
        options: (scratch) => request.store?.options ?? { path: scratch },
      },
      offsite: { driver: directory, options: (scratch) => ({ path: scratch }) },
      limits: { toldMs: request.timeoutMs ?? null, earlier: [] },
      worlds: request.worlds === undefined ? kept : request.worlds,
      redact: createRedactor(request.secrets ?? []),
      signal: request.signal ?? new AbortController().signal,
      onProgress: request.onProgress ?? (() => {}),
      keep: request.keep ?? false,
      trustBackups: request.trustBackups ?? true,
      fogbellVersion: "test",
      host: {},
      contended: true,
      damagedAtMs: Math.floor(Date.now() / 1000) * 1000,
    });
    return { result: deriveResult(journal.events), events: journal.events, journal: await readFile(file, "utf8") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every line of the recovery that can be asked how far it is goes on for long enough to be asked. */
export const lingering = (plan: Plan): Plan => ({
  ...plan,
  recovery: plan.recovery.map((step) => ({
    ...step,
    part: {
      ...step.part,
      lines: (scene, options) =>
        step.part
          .lines(scene, options)
          .map((line) =>
            line.progress === undefined ? line : { ...line, script: `{ ${line.script}\n} && sleep 1.8` },
          ),
    },
  })),
});

/** A store whose backups all read as `change` makes them. */
export function rewriting(change: (bytes: Buffer, key: string) => Uint8Array): (store: Store) => Store {
  return (store) => {
    const cache = new Map<string, Promise<Uint8Array>>();
    const content = (key: string, size: number) => {
      const known = cache.get(key);
      if (known !== undefined) return known;
      const reading = (async () => {
        const chunks: Uint8Array[] = [];
        for await (const object of store.list("")) {
          if (object.key === key) for await (const chunk of store.read(object, 0, size)) chunks.push(chunk);
        }
        return change(Buffer.concat(chunks), key);
      })();
      cache.set(key, reading);
      return reading;
    };
    const sizes = new Map<string, number>();
    return {
      ...store,
      async *list(prefix) {
        for await (const object of store.list(prefix)) {
          sizes.set(object.key, object.sizeBytes);
          yield { ...object, sizeBytes: (await content(object.key, object.sizeBytes)).length };
        }
      },
      async *read(object, from = 0, to = object.sizeBytes) {
        yield (await content(object.key, sizes.get(object.key) ?? 0)).subarray(from, to);
      },
    };
  };
}
