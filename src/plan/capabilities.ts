/**
 * What an engine can do, told by what it says: it has a protocol when it knows all of its phrases, and lacks it otherwise.
 * The planner compares this with what parts need; whoever runs a plan hears the engine as one that knows everything.
 */
import { Defect } from "../errors.ts";
import type {
  BackupFacts,
  Capability,
  CopyLanguage,
  CopyPhrases,
  CopyProtocols,
  Engine,
  Language,
  Method,
  Protocols,
} from "../parts.ts";

type Phrasing<All> = { readonly [P in keyof All]: Readonly<Record<keyof All[P], true>> };

/** The phrases of each protocol. */
const PHRASES: Phrasing<Protocols> = {
  tables: { dropTable: true, tableExists: true, countRows: true, copyTableBack: true },
  writers: { stopWriters: true, resumeWriters: true },
  evidence: { copyDamaged: true, takeBackup: true },
  sql: { inSql: true, loadSql: true, runSql: true, askSql: true },
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

/** Likewise of those about copies. */
const COPY_PHRASES: Phrasing<CopyProtocols> = {
  "listed-tables": { tablesThere: true },
  "large-objects": { largeObjects: true, countLarge: true },
  accounts: { absent: true },
  "foreign-keys": { readKeys: true },
  structure: { structure: true },
  moments: { newestRows: true, newestRow: true },
  collations: { collations: true },
  "own-questions": { query: true, shell: true },
  applications: { listen: true, letIn: true },
  survey: { survey: true, surveyRoles: true },
  mutations: { mutations: true },
  "held-moment": { snapshot: true },
};

export const PROTOCOLS = Object.entries(PHRASES).map(([name, phrases]) => ({
  name: name as keyof Protocols,
  phrases: Object.keys(phrases) as readonly (keyof Language)[],
}));

export const COPY_PROTOCOLS = Object.entries(COPY_PHRASES).map(([name, phrases]) => ({
  name: name as keyof CopyProtocols,
  phrases: Object.keys(phrases) as readonly (keyof CopyLanguage)[],
}));

/** What each capability means, behind "which it lacks". */
export const MEANING: Readonly<Record<Capability, string>> = {
  tables: "one table can be lost and brought back",
  writers: "the application can be kept out and let in again",
  evidence: "the database can be copied as it is now",
  sql: "a scenario's own statements can be run and asked",
  catalogue: "it says what it consists of beside rows",
  sequences: "it has sequences or counters that can be moved",
  roles: "it has accounts of its own, which log in",
  "side-databases": "a database can lie beside another on one server",
  databases: "a whole database can be lost and replaced",
  siblings: "there can be a second database of similar name",
  "row-repair": "rows can be put right in tables that live",
  reading: "everything can be read to its end, and what cannot is named",
  pages: "its files have pages that a disk can spoil",
  files: "its server can die with its files, which can be copied",
  sessions: "one session can keep others waiting",
  copies: "backups of somebody's own can be opened and looked into",
  "listed-tables": "the tables that a dump's text makes can be looked for",
  "large-objects": "values lie outside of the tables that name them",
  accounts: "objects run with the rights of accounts that a backup does not bring",
  "foreign-keys": "rows refer to rows, and that can be read",
  structure: "tables and indexes can be looked into for damage",
  moments: "columns keep moments, and the newest can be found",
  collations: "indexes sort text by rules that have a version",
  "own-questions": "queries and commands of somebody's own can be asked of a copy",
  applications: "an application can be started on a copy",
  survey: "a story can be told about tables that nobody described",
  mutations: "a copy can be spoiled in known ways",
  "held-moment": "a ledger and a backup can see one moment of a server that goes on",
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
  const { phrases: said, copies } = engine;
  const known = PROTOCOLS.filter(({ phrases }) => phrases.every((phrase) => said[phrase] !== undefined));
  const ofCopies = COPY_PROTOCOLS.filter(({ phrases }) => phrases.every((phrase) => copies?.[phrase] !== undefined));
  return [
    ...engine.gives,
    ...known.map(({ name }) => name),
    ...ofCopies.map(({ name }) => name),
    ...(copies === undefined ? [] : (["copies"] as const)),
    ...(engine.loopback === undefined ? [] : (["loopback"] as const)),
  ];
}

/** What is not known throws: whoever planned has refused what needs it. */
function outspoken<L extends object>(engine: string, known: L, optional: ReadonlySet<unknown>): L {
  return new Proxy(known, {
    get: (phrases, phrase) => {
      const found = Reflect.get(phrases, phrase);
      if (found !== undefined || !optional.has(phrase)) return found;
      throw new Defect(`${engine} cannot say ${String(phrase)}, and nothing refused what needs it`);
    },
  });
}

const OPTIONAL: ReadonlySet<unknown> = new Set(PROTOCOLS.flatMap(({ phrases }) => phrases));

/** The engine's phrases for whoever runs a plan. */
export function languageOf({ name, phrases }: Engine): Language {
  const fullName = phrases.fullName ?? ((table: string) => table);
  return outspoken(name, { ...phrases, fullName } as Language, OPTIONAL);
}

/** The engine's phrases about copies, for whoever opens one. Throws Defect where nothing refused an engine without. */
export function copiesOf({ name, copies }: Engine): CopyPhrases {
  if (copies !== undefined) return copies;
  throw new Defect(`${name} knows nothing of copies, and nothing refused what needs it`);
}

const COPY_OPTIONAL: ReadonlySet<unknown> = new Set(COPY_PROTOCOLS.flatMap(({ phrases }) => phrases));

/** The same for whoever asks what `lacking` was asked about beforehand. */
export const copyLanguageOf = (engine: Engine): CopyLanguage =>
  outspoken(engine.name, copiesOf(engine) as CopyLanguage, COPY_OPTIONAL);

/** Of what is needed that which the engine does not give, in words: `checks need "own-questions" (…)`. */
export function lacking(
  engine: Engine,
  needs: readonly { readonly who: string; readonly need: Capability }[],
): readonly string[] {
  const given = new Set(capabilitiesOf(engine));
  return needs
    .filter(({ need }) => !given.has(need))
    .map(({ who, need }) => `${who} needs "${need}" (${MEANING[need]}), which ${engine.name} does not give`);
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
