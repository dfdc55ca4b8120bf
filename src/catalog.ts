/** Every built-in part, one import and one line each. The only file that knows them all. */
import { awaitDetached } from "./actions/await-detached.ts";
import { bumpSequences } from "./actions/bump-sequences.ts";
import { copyDamaged } from "./actions/copy-damaged.ts";
import { copyFiles } from "./actions/copy-files.ts";
import { copySource } from "./actions/copy-source.ts";
import { copyTableBack } from "./actions/copy-table-back.ts";
import { corruptTable } from "./actions/corrupt-table.ts";
import { deleteBackups } from "./actions/delete-backups.ts";
import { dropDatabase } from "./actions/drop-database.ts";
import { dropSide } from "./actions/drop-side.ts";
import { dropTable } from "./actions/drop-table.ts";
import { findBlocker } from "./actions/find-blocker.ts";
import { freezeRetention } from "./actions/freeze-retention.ts";
import { hangUp } from "./actions/hang-up.ts";
import { holdLock } from "./actions/hold-lock.ts";
import { lookAround } from "./actions/look-around.ts";
import { loseMainStore } from "./actions/lose-main-store.ts";
import { loseReplicas } from "./actions/lose-replicas.ts";
import { loseServer } from "./actions/lose-server.ts";
import { mergeRows } from "./actions/merge-rows.ts";
import { misdirect } from "./actions/misdirect.ts";
import { namePoint } from "./actions/name-point.ts";
import { overwriteBackup } from "./actions/overwrite-backup.ts";
import { pointBack } from "./actions/point-back.ts";
import { repairRows } from "./actions/repair-rows.ts";
import { restoreBeside } from "./actions/restore-beside.ts";
import { restoreOver } from "./actions/restore-over.ts";
import { restoreRoles } from "./actions/restore-roles.ts";
import { resumeRetention } from "./actions/resume-retention.ts";
import { resumeWriters } from "./actions/resume-writers.ts";
import { runSql } from "./actions/run-sql.ts";
import { shell } from "./actions/shell.ts";
import { skipBroken } from "./actions/skip-broken.ts";
import { stopWriters } from "./actions/stop-writers.ts";
import { takeBackup } from "./actions/take-backup.ts";
import { takeOver } from "./actions/take-over.ts";
import { mariadb, mysql } from "./engines/mariadb/engine.ts";
import { postgres } from "./engines/postgres/engine.ts";
import { sqlite } from "./engines/sqlite/engine.ts";
import type { Catalog } from "./parts.ts";
import { applicationDatabase } from "./probes/application-database.ts";
import { appCheck } from "./probes/checks/app.ts";
import { shellCheck } from "./probes/checks/shell.ts";
import { sqlCheck } from "./probes/checks/sql.ts";
import { constraints } from "./probes/constraints.ts";
import { copyAccounts } from "./probes/copies/accounts.ts";
import { copyCanary } from "./probes/copies/canary.ts";
import { copyCatalogue } from "./probes/copies/catalogue.ts";
import { copyForeignKeys } from "./probes/copies/foreign-keys.ts";
import { copyFreshness } from "./probes/copies/freshness.ts";
import { copyLargeObjects } from "./probes/copies/large-objects.ts";
import { copyRows } from "./probes/copies/rows.ts";
import { copySequences } from "./probes/copies/sequences.ts";
import { copyStructure } from "./probes/copies/structure.ts";
import { copyTables } from "./probes/copies/tables.ts";
import { databaseMissing } from "./probes/database-missing.ts";
import { fullRead } from "./probes/full-read.ts";
import { grants } from "./probes/grants.ts";
import { heartbeatGap } from "./probes/heartbeat-gap.ts";
import { http } from "./probes/http.ts";
import { indexes } from "./probes/indexes.ts";
import { login } from "./probes/login.ts";
import { objects } from "./probes/objects.ts";
import { rowCount } from "./probes/row-count.ts";
import { rows } from "./probes/rows.ts";
import { sequencesAhead } from "./probes/sequences-ahead.ts";
import { serverDown } from "./probes/server-down.ts";
import { shellProbe } from "./probes/shell.ts";
import { sqlProbe } from "./probes/sql.ts";
import { tableMissing } from "./probes/table-missing.ts";
import { threeTwoOne } from "./probes/three-two-one.ts";
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
  engines: [postgres, mariadb, mysql, sqlite],
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
    awaitDetached,
    bumpSequences,
    copyFiles,
    copySource,
    corruptTable,
    deleteBackups,
    dropDatabase,
    findBlocker,
    hangUp,
    holdLock,
    lookAround,
    loseMainStore,
    loseReplicas,
    loseServer,
    mergeRows,
    misdirect,
    overwriteBackup,
    pointBack,
    repairRows,
    restoreOver,
    restoreRoles,
    runSql,
    shell,
    skipBroken,
    takeOver,
  ],
  probes: [
    tableMissing,
    rowCount,
    rows,
    constraints,
    indexes,
    sequencesAhead,
    grants,
    objects,
    heartbeatGap,
    applicationDatabase,
    databaseMissing,
    fullRead,
    http,
    login,
    serverDown,
    shellProbe,
    sqlProbe,
    threeTwoOne,
  ],
  // In the order in which they are asked: none disturbs the next.
  copyProbes: [
    copyTables,
    copyRows,
    copyLargeObjects,
    copyCatalogue,
    copyForeignKeys,
    copySequences,
    copyFreshness,
    copyCanary,
    copyStructure,
    copyAccounts,
  ],
  checkProbes: [sqlCheck, shellCheck, appCheck],
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
