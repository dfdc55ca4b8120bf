/** A systemd service and its timer, which catches up on a night that the machine slept through. Pure. */
import { assertOneLine, type Cadence, type ScheduledJob, type ScheduleFile, unschedulable } from "./job.ts";

/** A word of ExecStart: `%` begins a specifier everywhere, backslash and quote are taken inside quotes. */
function word(text: string): string {
  const plain = text.replaceAll("%", "%%");
  if (/^[A-Za-z0-9_./=,@%+-]+$/.test(plain)) return plain;
  return `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** A path that stands alone behind its key: not unquoted, but specifiers count, and spaces at its ends are lost. */
function path(text: string): string {
  if (text !== text.trim() || text.endsWith("\\"))
    throw unschedulable(`systemd cannot read the path ${JSON.stringify(text)}`, "rename the folder");
  return text.replaceAll("%", "%%");
}

const two = (number: number) => String(number).padStart(2, "0");

function calendar({ rhythm, hour, minute }: ScheduledJob): string {
  const days: Partial<Record<Cadence, string>> = { daily: "*-*-*", monthly: "*-*-01" };
  const day = days[rhythm] ?? `${(rhythm[0] ?? "").toUpperCase()}${rhythm.slice(1, 3)} *-*-*`;
  return `${day} ${two(hour)}:${two(minute)}:00`;
}

function assertWritable({ program, words, folder, envFile }: ScheduledJob): void {
  const unsafe = program.find((part, at) => at === 0 && /["'\\]/.test(part));
  if (unsafe !== undefined)
    throw unschedulable(
      `systemd starts no program with quotes in its path: ${unsafe}`,
      "install it elsewhere, or use --cron",
    );
  assertOneLine([...program, ...words, folder, envFile ?? ""], "a systemd unit");
}

/** A service that keeps a fleet's worker running, and starts it again when it ends. */
export function systemdWorker(job: ScheduledJob): ScheduleFile[] {
  assertWritable(job);
  const { program, words, folder, envFile } = job;
  const unit = [
    "# A worker of a Fogbell fleet. Put this file into /etc/systemd/system (or ~/.config/systemd/user, with --user), then:",
    "#   systemctl daemon-reload && systemctl enable --now fogbell-worker",
    "[Unit]",
    "Description=Fogbell worker: verifies backups for a fleet",
    "Wants=network-online.target",
    "After=network-online.target",
    "",
    "[Service]",
    `WorkingDirectory=${path(folder)}`,
    "# FOGBELL_QUEUE, and the credentials of the stores.",
    ...(envFile === null ? ["# EnvironmentFile=/etc/fogbell.env"] : [`EnvironmentFile=${path(envFile)}`]),
    `ExecStart=:${[...program, ...words].map(word).join(" ")}`,
    "Restart=always",
    "RestartSec=10",
    "# A usage error doesn't mend itself.",
    "RestartPreventExitStatus=2",
    "# It gives its jobs back and cleans up on the first signal; give it the time.",
    "KillMode=mixed",
    "TimeoutStopSec=2min",
    "Nice=10",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ];
  return [{ file: "fogbell-worker.service", text: unit.join("\n") }];
}

export function systemdUnits(job: ScheduledJob): ScheduleFile[] {
  assertWritable(job);
  const { program, words, folder, envFile } = job;
  const service = [
    "# Fogbell, by the clock. Put both files into /etc/systemd/system (or ~/.config/systemd/user, with --user), then:",
    "#   systemctl daemon-reload && systemctl enable --now fogbell.timer",
    "[Unit]",
    "Description=Fogbell: proves that the backups can be restored",
    "Wants=network-online.target",
    "After=network-online.target",
    "",
    "[Service]",
    "Type=oneshot",
    `WorkingDirectory=${path(folder)}`,
    ...(envFile === null ? [] : [`EnvironmentFile=${path(envFile)}`]),
    // The colon keeps systemd from replacing $NAMES, which belong to nobody here.
    `ExecStart=:${[...program, ...words].map(word).join(" ")}`,
    "# Fogbell cleans up on the first signal; give it the time.",
    "KillMode=mixed",
    "TimeoutStopSec=2min",
    "Nice=10",
    "",
  ];
  const timer = [
    "[Unit]",
    "Description=When Fogbell runs",
    "",
    "[Timer]",
    `OnCalendar=${calendar(job)}`,
    "Persistent=true",
    "RandomizedDelaySec=5min",
    "",
    "[Install]",
    "WantedBy=timers.target",
    "",
  ];
  return [
    { file: "fogbell.service", text: service.join("\n") },
    { file: "fogbell.timer", text: timer.join("\n") },
  ];
}
