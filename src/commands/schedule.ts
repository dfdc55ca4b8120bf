import { realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { lookup } from "../cli/lookup.ts";
import { UsageError } from "../errors.ts";
import { makeOutFolder } from "../run/out-folder.ts";
import {
  type Cadence,
  nearWarnings,
  parseTime,
  RHYTHMS,
  type ScheduledJob,
  type ScheduleFile,
} from "../schedule/job.ts";

/** By flag: what writes the files of that system. */
const WRITERS: Readonly<Record<string, () => Promise<(job: ScheduledJob) => ScheduleFile[]>>> = {
  cron: async () => (await import("../schedule/cron.ts")).crontab,
  systemd: async () => (await import("../schedule/systemd.ts")).systemdUnits,
  worker: async () => (await import("../schedule/systemd.ts")).systemdWorker,
  github: async () => (await import("../schedule/pipelines.ts")).githubWorkflow,
  gitlab: async () => (await import("../schedule/pipelines.ts")).gitlabPipeline,
  kubernetes: async () => (await import("../schedule/kubernetes.ts")).kubernetesManifests,
};

export default class Schedule extends FogbellCommand {
  static override summary =
    "Write a schedule for Fogbell: crontab, systemd timer, GitHub or GitLab pipeline, Kubernetes.";
  static override description =
    "Prints the files, or writes them to the --to folder without overwriting any. Put the command to schedule after --.";
  static override examples = [
    "<%= config.bin %> schedule --cron",
    "<%= config.bin %> schedule --systemd --at 02:30 --to units -- run drop-table",
    "<%= config.bin %> schedule --systemd --worker -- worker --slots 2 --disk 400GB",
    "<%= config.bin %> schedule --kubernetes --to k8s",
    "<%= config.bin %> schedule --github --on sunday --secret AWS_ACCESS_KEY_ID --to .",
  ];
  static override strict = false;
  static override flags = {
    cron: Flags.boolean({ description: "A crontab." }),
    systemd: Flags.boolean({ description: "A systemd service with its timer." }),
    worker: Flags.boolean({
      description: "With --systemd: a service that keeps a fleet's worker running.",
      dependsOn: ["systemd"],
    }),
    github: Flags.boolean({ description: "A workflow for GitHub Actions." }),
    gitlab: Flags.boolean({ description: "A job for GitLab CI." }),
    kubernetes: Flags.boolean({
      description: "A CronJob and an Indexed Job for Kubernetes. Checked against its schema; not run by us.",
    }),
    at: Flags.string({ description: "Time of day. UTC for GitHub.", default: "03:10", helpValue: "HH:MM" }),
    on: Flags.string({ description: "How often.", options: [...RHYTHMS], default: "daily" }),
    folder: Flags.string({ description: "Working folder, for cron and systemd.", default: "." }),
    "secrets-file": Flags.string({ description: "File with secrets as NAME=value lines, for cron and systemd." }),
    secret: Flags.string({
      description: "Name of a secret stored in the CI system.",
      multiple: true,
      multipleNonGreedy: true,
    }),
    config: Flags.string({ description: "Configuration file. Default: fogbell.yaml." }),
    to: Flags.string({ description: "Folder to write to. Default: print to the terminal." }),
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(Schedule);
    const kinds = Object.keys(WRITERS).filter((kind) => flags[kind as "cron"] && !(kind === "systemd" && flags.worker));
    if (kinds.length === 0) {
      throw new UsageError("nothing says what is to be written", {
        code: "FB_SCHEDULE",
        next: Object.keys(WRITERS).map((kind) => `fogbell schedule ${kind === "worker" ? "--systemd " : ""}--${kind}`),
      });
    }
    const { keys, databases, nearStores } = await this.#told(flags.config);
    const words = flags.worker && argv.length === 0 ? ["worker"] : this.#words(argv as string[], keys !== null);
    const job: ScheduledJob = {
      rhythm: flags.on as Cadence,
      ...parseTime(flags.at),
      words,
      program: [process.execPath, realpathSync(join(this.config.root, "bin", "run.js"))],
      folder: resolve(flags.folder),
      envFile: flags["secrets-file"] === undefined ? null : resolve(flags["secrets-file"]),
      secrets: [
        ...new Set([...(words[0] === "verify" || words[0] === "month" ? (keys ?? []) : []), ...(flags.secret ?? [])]),
      ],
      version: this.config.version,
      databases,
      nearStores,
    };
    if (flags.github || flags.gitlab) for (const text of nearWarnings(job)) this.logToStderr(text);
    const files = (await Promise.all(kinds.map(async (kind) => (await WRITERS[kind]?.())?.(job) ?? []))).flat();
    if (flags.to === undefined) {
      for (const { file, text } of files) this.log(files.length > 1 ? `# --- ${file}\n${text}` : text.trimEnd());
    } else {
      await this.#write(files, flags.to);
    }
    return files;
  }

  /** What fogbell.yaml says: variables that its sources take their keys from (null: it names no source), and what runners reach. */
  async #told(named: string | undefined) {
    const { loadConfigFile } = await import("../verify/verify-all.ts");
    const { isNear } = await import("../schedule/near-store.ts");
    const all = (await loadConfigFile(named))?.config.databases.filter(({ sources }) => sources.length > 0) ?? [];
    const sources = all.flatMap((one) => one.sources);
    return {
      keys: sources.length === 0 ? null : sources.flatMap(({ encryption }) => encryption?.["key-env"] ?? []),
      databases: Math.max(1, all.length),
      nearStores: [
        ...new Set(
          sources.map(({ store }) => store.split("?")[0] ?? store).filter((_, at) => isNear(sources[at]?.store ?? "")),
        ),
      ],
    };
  }

  /** What stands behind `--`, checked as far as its command; else the backups that fogbell.yaml tells of, or everything that ships. */
  #words(typed: readonly string[], hasSources: boolean): readonly string[] {
    const ids = this.config.commandIDs;
    if (typed.length === 0) return hasSources ? ["verify"] : ["run", "--all"];
    const found = lookup(typed, ids);
    if (found.kind === "command") return typed;
    const meant = found.kind === "unknown" && found.meant !== null ? ` (did you mean "${found.meant}"?)` : "";
    throw new UsageError(`there is no command "${typed.slice(0, 2).join(" ")}" to be scheduled${meant}`, {
      code: "FB_COMMAND_UNKNOWN",
      next: ["fogbell --help"],
    });
  }

  async #write(files: readonly ScheduleFile[], folder: string): Promise<void> {
    for (const { file, text } of files) {
      const path = join(folder, file);
      await makeOutFolder(dirname(path), "--to");
      await writeFile(path, text, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
        throw new UsageError(`${path} is already there`, {
          code: "FB_EXISTS",
          next: ["choose another folder with --to"],
        });
      });
      this.log(`Wrote ${path}`);
    }
  }
}
