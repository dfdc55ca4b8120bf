/** What a world needs of SQLite: data, a heartbeat, a writer on the simulated timeline. */
import { printed } from "../../built-script.ts";
import { UsageError } from "../../errors.ts";
import { quote } from "../../host/sh.ts";
import type { Line, PresetRequest, TicksRequest } from "../../parts.ts";
import { CLIENT, fileOf, identifier, sql } from "./client.ts";
import { shop, ticksOf, tradeOf } from "./shop.ts";

const PRESETS: Readonly<Record<string, (request: PresetRequest) => readonly Line[]>> = { shop };
const uses = ["DATABASE"];

export const world = {
  preset(request: PresetRequest): readonly Line[] {
    const build = PRESETS[request.name];
    if (build === undefined) {
      throw new UsageError(`no dataset preset "${request.name}" for sqlite`, {
        code: "FB_PRESET_UNKNOWN",
        next: [`use one of: ${Object.keys(PRESETS).join(", ")}`],
      });
    }
    return build(request);
  },

  inSql: (name: string): string => identifier(name),
  loadSql: (files: readonly string[]): readonly Line[] => [
    {
      say: "Create the application's database.",
      script: `${CLIENT} ${fileOf("production")} 'PRAGMA journal_mode = WAL;' >/dev/null`,
      uses,
      destroys: false,
    },
    ...files.map((file) => ({
      say: `Load ${file}.`,
      script: `${CLIENT} -safe ${fileOf("production")} <"$SCRATCH"/${quote(file)}`,
      uses: [...uses, "SCRATCH"],
      destroys: false,
    })),
  ],

  createHeartbeat: (): Line => ({
    say: "Create the heartbeat table.",
    ...printed(sql("CREATE TABLE fogbell_heartbeat (beat_at INTEGER NOT NULL PRIMARY KEY);")),
    uses,
    destroys: false,
  }),

  /** Each tick is a transaction of its own, as an application's would be. */
  writeTicks({ fromMs, toMs, everyMs, preset, seed }: TicksRequest): Line {
    const ticks = Math.floor((toMs - fromMs) / everyMs);
    // Ticks count back from the end of the stretch, so that one falls exactly on it.
    const first = toMs - (ticks - 1) * everyMs;
    const from = Math.floor(first / everyMs);
    const rows = `each (i, moment, n) AS (SELECT 1, ${first}, ${from} WHERE ${ticks} > 0
    UNION ALL SELECT i + 1, moment + ${everyMs}, n + 1 FROM each WHERE i < ${ticks})`;
    return {
      say: `Let the writer commit ${ticks} times.`,
      script: ticksOf(rows, preset === null ? "''" : tradeOf(seed)),
      uses,
      destroys: false,
    };
  },

  runSql: (say: string, text: string): Line => ({
    say,
    ...printed(sql(`PRAGMA foreign_keys = ON;\n${text}`)),
    uses,
    destroys: true,
  }),
};
