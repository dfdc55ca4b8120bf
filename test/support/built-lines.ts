/**
 * Every line that an engine can write, each built with plain arguments of the shop: for tests of what scripts refer to, and
 * for those that change a script to see whether anything minds.
 */
import type { Packing } from "../../src/host/packing.ts";
import type { BackupFacts, DigestRequest, Engine, Line, Method, Side, Target } from "../../src/parts.ts";

export interface BuiltLine {
  /** Where it comes from, and what it was given: `phrases.dropTable`, `physical.recover (log, end-of-log) 2`. */
  readonly from: string;
  readonly line: Line;
}

const DIGESTS: readonly DigestRequest[] = [
  { table: "public.orders", buckets: 8, keyColumns: ["id"], hash: "record" },
  { table: "public.notes", buckets: 8, keyColumns: [], hash: "text" },
];
const SIDES: readonly Side[] = ["database", "server"];
const TARGETS: readonly Target[] = [
  { to: "end-of-log" },
  { to: "before-damage", by: "time" },
  { to: "before-damage", by: "position" },
  { to: "named-point", point: "before_migration" },
];
const PACKINGS: readonly Packing[] = [
  [],
  ["gzip"],
  ["zstd", { tar: "shop.sql" }],
  ["xz", "crlf"],
  [{ zip: "a/b.sql" }],
];
const FRESH = { table: "orders", column: "created_at" };

/** Nothing of what an engine does not know. */
const numbered = (from: string, lines: readonly Line[] = []): BuiltLine[] =>
  lines.map((line, index) => ({ from: lines.length === 1 ? from : `${from} ${index + 1}`, line }));
const one = (from: string, line: Line | null | undefined): BuiltLine[] => (line == null ? [] : [{ from, line }]);

function deeds({ phrases }: Engine): BuiltLine[] {
  return [
    ...numbered("phrases.preset", phrases.preset({ name: "shop", rows: 500, seed: 1, untilMs: 1_760_000_000_000 })),
    ...numbered("phrases.loadSql", phrases.loadSql?.(["schema.sql", "data.sql"])),
    ...one("phrases.createHeartbeat", phrases.createHeartbeat()),
    ...one(
      "phrases.writeTicks",
      phrases.writeTicks({
        fromMs: 1_760_000_000_000,
        toMs: 1_760_000_180_000,
        everyMs: 60_000,
        preset: "shop",
        seed: 1,
      }),
    ),
    ...one("phrases.runSql", phrases.runSql?.("Run it.", "UPDATE orders SET total = 1;")),
    ...one("phrases.dropTable", phrases.dropTable?.("orders")),
    ...one("phrases.dropDatabase", phrases.dropDatabase?.(["shop_app"])),
    ...one("phrases.corruptTable", phrases.corruptTable?.("orders")),
    ...one("phrases.loseServer", phrases.loseServer?.()),
    ...one("phrases.holdLock", phrases.holdLock?.("orders", 5)),
    ...one("phrases.makeSibling", phrases.makeSibling?.()),
    ...one("phrases.runSqlInSibling", phrases.runSqlInSibling?.("Run it.", "INSERT INTO orders SELECT * FROM orders;")),
    ...one("phrases.skipBroken", phrases.skipBroken?.("orders")),
    ...one("phrases.lookAround", phrases.lookAround?.()),
    ...numbered("phrases.copyFiles", phrases.copyFiles?.()),
    ...one("phrases.restoreRoles", phrases.restoreRoles?.()),
    ...SIDES.flatMap((side) => numbered(`phrases.takeOver (${side})`, phrases.takeOver?.(side))),
    ...one("phrases.bumpSequences", phrases.bumpSequences?.()),
    ...(["delete", "leave"] as const).flatMap((strangers) =>
      numbered(
        `phrases.repairRows (${strangers})`,
        phrases.repairRows?.({ tables: { orders: "total = 0", customers: "name = ''" }, strangers }),
      ),
    ),
    ...numbered("phrases.mergeRows", phrases.mergeRows?.("orders", "total > 0")),
    ...one("phrases.findBlocker", phrases.findBlocker?.()),
    ...one("phrases.stopWriters", phrases.stopWriters?.()),
    ...one("phrases.resumeWriters", phrases.resumeWriters?.()),
    ...numbered("phrases.copyDamaged", phrases.copyDamaged?.()),
    ...numbered("phrases.copyTableBack", phrases.copyTableBack?.("orders")),
    ...one("phrases.takeBackup", phrases.takeBackup?.()),
    ...one("phrases.dropSide", phrases.dropSide?.()),
  ];
}

