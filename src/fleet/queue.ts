/**
 * The queue: pg-boss on a PostgreSQL of its own, with our tables beside it in the fleet's schema. The only door to both
 * libraries. Times of leases are the server's: a worker's clock decides nothing here.
 */
import pg from "pg";
import { type Db as BossDb, PgBoss } from "pg-boss";
import { pause } from "../host/stream.ts";
import {
  assertFleetName,
  assertQueueUrl,
  assertSchemaVersion,
  assertServerVersion,
  notInitialised,
  queueFault,
  TABLES_VERSION,
} from "./queue-faults.ts";

/** What runs SQL: the pool, or one transaction on it. */
export interface Sql {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

export interface Transaction extends Sql {
  /** For calls of the queue inside it. */
  readonly db: BossDb;
}

export interface Queue extends AsyncDisposable, Sql {
  readonly boss: PgBoss;
  readonly schema: string;
  /** Nothing of it happens when the work throws. */
  inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** A lock that the server holds for as long as this process is connected; null when somebody else holds it. */
  lock(name: string): Promise<Locked | null>;
}

export interface Locked extends AsyncDisposable {
  /** Aborted when the connection that holds it is lost. */
  readonly lost: AbortSignal;
}

export interface QueueRequest {
  readonly url: string | undefined;
  readonly fleet: string;
  /** Looks after jobs whose workers died. One of the fleet is enough; several do no harm. */
  readonly supervises?: boolean;
}

/** A job is another's when its worker hasn't been heard of for so long; looked after so often. */
const LEASE_SECONDS = 30;
const SUPERVISE_SECONDS = 10;
const CONNECT_MS = 8000;
/** A job may take so long: only its heartbeat ends it. */
const LONGEST_SECONDS = 23 * 3600;

const tablesSql = (schema: string) => `
CREATE TABLE IF NOT EXISTS ${schema}.fleet_meta (version int NOT NULL);
INSERT INTO ${schema}.fleet_meta SELECT ${TABLES_VERSION} WHERE NOT EXISTS (SELECT FROM ${schema}.fleet_meta);
CREATE TABLE IF NOT EXISTS ${schema}.fleet_task (
  task uuid PRIMARY KEY, send uuid NOT NULL, sent_at timestamptz NOT NULL DEFAULT now(), deadline_at timestamptz NOT NULL,
  payload jsonb NOT NULL, queue text NOT NULL, job uuid, refused text, cancelled_at timestamptz, worker text, progress text, progress_at timestamptz);
CREATE INDEX IF NOT EXISTS fleet_task_send ON ${schema}.fleet_task (send);
CREATE TABLE IF NOT EXISTS ${schema}.fleet_result (
  task uuid PRIMARY KEY REFERENCES ${schema}.fleet_task, job uuid NOT NULL, attempt int NOT NULL, worker text NOT NULL,
  run_id text NOT NULL, verdict text NOT NULL, exit_code int NOT NULL, because text NOT NULL, files bytea NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT now(), collected_at timestamptz);
CREATE TABLE IF NOT EXISTS ${schema}.fleet_worker (
  name text PRIMARY KEY, slots int NOT NULL, disk_bytes bigint NOT NULL, labels text[] NOT NULL, fogbell text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now());
`;

/** Says in our words what the client throws. */
const said = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch((error: unknown) => {
    throw queueFault(error);
  });

function poolOf(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 6,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: "fogbell",
  });
  // An idle connection that the server closes is made anew by whoever asks next.
  pool.on("error", () => {});
  return pool;
}

const bossDb = (client: pg.Pool | pg.PoolClient): BossDb => ({
  executeSql: (text, values) => said(client.query(text, values)),
});

const rowsOf =
  (client: pg.Pool | pg.PoolClient): Sql["query"] =>
  async <R extends object>(text: string, values: readonly unknown[] = []) =>
    (await said(client.query(text, [...values]))).rows as R[];

/** Makes the fleet's schema, or brings an older one up to date. Throws UnavailableError and UsageError. */
export async function initQueue({ url, fleet }: QueueRequest): Promise<string> {
  assertQueueUrl(url);
  assertFleetName(fleet);
  const schema = schemaOf(fleet);
  const pool = poolOf(url);
  try {
    await assertServer(pool);
    const boss = bossOf({ db: bossDb(pool), schema, supervises: false, migrate: true });
    await boss.start();
    const { rows } = await said(pool.query(`SELECT to_regclass('${schema}.fleet_meta') IS NOT NULL AS there`));
    if (rows[0]?.there === true) await assertVersion(pool, schema, boss);
    await said(pool.query(tablesSql(schema)));
    await boss.stop({ graceful: false });
    return schema;
  } finally {
    await pool.end();
  }
}

