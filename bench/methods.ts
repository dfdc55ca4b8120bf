/**
 * Restores of files and of MariaDB's dumps, and the way through a log: the drill's own commands, run as the drill runs
 * them, against the tools typed by hand in the same container, in turns, from one backup.
 */

import { catalog } from "../src/catalog.ts";
import { makeLabel } from "../src/host/label.ts";
import { viewsOf } from "../src/host/unpack-head.ts";
import type { BackupFacts, Engine, Line, Method, PlaceTable, Server, Target } from "../src/parts.ts";
import { sideRemoved } from "../src/plan/capabilities.ts";
import { createRunner, type Runner } from "../src/run/runner.ts";
import { type Figure, round } from "./figures.ts";
import { inTurns } from "./turns.ts";

interface Case {
  readonly name: string;
  readonly engine: string;
  readonly method: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Takes the log along, of as many rows again. */
  readonly log: boolean;
  /** What a person would type in the container, with the same promises. `$FILE` is the backup. */
  readonly byHand: string;
  readonly target: number;
  /**
   * Times the rows of the others: what restores fast is measured on more, about a gigabyte, or only its start is; what
   * takes two minutes says no more than what takes one.
   */
  readonly times?: number;
  /** Times the pairs of the others: a replay keeps one processor busy and nothing else, and feels each neighbour of it. */
  readonly oftener?: number;
}

const HOUR_MS = 3_600_000;
const FAR: Target = { to: "end-of-log" };

const START_PG = `cat >>"$SIDE_DATA/postgresql.auto.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$SIDE_HOST'
archive_mode = off
shared_buffers = 128MB
CONF
mkdir -p "$SIDE_HOST"`;

const UNPACK_PG = `set -e
mkdir -p "$SIDE_DATA"; chmod 700 "$SIDE_DATA"
gunzip -c "$BACKUP/base.tar.gz" | tar -x -f - -C "$SIDE_DATA"
pg_verifybackup -q -n -m "$BACKUP/backup_manifest" "$SIDE_DATA"
${START_PG}`;

const START_MY = `{ setsid mariadbd --no-defaults --datadir="$SIDE_DATA" --socket="$SIDE_SOCKET" \\
  --pid-file="$SIDE_DATA/side.pid" --skip-networking --skip-log-bin \\
  --innodb-buffer-pool-size=128M </dev/null >"$SIDE_DATA/side.log" 2>&1 & }
until mariadb-admin --socket="$SIDE_SOCKET" --silent ping 2>/dev/null; do sleep 0.1; done`;

const CASES: readonly Case[] = [
  {
    name: "restore, postgres, physical",
    engine: "postgres",
    method: "physical",
    options: {},
    log: false,
    byHand: `${UNPACK_PG}
pg_ctl -s -w -D "$SIDE_DATA" -l "$SIDE_DATA/server.log" start`,
    target: 1.03,
    times: 5,
  },
  {
    name: "replay, postgres",
    engine: "postgres",
    method: "physical",
    options: {},
    log: true,
    byHand: `${UNPACK_PG}
echo "restore_command = 'cp \\"$LOG/%f\\" \\"%p\\"'" >>"$SIDE_DATA/postgresql.auto.conf"
touch "$SIDE_DATA/recovery.signal"
pg_ctl -s -w -t 3600 -D "$SIDE_DATA" -l "$SIDE_DATA/server.log" start
until [ "$(psql -XAtq -h "$SIDE_HOST" -d postgres -c 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.1; done`,
    target: 1.03,
    times: 3,
    oftener: 2,
  },
  {
    name: "restore, mariadb, dump",
    engine: "mariadb",
    method: "logical",
    options: { compress: "gzip" },
    log: false,
    byHand: `set -e
mariadb --socket="$SIDE_SOCKET" -e 'CREATE DATABASE \`'"$SIDE_DATABASE"'\`'
gunzip -c "$BACKUP" | mariadb --socket="$SIDE_SOCKET" "$SIDE_DATABASE"`,
    target: 1,
  },
  {
    name: "restore, mariadb, physical",
    engine: "mariadb",
    method: "physical",
    options: {},
    log: false,
    byHand: `set -e
mkdir -p "$SIDE_DATA"
gunzip -c "$BACKUP"/backup.mbs.gz | mbstream -x -C "$SIDE_DATA"
mariadb-backup --prepare --target-dir="$SIDE_DATA" 2>/dev/null
${START_MY}`,
    target: 1.03,
  },
  {
    name: "replay, mariadb",
    engine: "mariadb",
    method: "physical",
    options: {},
    log: true,
    byHand: `set -e
mkdir -p "$SIDE_DATA"
gunzip -c "$BACKUP"/backup.mbs.gz | mbstream -x -C "$SIDE_DATA"
mariadb-backup --prepare --target-dir="$SIDE_DATA" 2>/dev/null
${START_MY}
mariadb-binlog --disable-log-bin --start-position="$POSITION" "$LOG"/binlog.* | mariadb --socket="$SIDE_SOCKET"`,
    target: 1.03,
    times: 0.5,
  },
];

const step = { phase: "restore", name: "bench" } as const;
const own = (script: string): Line => ({ say: "Benchmark.", script, uses: [], destroys: false });

interface Bench {
  readonly engine: Engine;
  readonly method: Method;
  readonly runner: Runner;
  readonly server: Server;
  readonly places: Record<string, string>;
}

const valuesOf = (table: PlaceTable) =>
  Object.fromEntries(Object.entries(table).map(([name, { value }]) => [name, value]));

