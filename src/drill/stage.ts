/** What a drill is given, and what it opens with it: each thing is on the unwinding list from the moment it is there. */
import { mkdir } from "node:fs/promises";
import type { Link } from "../host/link.ts";
import type { Redactor } from "../host/redact.ts";
import { openScratch } from "../host/scratch.ts";
import type { RunLabel, Sandbox, SandboxDriver, Server, StoreDriver, WorldStore } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { Progress } from "../record.ts";
import type { Journal } from "../run/journal.ts";
import { opening } from "../run/opening.ts";
import type { Unwind } from "../run/unwind.ts";
import { ledgerFolderOf, type PreparedWorld, type PreparedWorlds } from "../world/prepared.ts";
import { attach } from "./application.ts";
import type { OwnWorld } from "./own-world.ts";
import type { People } from "./people.ts";

export interface DrillLimits {
  /** One for every phase, as somebody said. */
  readonly toldMs: number | null;
  /** What each phase took in earlier runs of the same drill, in milliseconds. */
  readonly earlier: readonly Readonly<Record<string, number>>[];
}

/** Everything a drill is given; it chooses and creates nothing by itself. */
export interface DrillKit {
  readonly journal: Journal;
  readonly label: RunLabel;
  /** Chosen as the drill begins, so that "none can be used" is a journal with a verdict and not just an error. */
  readonly chooseSandbox: () => Promise<{
    readonly driver: SandboxDriver;
    readonly options: unknown;
    readonly why: string;
  }>;
  readonly store: { readonly driver: StoreDriver; readonly options: (folder: string) => unknown };
  /** What a second store is made of, for worlds that keep backups off site; never the driver of somebody's own bucket. */
  readonly offsite: { readonly driver: StoreDriver; readonly options: (folder: string) => unknown };
  readonly redact: Redactor;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** What backups are fetched through, when that may not be faster than a link of production's. */
  readonly link?: Link | null;
  /** Leave the sandbox and the scratch folder standing, to look at. */
  readonly keep: boolean;
  /** Open backups that this run did not make even where the sandbox is not cut off. */
  readonly trustBackups: boolean;
  readonly fogbellVersion: string;
  readonly host: Readonly<Record<string, string>>;
  readonly contended: boolean;
  /** How long each phase may take. */
  readonly limits: DrillLimits;
  /** The simulated moment of the damage, Unix milliseconds. */
  readonly damagedAtMs: number;
  /** Worlds that were built before; null builds each anew. */
  readonly worlds: PreparedWorlds | null;
  /** Instead of a world that is built: somebody's own database. */
  readonly own?: OwnWorld;
  /** On a game day, who recovers instead of the plan's steps. */
  readonly people?: People;
}

export interface Stage {
  readonly folder: string;
  readonly server: Server;
  readonly store: WorldStore;
  readonly offsite: WorldStore | null;
  readonly opensForeign: boolean;
  readonly ready: PreparedWorld | null;
  /** Starts the scenario's application, when it has one. Throws UnavailableError where that cannot be. */
  readonly attach: () => Promise<void>;
}

/** The scratch folder, the store, the sandbox and the server: each remembered for clean-up as soon as it is there. */
export async function openStage(
  plan: Plan,
  kit: DrillKit & { ready: PreparedWorld | null },
  unwind: Unwind,
): Promise<Stage> {
  const { journal, label, chooseSandbox, store, redact, signal, ready } = kit;
  const sandbox = await chooseSandbox();
  const scratch = await openScratch(label);
  unwind.add(`folder ${scratch.folder}`, () => scratch[Symbol.asyncDispose]());
  const storeFolder = `${scratch.folder}/store`;
  await mkdir(storeFolder);
  const opened = await opening(signal, () => store.driver.openForWorld(store.options(storeFolder), label, signal));
  unwind.add(`backups of this run in ${opened.place}`, () => opened[Symbol.asyncDispose]());
  const offsite = plan.backups.some((backup) => backup.offsite) ? await openOffsite(kit, scratch.folder) : null;
  if (offsite !== null) unwind.add(`backups of this run in ${offsite.place}`, () => offsite[Symbol.asyncDispose]());
  const boxOptions = { ...(sandbox.options as object), redactor: redact };
  const box: Sandbox = await opening(signal, () => sandbox.driver.open(label, boxOptions, signal));
  unwind.add(`${box.kind} sandbox`, () => box[Symbol.asyncDispose]());
  const ledgerFolder = ledgerFolderOf(scratch.folder);
  const fill =
    ready === null ? undefined : (begun: Server) => ready.layOut({ server: begun, store: opened, ledgerFolder });
  const server = await opening(signal, () => box.start(plan.spec, fill));
  unwind.add(`${plan.engine.name} server`, () => server[Symbol.asyncDispose]());
  // Only now is the isolation asserted, and worth writing down.
  journal.append({
    kind: "sandbox-opened",
    sandbox: box.kind,
    why: sandbox.why,
    isolation: box.isolation,
    leavesOpen: box.leavesOpen,
    hardware: box.hardware,
  });
  journal.append({ kind: "server-started", server: "production", made: server.made, version: plan.version });
  return {
    folder: scratch.folder,
    server,
    store: opened,
    offsite,
    opensForeign: box.opensForeign,
    ready,
    attach: () => attachOwn(plan, box),
  };
}

async function openOffsite({ offsite, label, signal }: DrillKit, scratch: string): Promise<WorldStore> {
  const folder = `${scratch}/offsite`;
  await mkdir(folder);
  return opening(signal, () => offsite.driver.openForWorld(offsite.options(folder), label, signal));
}

/** Host, port and database are those of the damaged server; an application that is pointed elsewhere is not started again. */
async function attachOwn({ scenario, engine, database }: Plan, box: Sandbox): Promise<void> {
  const { application } = scenario.world;
  if (application === null) return;
  await attach(application, { box, engine, database, next: `fogbell run ${scenario.id} --sandbox docker` });
}
