/** Flags of every command that drills: who reports, and who is told. */
import { Flags } from "@oclif/core";

const GROUP = "REPORTING";

export const reportFlags = {
  reporter: Flags.string({
    description:
      "Output format and file: pretty, line, json, junit, ctrf, markdown, github or metrics. Can be repeated. " +
      "Default: pretty on a terminal, otherwise line; plus github in a GitHub job.",
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME[=FILE]",
    helpGroup: GROUP,
  }),
  "notify-slack": Flags.string({
    description: "Slack webhook to notify when a verdict changes. It's a secret: better set it in the environment.",
    env: "FOGBELL_NOTIFY_SLACK",
    noCacheDefault: true,
    helpValue: "URL",
    helpGroup: GROUP,
  }),
  "notify-webhook": Flags.string({
    description: "URL to send JSON to when a verdict changes. Better set it in the environment.",
    env: "FOGBELL_NOTIFY_WEBHOOK",
    noCacheDefault: true,
    helpValue: "URL",
    helpGroup: GROUP,
  }),
  "notify-teams": Flags.string({
    description: "Teams workflow webhook to notify when a verdict changes. Better set it in the environment.",
    env: "FOGBELL_NOTIFY_TEAMS",
    noCacheDefault: true,
    helpValue: "URL",
    helpGroup: GROUP,
  }),
  "notify-discord": Flags.string({
    description: "Discord webhook to notify when a verdict changes. Better set it in the environment.",
    env: "FOGBELL_NOTIFY_DISCORD",
    noCacheDefault: true,
    helpValue: "URL",
    helpGroup: GROUP,
  }),
  "notify-pagerduty": Flags.string({
    description:
      "PagerDuty routing key: opens an incident on failure and resolves it. Better set it in the environment.",
    env: "FOGBELL_NOTIFY_PAGERDUTY",
    noCacheDefault: true,
    helpValue: "KEY",
    helpGroup: GROUP,
  }),
  "notify-mail": Flags.string({
    description:
      "SMTP server to mail through when a verdict changes: smtps://user:password@host?from=…&to=…. Better set it in the environment.",
    env: "FOGBELL_NOTIFY_MAIL",
    noCacheDefault: true,
    helpValue: "URL",
    helpGroup: GROUP,
  }),
  ping: Flags.string({
    description: "URL to request after each judged run, as a heartbeat; {exit} and {verdict} are filled in.",
    env: "FOGBELL_PING",
    noCacheDefault: true,
    helpValue: "URL",
    helpGroup: GROUP,
  }),
};

export interface ReportFlags {
  readonly reporter?: readonly string[] | undefined;
  readonly "notify-slack"?: string | undefined;
  readonly "notify-webhook"?: string | undefined;
  readonly "notify-teams"?: string | undefined;
  readonly "notify-discord"?: string | undefined;
  readonly "notify-pagerduty"?: string | undefined;
  readonly "notify-mail"?: string | undefined;
  readonly ping?: string | undefined;
  readonly shard?: string | undefined;
}

/** What is secret by itself in a URL: a password, a key. */
function partsOf(told: string): string[] {
  if (!URL.canParse(told)) return [];
  const { password, searchParams } = new URL(told);
  return [password, decodeURIComponent(password), searchParams.get("key") ?? ""].filter((part) => part !== "");
}

/** The flags as the suite takes them, with the values that must be masked. */
export function audienceOf(flags: ReportFlags, json: boolean) {
  const receivers = {
    slack: flags["notify-slack"],
    webhook: flags["notify-webhook"],
    teams: flags["notify-teams"],
    discord: flags["notify-discord"],
    pagerduty: flags["notify-pagerduty"],
    mail: flags["notify-mail"],
    ping: flags.ping,
  };
  const secrets = Object.values(receivers).flatMap((told) => (told === undefined ? [] : [told, ...partsOf(told)]));
  return { audience: { named: flags.reporter ?? [], receivers, json, shard: flags.shard }, secrets };
}
