/** Looks at the world while people work, and says what it shows. Touches nothing, and waits for nobody. */
import type { PeopleTable } from "../drill/people.ts";
import type { Line, Places } from "../parts.ts";
import { headLine, readSample, sampleLine } from "./sample.ts";
import { createWatcher, type Sighting, type Watched } from "./watcher.ts";

const EVERY_MS = 700;

export interface Watching {
  /** One look more, now; after it everything is seen that was done until here. */
  look(): Promise<void>;
  stop(): void;
  readonly watched: Watched;
}

export interface WatchKit {
  readonly desk: string;
  readonly store: string;
  readonly wallMs: () => number;
  readonly storedSizes: () => ReadonlySet<number>;
  readonly onSeen: (sightings: readonly Sighting[]) => void;
}

/** Null where the engine has nothing to look with. */
export function watchWorld(table: PeopleTable, kit: WatchKit): Watching | null {
  const { keyboard } = table.plan.engine;
  if (keyboard === undefined) return null;
  const watcher = createWatcher(kit);
  const line = sampleLine(keyboard.watch);
  const told = (): Places =>
    Object.fromEntries(Object.entries(table.places()).map(([name, { value }]) => [name, value]));
  const { evidence, scratch } = table.server.folders;
  const fixed: Places = { DESK: kit.desk, STORE: kit.store, EVIDENCE: evidence, SCRATCH: scratch };
  const run = async (what: Line, more: Places = {}) => {
    const command = { ...what, id: "watch", phase: "world" } as const;
    const places = { ...told(), ...fixed, ...more };
    return table.server.run({ command, places, signal: table.signal }).catch(() => null);
  };
  const isBackup = async (path: string): Promise<boolean> => {
    if (keyboard.backup.named.test(path)) return true;
    const head = await run(headLine, { FILE: path });
    return keyboard.backup.begins.test(Buffer.from(head?.stdout ?? "", "base64").toString("latin1"));
  };

  async function lookOnce(): Promise<void> {
    const atMs = kit.wallMs();
    const outcome = await run(line);
    kit.onSeen(watcher.look(outcome === null ? null : readSample(outcome.stdout), atMs));
    for (const file of watcher.candidates()) kit.onSeen(watcher.told(file, await isBackup(file.path)));
  }

  // One look after another, never two at once.
  let last: Promise<void> = Promise.resolve();
  let isWaiting = false;
  const look = () => {
    last = last.then(lookOnce, lookOnce);
    return last;
  };
  const timer = setInterval(() => {
    if (isWaiting) return;
    isWaiting = true;
    void look().finally(() => {
      isWaiting = false;
    });
  }, EVERY_MS);
  return {
    look,
    stop: () => clearInterval(timer),
    get watched() {
      return watcher.watched;
    },
  };
}
