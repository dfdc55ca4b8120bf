/** What can be wrong with a queue, as errors with a next command. The URL may hold a password: it is never repeated. */
import { FogbellError, UnavailableError, UsageError } from "../errors.ts";

/** Version of our own tables beside the queue's. */
export const TABLES_VERSION = 1;
/** pg-boss needs what came with it. */
const OLDEST_SERVER = 13;

const NAME = /^[a-z][a-z0-9_]{0,30}$/;

/** Throws UsageError for a fleet's name that can't be one of a schema. */
export function assertFleetName(name: string): void {
  if (NAME.test(name)) return;
  throw new UsageError(`"${name}" isn't a fleet's name: small letters, digits and underscores are`, {
    code: "FB_QUEUE_URL",
    next: ["--fleet nightly"],
  });
}

/** Throws UsageError when nothing says where the queue is, or it isn't a PostgreSQL. */
export function assertQueueUrl(url: string | undefined): asserts url is string {
  const next = ["export FOGBELL_QUEUE=postgres://fleet@db9/fogbell", "fogbell fleet init --queue URL"];
  if (url === undefined || url === "")
    throw new UsageError("nothing says where the fleet's queue is", { code: "FB_QUEUE_URL", next });
  if (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return;
  throw new UsageError("the queue isn't a postgres:// URL", { code: "FB_QUEUE_URL", next });
}

const DENIED = /^28|^42501$/;

/** What the server or the network said, by code; as it is when that is nothing about the queue. Texts of others could repeat the URL. */
export function queueFault(thrown: unknown): unknown {
  if (thrown instanceof FogbellError) return thrown;
  const { code } = thrown as { code?: string };
  // The client's own: no connection in time, or one that was cut.
  if (typeof code !== "string") return unreachable("no answer", thrown);
  if (DENIED.test(code))
    return new UnavailableError(
      `the queue's server refused: ${code === "42501" ? "this role may not do that" : "wrong role or password"}`,
      {
        code: "FB_QUEUE_DENIED",
        next: ["psql \"$FOGBELL_QUEUE\" -c 'SELECT current_user'", "let the database's owner run: fogbell fleet init"],
        cause: thrown,
      },
    );
  if (code === "3D000")
    return new UnavailableError("the queue's server has no such database", {
      code: "FB_QUEUE_UNREACHABLE",
      next: ["createdb fogbell (on the queue's server), then: fogbell fleet init"],
      cause: thrown,
    });
  if (code === "42P01" || code === "3F000") return notInitialised();
  // Of the network by its system's name; of a server that stops or starts, class 57 and 08.
  if (/^E[A-Z_]+$/.test(code) || /^(57|08|53)/.test(code)) return unreachable(code, thrown);
  return thrown;
}

const unreachable = (why: string, cause: unknown) =>
  new UnavailableError(`the queue can't be reached (${why})`, {
    code: "FB_QUEUE_UNREACHABLE",
    next: ["psql \"$FOGBELL_QUEUE\" -c 'SELECT 1'"],
    cause,
  });

/** Whether waiting may help: the queue is away. */
export const isAway = (error: unknown): boolean =>
  error instanceof FogbellError && error.code === "FB_QUEUE_UNREACHABLE";

export function notInitialised(): UnavailableError {
  return new UnavailableError("there is no fleet in that database", {
    code: "FB_QUEUE_SCHEMA",
    next: ["fogbell fleet init"],
  });
}

/** Throws UnavailableError for a server that is older than the queue can use. `version` as `server_version_num`. */
export function assertServerVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (major >= OLDEST_SERVER) return;
  throw new UnavailableError(`the queue's server is PostgreSQL ${major}; ${OLDEST_SERVER} or newer is needed`, {
    code: "FB_QUEUE_SERVER",
    next: ["use a newer PostgreSQL for the queue; it needs neither your data nor much room"],
  });
}

/** Throws UnavailableError when another version of Fogbell made the tables. */
export function assertSchemaVersion(found: { tables: number; queue: number }, own: { queue: number }): void {
  if (found.tables === TABLES_VERSION && found.queue === own.queue) return;
  const isOlder = found.tables < TABLES_VERSION || found.queue < own.queue;
  throw new UnavailableError(
    `the fleet's tables are of ${isOlder ? "an older" : "a newer"} version of Fogbell (${found.tables}.${found.queue}, this one has ${TABLES_VERSION}.${own.queue})`,
    {
      code: "FB_QUEUE_SCHEMA",
      next: [
        isOlder ? "stop all workers, then: fogbell fleet init" : "install the Fogbell that the other machines have",
      ],
    },
  );
}
