import { Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { UsageError } from "../../errors.ts";
import { quote } from "../../host/sh.ts";
import type { Engine } from "../../parts.ts";

/** Here and not from the catalogue, which help does not load. */
const USUAL_ENGINE = "postgres";

export default class LedgerRecord extends FogbellCommand {
  static override summary =
    "Run your backup and record a digest of every row at the same moment, so that verify can compare row by row.";
  static override description =
    "Opens a snapshot of the database, runs the command after -- on that snapshot, and digests every row of it. " +
    "For PostgreSQL nothing is locked. For MariaDB, writers wait until the dump has started, 10 s at most. " +
    "Only reads; connects the way your own tools do (PGHOST, ~/.pgpass, ~/.my.cnf); stores no values. " +
    "Keep the ledger beside the backup, with the same name but the ending .ledger.json.gz.";
  static override examples = [
    "<%= config.bin %> ledger record --database shop --to shop-20261120T0300.ledger.json.gz -- pg_dump --snapshot={snapshot} -Fc -f shop-20261120T0300.dump shop",
    "<%= config.bin %> ledger record --engine mariadb --database shop --to shop-20261120T0300.ledger.json.gz -- mariadb-dump --single-transaction --result-file=shop-20261120T0300.sql shop",
  ];
  static override enableJsonFlag = true;
  static override strict = false;
  static override flags = {
    engine: Flags.string({ description: "The database system.", default: USUAL_ENGINE }),
    database: Flags.string({ description: "The database's name.", required: true }),
    to: Flags.string({ description: "Ledger file to write: <name of the backup>.ledger.json.gz", required: true }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(LedgerRecord);
    // As typed: the parser sorts words, and takes one that also stands before -- for that one.
    const at = this.argv.indexOf("--");
    const command = at === -1 ? [] : this.argv.slice(at + 1);
    const { catalog } = await import("../../catalog.ts");
    const { engineNamed } = await import("../../verify/engine-named.ts");
    if (command.length === 0) {
      throw new UsageError("no backup command was given after --", {
        code: "FB_USAGE",
        next: [example(engineNamed(catalog, flags.engine), flags), "fogbell ledger record --help"],
      });
    }
    if (!flags.to.includes(".ledger.")) {
      throw new UsageError(`${flags.to} would not be found beside its backup`, {
        code: "FB_LEDGER",
        next: ["end the name in .ledger.json.gz"],
      });
    }
    const { recordBeside } = await import("../../verify/record-beside.ts");
    const { onInterrupt } = await import("../../run/signals.ts");
    using interruption = onInterrupt((text) => this.logToStderr(text));
    const made = await recordBeside({
      catalog,
      engine: flags.engine,
      database: flags.database,
      file: flags.to,
      command,
      signal: interruption.signal,
      // A backup on standard output belongs there; only --json takes it for itself.
      onOutput: (chunk) => void (this.jsonEnabled() ? process.stderr : process.stdout).write(chunk),
    });
    if (made.unheld.length > 0)
      this.logToStderr(`Left out, because their storage engine has no snapshots: ${made.unheld.join(", ")}`);
    if (made.unread.length > 0)
      this.logToStderr(`Left out, because this account isn't allowed to read them: ${made.unread.join(", ")}`);
    this.logToStderr(`Recorded ${made.rows.toLocaleString("en-US")} rows of ${made.tables} tables in ${flags.to}`);
    return { file: flags.to, ...made };
  }
}

/** The same call with a command behind it that dumps at the moment which is held. */
function example(engine: Engine, { database, to }: { database: string; to: string }): string {
  const [stem = to] = to.split(".ledger.");
  const named = engine.name === USUAL_ENGINE ? [] : ["--engine", engine.name];
  const own = [...named, "--database", quote(database), "--to", quote(to)];
  return ["fogbell ledger record", ...own, "--", engine.copies?.snapshot?.example(database, stem) ?? "…"].join(" ");
}
