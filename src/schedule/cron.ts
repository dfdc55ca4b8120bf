/** A crontab line. Two readers take it apart: cron, to which `%` is a line break, and then the shell. Pure. */
import { quote } from "../host/sh.ts";
import { assertOneLine, cronFields, type ScheduledJob, type ScheduleFile, unschedulable } from "./job.ts";

/** Debian's cron silently cuts longer commands (MAX_COMMAND in its source). */
const LONGEST_COMMAND = 998;

/** The rest of a line after the five fields. */
function command({ program, words, folder, envFile }: ScheduledJob): string {
  const read = envFile === null ? "" : `set -a && . ${quote(envFile)} && set +a && `;
  const run = [...program, ...words].map(quote).join(" ");
  // Cron mails what is printed: so only the end of a night that is not recovered.
  return `cd ${quote(folder)} && ${read}{ ${run} >fogbell.log 2>&1 || tail -n 20 fogbell.log; }`;
}

/** A file for `crontab`, which takes it in place of what the account has. */
export function crontab(job: ScheduledJob): ScheduleFile[] {
  assertOneLine([...job.program, ...job.words, job.folder, job.envFile ?? ""], "a crontab");
  const line = command(job).replaceAll("%", "\\%");
  if (line.length > LONGEST_COMMAND) {
    throw unschedulable(
      `the command has ${line.length} characters, and cron cuts it after ${LONGEST_COMMAND}`,
      "put the command into a script of yours, or use --systemd",
    );
  }
  const text = [
    "# Fogbell, by the clock. Times are this machine's. What the last night said stands in fogbell.log.",
    "# Add these lines with: crontab -e",
    "SHELL=/bin/sh",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    `${cronFields(job)} ${line}`,
    "",
  ].join("\n");
  return [{ file: "fogbell.cron", text }];
}
