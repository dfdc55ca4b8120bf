/** Every built-in part, one import and one line each. The only file that knows them all. */
import { copyDamaged } from "./actions/copy-damaged.ts";
import { copyTableBack } from "./actions/copy-table-back.ts";
import { dropSide } from "./actions/drop-side.ts";
import { dropTable } from "./actions/drop-table.ts";
import { freezeRetention } from "./actions/freeze-retention.ts";
import { namePoint } from "./actions/name-point.ts";
import { restoreBeside } from "./actions/restore-beside.ts";
import { resumeRetention } from "./actions/resume-retention.ts";
import { resumeWriters } from "./actions/resume-writers.ts";
import { stopWriters } from "./actions/stop-writers.ts";
import { takeBackup } from "./actions/take-backup.ts";
import { mariadb, mysql } from "./engines/mariadb/engine.ts";
import { postgres } from "./engines/postgres/engine.ts";
import type { Catalog } from "./parts.ts";
import { constraints } from "./probes/constraints.ts";
import { grants } from "./probes/grants.ts";
import { heartbeatGap } from "./probes/heartbeat-gap.ts";
import { indexes } from "./probes/indexes.ts";
import { objects } from "./probes/objects.ts";
import { rowCount } from "./probes/row-count.ts";
import { rows } from "./probes/rows.ts";
import { sequencesAhead } from "./probes/sequences-ahead.ts";
import { tableMissing } from "./probes/table-missing.ts";
import { ctrfReporter } from "./reporters/ctrf.ts";
import { githubReporter } from "./reporters/github.ts";
import { jsonReporter } from "./reporters/json.ts";
import { junitReporter } from "./reporters/junit.ts";
import { lineReporter } from "./reporters/line.ts";
import { markdownReporter } from "./reporters/markdown.ts";
import { metricsReporter } from "./reporters/metrics.ts";
import { prettyReporter } from "./reporters/pretty.ts";
import { docker } from "./sandboxes/docker.ts";
import { local } from "./sandboxes/local.ts";
import { directory } from "./stores/directory.ts";
import { s3 } from "./stores/s3.ts";

export const catalog: Catalog = {
  engines: [postgres, mariadb, mysql],
  stores: [directory, s3],
  sandboxes: [docker, local],
  actions: [
    dropTable,
    stopWriters,
    copyDamaged,
    restoreBeside,
    copyTableBack,
    resumeWriters,
    takeBackup,
    dropSide,
    namePoint,
    freezeRetention,
    resumeRetention,
  ],
  probes: [tableMissing, rowCount, rows, constraints, indexes, sequencesAhead, grants, objects, heartbeatGap],
  reporters: [
    prettyReporter,
    lineReporter,
    jsonReporter,
    junitReporter,
    ctrfReporter,
    markdownReporter,
    githubReporter,
    metricsReporter,
  ],
};