function questions({ phrases }: Engine): BuiltLine[] {
  return [
    ...one("phrases.listTables", phrases.listTables()),
    ...one("phrases.bucketDigests", phrases.bucketDigests(DIGESTS)),
    ...one("phrases.keyDigests", phrases.keyDigests(DIGESTS[0] as DigestRequest)),
    ...one("phrases.keyDigests (buckets)", phrases.keyDigests(DIGESTS[1] as DigestRequest, [1, 2])),
    ...one("phrases.catalogue", phrases.catalogue?.()),
    ...one("phrases.sequences", phrases.sequences?.()),
    ...one("phrases.orphans", phrases.orphans?.()),
    ...one("phrases.countRows", phrases.countRows?.("orders")),
    ...one("phrases.tableExists", phrases.tableExists?.("orders")),
    ...one("phrases.newestHeartbeat (production)", phrases.newestHeartbeat("production")),
    ...one("phrases.newestHeartbeat (side)", phrases.newestHeartbeat("side")),
    ...one("phrases.databaseSize", phrases.databaseSize()),
    ...one("phrases.databaseExists", phrases.databaseExists()),
    ...one("phrases.canLogIn", phrases.canLogIn?.("shop_app")),
    ...one("phrases.readAll", phrases.readAll?.()),
    ...one("phrases.readAll (table)", phrases.readAll?.("orders")),
    ...one("phrases.askSql (production)", phrases.askSql?.("SELECT 1", "production")),
    ...one("phrases.askSql (side)", phrases.askSql?.("SELECT 1", "side")),
  ];
}

/** Options beside those of its variants; a method takes those that it knows. */
const MORE: readonly object[] = [
  { format: "plain" },
  { format: "directory" },
  { compress: "none" },
  { compress: "zstd" },
  { kind: "differential" },
  { server: "stopped" },
  { backup: "scripts/nightly.sh", restore: "scripts/restore.sh" },
];

function optionsOf({ options, variants }: Method): { readonly told: string; readonly options: unknown }[] {
  const own = variants.flatMap((variant) =>
    [0, 1].flatMap((index) => {
      const told = variant.options(index);
      return told === null ? [] : [{ told: `${variant.name} ${index}`, options: options.parse(told) }];
    }),
  );
  const more = MORE.flatMap((told) => {
    const read = options.safeParse(told);
    return read.success ? [{ told: JSON.stringify(told), options: read.data }] : [];
  });
  return [...own, ...more];
}

/** What a method says of its backups, in the ways in which lines differ by it. */
function factsOf(method: Method): { readonly told: string; readonly facts: BackupFacts }[] {
  return optionsOf(method).flatMap(({ told, options }) => {
    const facts = { ...method.facts(options), logFrom: "binlog.000002", logPosition: "4", label: "20261120-010101F" };
    const logs = [false, true].map((hasLog) => ({
      told: `${told}${hasLog ? " + log" : ""}`,
      facts: { ...facts, hasLog },
    }));
    const isFolder = facts.format === "directory";
    const packed = (isFolder ? [] : PACKINGS).map((packing) => ({
      told: `${told} as ${JSON.stringify(packing)}`,
      facts: { ...facts, packing },
    }));
    return [...logs, ...packed];
  });
}