/** Of the cases those whose name holds `only`. */
export async function benchMethods(request: { rows: number; pairs: number; only?: string }): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const one of CASES.filter(({ name }) => name.includes(request.only ?? ""))) {
    process.stderr.write(`bench:   ${one.name}\n`);
    figures.push(await measure(one, request));
  }
  return figures;
}

async function measure(one: Case, request: { rows: number; pairs: number }): Promise<Figure> {
  const pairs = request.pairs * (one.oftener ?? 1);
  const rows = request.rows * (one.times ?? 1);
  const engine = catalog.engines.find(({ name }) => name === one.engine);
  const method = engine?.methods.find(({ name }) => name === one.method);
  const driver = catalog.sandboxes.find(({ name }) => name === "docker");
  if (engine === undefined || method === undefined || driver === undefined) throw new Error(`no part for ${one.name}`);
  const settings = { ...method.settings, ...(one.log ? engine.log?.settings : {}) };
  const spec = engine.server(engine.versions[0] ?? "", engine.options.parse({}), settings);
  const signal = new AbortController().signal;
  const label = makeLabel(`bench-${process.pid}`, new Date(Date.now() + HOUR_MS));
  await using sandbox = await driver.open(label, driver.options.parse({}), signal);
  await using server = await sandbox.start(spec);
  const { folders } = server;
  const places: Record<string, string> = {
    ...valuesOf(engine.places({ folders, database: "shop", side: method.side, replica: null })),
    BACKUP_DIR: `${folders.scratch}/backup`,
    LOG: folders.archive,
    SCRATCH: folders.scratch,
    EXPECTED_BYTES: "0",
    JOBS: "2",
    POSITION: "4",
  };
  const runner = createRunner({
    server,
    places: () => places,
    signal,
    readErrors: engine.readErrors,
    write: () => {},
    onProgress: () => {},
  });
  const bench: Bench = { engine, method, runner, server, places };
  const { facts, logBytes } = await prepare(bench, one, rows);
  const { value, from } = await inTurns({
    pairs,
    drill: () => drillsWay(bench, facts),
    byHand: async () => void (await runner.must(own(one.byHand), step)),
    clear: () => clear(bench),
  });
  return {
    name: one.name,
    what: "the drill's restore commands against the same restore typed by hand",
    value,
    unit: "×",
    target: one.target,
    from: { rows, ...(one.log ? { logMB: round(logBytes / 1e6, 0) } : {}), ...from },
  };
}

/** Data, one backup of it, and with a log as many rows again that only the log holds. */
async function prepare(
  { engine, method, runner, places }: Bench,
  one: Case,
  rows: number,
): Promise<{ facts: BackupFacts; logBytes: number }> {
  const untilMs = Date.now();
  for (const line of engine.phrases.preset({ name: "shop", rows, seed: 1, untilMs })) await runner.must(line, step);
  const options = method.options.parse(one.options);
  await runner.must(own('mkdir -p "$BACKUP_DIR"'), step);
  for (const line of method.backup("bench", options)) await runner.must(line, step);
  const found = await runner.must(own('cd "$BACKUP_DIR" && ls -d bench* | grep -v globals | head -n 1'), step);
  places.BACKUP = `${places.BACKUP_DIR}/${found.stdout.trim()}`;
  const told = await inspect(runner, method, options);
  if (!one.log || engine.log === undefined) return { facts: told, logBytes: 0 };
  places.POSITION = told.logPosition ?? "4";
  const write = engine.phrases.writeTicks({
    fromMs: untilMs,
    toMs: untilMs + Math.round(rows / 20) * 1000,
    everyMs: 1000,
    preset: "shop",
    seed: 1,
  });
  await runner.must(engine.phrases.createHeartbeat(), step);
  await runner.must(write, step);
  await runner.must(engine.log.close(), step);
  // What came before the backup is not needed by it.
  const from = told.logFrom ?? "";
  const listed = await runner.must(own('ls "$LOG"'), step);
  const isNeeded = (piece: string) => engine.log?.isPiece(piece) === true && engine.log.isNeeded(piece, from);
  const needless = listed.stdout.split("\n").filter((name) => name !== "" && !isNeeded(name));
  if (needless.length > 0) await runner.must(own(`cd "$LOG" && rm -f ${needless.join(" ")}`), step);
  const size = await runner.must(own('du -sb "$LOG" | cut -f1'), step);
  return { facts: { ...told, hasLog: true }, logBytes: Number(size.stdout.trim()) };
}

/** What the backup says of itself, as the drill would read it. */
async function inspect(runner: Runner, method: Method, options: unknown): Promise<BackupFacts> {
  const lead =
    'file=$BACKUP; for one in "$BACKUP"/base.tar.gz "$BACKUP"/xtrabackup_info; do if [ -e "$one" ]; then file=$one; fi; done';
  const head: Uint8Array[] = [];
  await runner.ask(own(`${lead}; head -c 65536 "$file"`), step, (chunk) => void head.push(chunk));
  for (const { bytes, packing } of await viewsOf(Buffer.concat(head), false)) {
    const facts = method.inspect({ head: bytes, tail: null, packing });
    if (facts !== null) return facts;
  }
  return method.facts(options);
}

async function drillsWay({ runner, method }: Bench, facts: BackupFacts): Promise<void> {
  for (const line of method.recover(facts, FAR)) await runner.must(line, step);
}

async function clear({ engine, method, runner }: Bench): Promise<void> {
  for (const line of sideRemoved(engine, method)) await runner.must(line, step);
  await runner.must(
    own('rm -rf "$SCRATCH"/log "$SCRATCH"/sets "$SCRATCH"/chain "$SCRATCH"/target "$SCRATCH"/errors; sync'),
    step,
  );
}
