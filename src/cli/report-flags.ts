/** Flags of every command that drills: who reports, and who is told. */
import { Flags } from "@oclif/core";

const GROUP = "TELLING";

export const reportFlags = {
  reporter: Flags.string({
    description:
      "Who reports, and into which file: pretty, line, json, junit, ctrf, markdown, github, metrics. Several may be " +
      "named. Default: pretty on a terminal, line elsewhere, and github in a GitHub job.",
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME[=FILE]",
    helpGroup: GROUP,
  }),
  "notify-slack": Flags.string({
    description: "Slack webhook that is told when a verdict changes. Better in the environment, as it is a secret.",
    env: "FOGBELL_NOTIFY_SLACK",
    noCacheDefault: true,
    helpValue: "URL",
    helpGroup: GROUP,
  }),
  "notify-webhook": Flags.string({
    description: "URL that is sent JSON when a verdict changes. Better in the environment.",
    env: "FOGBELL_NOTIFY_WEBHOOK",
    noCacheDefault: true,
    helpValue: "URL",
    helpGroup: GROUP,
  }),
  ping: Flags.string({
    description: "URL that is asked for after each judged run, a sign of life; {exit} and {verdict} are filled in.",
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
  readonly ping?: string | undefined;
  readonly shard?: string | undefined;
}

/** The flags as the suite takes them, with the values that must be masked. */
export function audienceOf(flags: ReportFlags, json: boolean) {
  const receivers = { slack: flags["notify-slack"], webhook: flags["notify-webhook"], ping: flags.ping };
  const secrets = Object.values(receivers).filter((url) => url !== undefined);
  return { audience: { named: flags.reporter ?? [], receivers, json, shard: flags.shard }, secrets };
}
