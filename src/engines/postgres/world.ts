/** What a world needs of PostgreSQL: data, a heartbeat, a writer on the simulated timeline. */
import { printed } from "../../built-script.ts";
import { UsageError } from "../../errors.ts";
import { quote } from "../../host/sh.ts";
import type { Line, PresetRequest, TicksRequest } from "../../parts.ts";
import { PSQL, placesOf, psql } from "./client.ts";
import { shop } from "./shop.ts";
import { tracker } from "./tracker.ts";

const PRESETS: Readonly<Record<string, (request: PresetRequest) => readonly Line[]>> = { shop, tracker };

export function preset(request: PresetRequest): readonly Line[] {
  const build = PRESETS[request.name];
  if (build === undefined) {
    throw new UsageError(`no dataset preset "${request.name}" for postgres`, {
      code: "FB_PRESET_UNKNOWN",
      next: [`use one of: ${Object.keys(PRESETS).join(", ")}`],
    });
  }
  return build(request);
}

export function loadSql(files: readonly string[]): readonly Line[] {
  return [
    {
      say: "Create the application's database.",
      script: 'createdb -T template0 -E UTF8 "$PGDATABASE"',
      uses: ["PGHOST", "PGDATABASE"],
      destroys: false,
    },
    ...files.map((file) => ({
      say: `Load ${file}.`,
      script: `${PSQL} -o /dev/null -d "$PGDATABASE" -f "$SCRATCH"/${quote(file)}`,
      uses: ["PGHOST", "PGDATABASE", "SCRATCH"],
      destroys: false,
    })),
    {
      say: "Count what was loaded, for the planner.",
      ...printed(psql("VACUUM ANALYZE;")),
      uses: placesOf("production"),
      destroys: false,
    },
  ];
}

export function createHeartbeat(): Line {
  return {
    say: "Create the heartbeat table.",
    ...printed(
      psql(`
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS fogbell;
CREATE TABLE fogbell.heartbeat (beat_at timestamptz PRIMARY KEY);`),
    ),
    uses: placesOf("production"),
    destroys: false,
  };
}

/** Each tick is a transaction of its own, as an application's would be. */
export function writeTicks(request: TicksRequest): Line {
  const ticks = Math.floor((request.toMs - request.fromMs) / request.everyMs);
  // Ticks count back from the end of the stretch, so that one falls exactly on it.
  const first = request.toMs - (ticks - 1) * request.everyMs;
  const trade =
    request.preset === null
      ? ""
      : `    CALL fogbell.tick(moment, (${first} / ${request.everyMs})::bigint + n, ${request.seed});\n`;
  return {
    say: `Let the writer commit ${ticks} times.`,
    ...printed(
      psql(`
DO $$
DECLARE moment timestamptz;
BEGIN
  FOR n IN 0 .. ${ticks - 1} LOOP
    moment := to_timestamp((${first} + n * ${request.everyMs}::bigint) / 1000.0);
${trade}    INSERT INTO fogbell.heartbeat VALUES (moment);
    COMMIT;
  END LOOP;
END $$;`),
    ),
    uses: placesOf("production"),
    destroys: false,
  };
}