function methods({ methods: all }: Engine): BuiltLine[] {
  return all.flatMap((method) => {
    const { name } = method;
    const made = optionsOf(method).flatMap(({ told, options }) => [
      ...numbered(`${name}.backup (${told})`, method.backup("stem", options)),
      ...numbered(`${name}.over (${told})`, method.over?.(options) ?? []),
    ]);
    const restores = factsOf(method).flatMap(({ told, facts }) =>
      TARGETS.flatMap((target) => {
        const how = `(${told}, ${target.to}${"by" in target ? ` by ${target.by}` : ""})`;
        return [
          ...numbered(`${name}.check ${how}`, method.check(facts, target)),
          ...numbered(`${name}.recover ${how}`, method.recover(facts, target)),
        ];
      }),
    );
    return [
      ...made,
      ...restores,
      ...numbered(`${name}.removeSide`, method.removeSide?.() ?? []),
      ...one(`${name}.hold`, method.live?.hold()),
      ...one(`${name}.arrive`, method.live?.arrive(false)),
      ...one(`${name}.arrive (held)`, method.live?.arrive(true)),
      ...one(`${name}.close`, method.repository?.close()),
      ...one(`${name}.namePoint`, method.repository?.namePoint?.("before_migration")),
    ];
  });
}

function asked(engine: Engine): BuiltLine[] {
  const { copies } = engine;
  if (copies === undefined) return [];
  const { snapshot } = copies;
  const dumps = engine.methods.flatMap((method) => factsOf(method));
  return [
    ...dumps.flatMap(({ told, facts }) => [
      ...numbered(`copies.prepare (${facts.method} ${told})`, copies.prepare(facts, null)),
      ...one(`dumpText (${facts.method} ${told})`, engine.dumpText?.(facts)?.line),
    ]),
    ...one("copies.databases", copies.databases()),
    ...one("copies.tablesThere", copies.tablesThere?.()),
    ...one("copies.countAll", copies.countAll()),
    ...one("copies.largeObjects", copies.largeObjects?.().line),
    ...one("copies.countLarge", copies.countLarge?.()),
    ...one("copies.absent", copies.absent?.()),
    ...one("copies.readKeys", copies.readKeys?.()),
    ...one("copies.structure", copies.structure?.()),
    ...one("copies.newestRows", copies.newestRows?.()),
    ...one("copies.collations", copies.collations?.()),
    ...one("copies.newestRow", copies.newestRow?.({ ...FRESH, askedAtMs: 1_760_000_000_000 })),
    ...one(
      "copies.newestRow (zone)",
      copies.newestRow?.({ ...FRESH, where: "id > 1", timezone: "Asia/Tokyo", askedAtMs: 1_760_000_000_000 }),
    ),
    ...one("copies.query", copies.query?.("SELECT 1", null)),
    ...one("copies.query (role)", copies.query?.("SELECT 1", "shop_app")),
    ...one("copies.listen", copies.listen?.()),
    ...one("copies.letIn", copies.letIn?.("shop_app")),
    ...[null, FRESH].flatMap((fresh) =>
      (copies.mutations?.(fresh) ?? []).map(({ name, line }) => ({
        from: `copies.mutations ${name}${fresh ? " (fresh)" : ""}`,
        line,
      })),
    ),
    ...one("copies.snapshot.version", snapshot?.version()),
    ...one("copies.snapshot.hold", snapshot?.hold()),
    ...one("copies.snapshot.at", snapshot?.at(engine.phrases.listTables())),
    ...one("copies.snapshot.seen", snapshot?.lock?.seen()),
    ...one("copies.snapshot.open", snapshot?.lock?.open()),
    ...one("copies.snapshot.unheld", snapshot?.lock?.unheld()),
    ...one("copies.shell", copies.shell?.("true")),
  ];
}

function servers(engine: Engine): BuiltLine[] {
  const { make, start, shutDown, stop } = engine.server(engine.versions[0] ?? "", {}, engine.log?.settings ?? {});
  return [
    ...Object.entries({ make, start, shutDown, stop }).map(([name, line]) => ({ from: `server.${name}`, line })),
    ...one("log.close", engine.log?.close()),
    ...one("log.namePoint", engine.log?.namePoint?.("before_migration")),
  ];
}

/** All of them, each script once. */
export function builtLines(engine: Engine): BuiltLine[] {
  const all = [...servers(engine), ...deeds(engine), ...questions(engine), ...methods(engine), ...asked(engine)];
  return [...new Map(all.reverse().map((built) => [built.line.script, built])).values()].reverse();
}