const schemaOf = (fleet: string) => `fogbell_${fleet}`;

function bossOf({
  db,
  schema,
  supervises,
  migrate,
}: {
  db: BossDb;
  schema: string;
  supervises: boolean;
  migrate: boolean;
}) {
  const boss = new PgBoss({
    db,
    schema,
    migrate,
    createSchema: migrate,
    schedule: false,
    supervise: supervises,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    registerInstance: false,
    reindex: false,
    monitorVacuum: false,
    openTelemetry: { enabled: false },
  });
  // What a pass of its own couldn't do, the next does; calls of ours get their errors themselves.
  boss.on("error", () => {});
  return boss;
}

async function assertServer(pool: pg.Pool): Promise<void> {
  const { rows } = await said(pool.query("SELECT current_setting('server_version_num')::int AS version"));
  assertServerVersion(Number(rows[0]?.version));
}

async function assertVersion(pool: pg.Pool, schema: string, boss: PgBoss): Promise<void> {
  const found = await said(pool.query(`SELECT version FROM ${schema}.fleet_meta`));
  const queue = await boss.schemaVersion();
  assertSchemaVersion(
    { tables: Number(found.rows[0]?.version), queue: queue ?? 0 },
    { queue: await ownQueueVersion() },
  );
}

/** What this pg-boss makes. */
async function ownQueueVersion(): Promise<number> {
  const { getConstructionPlans } = await import("pg-boss");
  return Number(/version\(version\) VALUES \('(\d+)'\)/.exec(getConstructionPlans())?.[1] ?? 0);
}

/** Makes the queue of a label, when it isn't there. Said again with every start: what a version sets anew reaches all. */
export async function ensureQueue(queue: Queue, name: string): Promise<void> {
  const options = {
    retryLimit: 1000,
    expireInSeconds: LONGEST_SECONDS,
    heartbeatSeconds: LEASE_SECONDS,
    deleteAfterSeconds: 35 * 86_400,
    retentionSeconds: 7 * 86_400,
  };
  if ((await queue.boss.getQueue(name)) === null)
    await queue.boss.createQueue(name, { policy: "exclusive", ...options });
}

/** Opens a fleet's queue. Throws UnavailableError when it can't be used, with what to type. */
export async function openQueue({ url, fleet, supervises = false }: QueueRequest): Promise<Queue> {
  assertQueueUrl(url);
  assertFleetName(fleet);
  const schema = schemaOf(fleet);
  const pool = poolOf(url);
  try {
    await assertServer(pool);
    const { rows } = await said(
      pool.query("SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL AS there", [
        `${schema}.fleet_meta`,
        `${schema}.version`,
      ]),
    );
    if (rows[0]?.there !== true) throw notInitialised();
    const boss = bossOf({ db: bossDb(pool), schema, supervises, migrate: false });
    await assertVersion(pool, schema, boss);
    await boss.start();
    return queueOn(pool, boss, schema);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function queueOn(pool: pg.Pool, boss: PgBoss, schema: string): Queue {
  return {
    boss,
    schema,
    query: rowsOf(pool),
    inTransaction: async (work) => {
      const client = await said(pool.connect());
      // A server that goes away while the work waits for something else says so here, too.
      client.on("error", ignore);
      let broken = false;
      try {
        await said(client.query("BEGIN"));
        const done = await work({ query: rowsOf(client), db: bossDb(client) });
        await said(client.query("COMMIT"));
        return done;
      } catch (error) {
        await client.query("ROLLBACK").catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.off("error", ignore);
        client.release(broken);
      }
    },
    lock: (name) => lockOn(pool, `${schema} ${name}`),
    [Symbol.asyncDispose]: async () => {
      await Promise.race([boss.stop({ graceful: false, close: false }).catch(() => {}), pause(3000)]);
      await Promise.race([pool.end(), pause(3000)]);
    },
  };
}

const ignore = () => {};

async function lockOn(pool: pg.Pool, name: string): Promise<Locked | null> {
  const client = await said(pool.connect());
  const lost = new AbortController();
  const lose = (error: unknown) => lost.abort(queueFault(error));
  client.on("error", lose);
  client.on("end", () => lose({ code: "ECONNRESET" }));
  const { rows } = await client.query("SELECT pg_try_advisory_lock(hashtextextended($1, 7)) AS got", [name]);
  if (rows[0]?.got !== true) {
    client.release();
    return null;
  }
  return { lost: lost.signal, [Symbol.asyncDispose]: async () => client.release(true) };
}
