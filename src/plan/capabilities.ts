/**
 * What an engine can do, told by what it says: it has a protocol when it knows all of its phrases, and lacks it otherwise.
 * The planner compares this with what parts need; whoever runs a plan hears the engine as one that knows everything.
 */
import { Defect } from "../errors.ts";
import type { BackupFacts, Capability, Engine, Language, Method, Protocols } from "../parts.ts";

type Phrasing = { readonly [P in keyof Protocols]: Readonly<Record<keyof Protocols[P], true>> };

/** The phrases of each protocol. */
const PHRASES: Phrasing = {
  tables: { dropTable: true, tableExists: true, countRows: true, copyTableBack: true },
  writers: { stopWriters: true, resumeWriters: true },
  evidence: { copyDamaged: true, takeBackup: true },
  sql: { loadSql: true, runSql: true, askSql: true },
  catalogue: { catalogue: true, orphans: true },
  sequences: { sequences: true, bumpSequences: true },
  roles: { restoreRoles: true, canLogIn: true },
  "side-databases": { dropSide: true },
  databases: { dropDatabase: true, lookAround: true, takeOver: true },
  siblings: { makeSibling: true, runSqlInSibling: true, mergeRows: true },
  "row-repair": { repairRows: true },
  reading: { readAll: true },
  pages: { corruptTable: true, skipBroken: true },
  files: { copyFiles: true, loseServer: true },
  sessions: { holdLock: true, findBlocker: true },
};

export const PROTOCOLS = Object.entries(PHRASES).map(([name, phrases]) => ({
  name: name as keyof Protocols,
  phrases: Object.keys(phrases) as readonly (keyof Language)[],
}));

/** What each capability means, behind "which it lacks". */
export const MEANING: Readonly<Record<Capability, string>> = {
  tables: "one table can be lost and brought back",
  writers: "the application can be kept out and let in again",
  evidence: "the database can be copied as it is now",
  sql: "a scenario's own statements can be run and asked",
  catalogue: "it says what it consists of beside rows",
  sequences: "it hands out numbers, which can be moved",
  roles: "it has accounts of its own, which log in",
  "side-databases": "a database can lie beside another on one server",
  databases: "a whole database can be lost and replaced",
  siblings: "there can be a second database of similar name",
  "row-repair": "rows can be put right in tables that live",
  reading: "everything can be read to its end, and what cannot is named",
  pages: "its files have pages that a disk can spoil",
  files: "its server can die with its files, which can be copied",
  sessions: "one session can keep others waiting",
  loopback: "an application in a container of its own can reach it",
  "side-restore": "a backup can be restored beside the damaged database",
  "one-table": "one table can be copied out of what was restored",
  "point-in-time": "a restore can go on through the log",
  "named-point": "a moment of the log can be given a name",
  retention: "the world prunes its backups",
  log: "the world archives the server's log",
  application: "something stands for the application's own settings",
  offsite: "the world keeps backups in a second store",
  "no-network": "nothing inside the sandbox can reach out",
};

/** What an engine gives by knowing how. */
export function capabilitiesOf(engine: Engine): readonly Capability[] {
  const known = PROTOCOLS.filter(({ phrases }) => phrases.every((phrase) => engine.phrases[phrase] !== undefined));
  return [
    ...engine.gives,
    ...known.map(({ name }) => name),
    ...(engine.loopback === undefined ? [] : (["loopback"] as const)),
  ];
}

const OPTIONAL: ReadonlySet<unknown> = new Set(PROTOCOLS.flatMap(({ phrases }) => phrases));

/** The engine's phrases for whoever runs a plan. One that it does not know throws: the planner has refused what needs it. */
export function languageOf({ name, phrases }: Engine): Language {
  const fullName = phrases.fullName ?? ((table: string) => table);
  return new Proxy({ ...phrases, fullName } as Language, {
    get: (known, phrase) => {
      const found = Reflect.get(known, phrase);
      if (found !== undefined || !OPTIONAL.has(phrase)) return found;
      throw new Defect(`${name} cannot say ${String(phrase)}, and nothing refused what needs it`);
    },
  });
}

/** The method that recognised a backup; what somebody's own script made is restored by scripts. */
export function methodOf({ methods }: Engine, { script, method: wanted }: BackupFacts): Method {
  const method = methods.find(({ name, scripts }) => (script === undefined ? name === wanted : scripts !== undefined));
  if (method === undefined) throw new Defect(`no method ${wanted} although it recognised the backup`);
  return method;
}

/** How what this method restored is removed again. */
export const sideRemoved = (engine: Engine, method: Method | null | undefined) =>
  method?.removeSide?.() ?? [languageOf(engine).dropSide()];
