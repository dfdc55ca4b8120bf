/** What a world needs of MariaDB or MySQL: data, a heartbeat, a writer on the simulated timeline. */
import { printed } from "../../built-script.ts";
import { UsageError } from "../../errors.ts";
import { quote } from "../../host/sh.ts";
import type { Line, PresetRequest, TicksRequest } from "../../parts.ts";
import { at, client, placesOf, sql } from "./client.ts";
import type { Flavour } from "./flavour.ts";
import { shop } from "./shop.ts";
import { tracker } from "./tracker.ts";

const PRESETS: Readonly<Record<string, (flavour: Flavour, request: PresetRequest) => readonly Line[]>> = {
  shop,
  tracker,
};

/** Each tick is a transaction of its own, as an application's would be. */
function writeTicks(flavour: Flavour, { fromMs, toMs, everyMs, preset, seed }: TicksRequest): Line {
  const ticks = Math.floor((toMs - fromMs) / everyMs);
  // Ticks count back from the end of the stretch, so that one falls exactly on it.
  const first = toMs - (ticks - 1) * everyMs;
  const trade = preset === null ? "" : `    CALL fogbell_tick(moment, ${first} DIV ${everyMs} + n, ${seed});\n`;
  return {
    say: `Let the writer commit ${ticks} times.`,
    ...printed(
      sql(
        flavour,
        `
DROP PROCEDURE IF EXISTS fogbell_write;
DELIMITER //
CREATE PROCEDURE fogbell_write()
BEGIN
  DECLARE n BIGINT DEFAULT 0;
  DECLARE moment BIGINT;
  WHILE n < ${ticks} DO
    SET moment = ${first} + n * ${everyMs};
    START TRANSACTION;
${trade}    INSERT INTO fogbell_heartbeat VALUES (FROM_UNIXTIME(moment / 1000));
    COMMIT;
    SET n = n + 1;
  END WHILE;
END //
DELIMITER ;
CALL fogbell_write();
DROP PROCEDURE fogbell_write;`,
      ),
    ),
    uses: placesOf("production"),
    destroys: false,
  };
}

export function worldOf(flavour: Flavour) {
  return {
    preset(request: PresetRequest): readonly Line[] {
      const build = PRESETS[request.name];
      if (build === undefined) {
        throw new UsageError(`no dataset preset "${request.name}" for ${flavour.name}`, {
          code: "FB_PRESET_UNKNOWN",
          next: [`use one of: ${Object.keys(PRESETS).join(", ")}`],
        });
      }
      return build(flavour, request);
    },

    loadSql(files: readonly string[]): readonly Line[] {
      const uses = placesOf("production");
      return [
        {
          say: "Create the application's database.",
          script: `${flavour.admin} ${at("production")} create "$DATABASE"`,
          uses,
          destroys: false,
        },
        ...files.map((file) => ({
          say: `Load ${file}.`,
          script: `${client(flavour, "production")} <"$SCRATCH"/${quote(file)}`,
          uses: [...uses, "SCRATCH"],
          destroys: false,
        })),
        {
          say: "Count what was loaded, for the planner.",
          script: `${flavour.check} ${at("production")} --silent --analyze "$DATABASE"`,
          uses,
          destroys: false,
        },
      ];
    },

    createHeartbeat: (): Line => ({
      say: "Create the heartbeat table.",
      ...printed(sql(flavour, "CREATE TABLE fogbell_heartbeat (beat_at DATETIME(3) NOT NULL PRIMARY KEY);")),
      uses: placesOf("production"),
      destroys: false,
    }),
    writeTicks: (request: TicksRequest): Line => writeTicks(flavour, request),
  };
}
