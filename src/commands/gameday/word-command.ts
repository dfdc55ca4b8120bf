/** What the words of a game day share: which day is meant, who says it, and how the answer is shown. */
import { Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { durationFlag } from "../../cli/duration-flag.ts";
import { engineFlag, resultsFlag, rowsFlag, sandboxFlag } from "../../cli/shared-flags.ts";
import { UnavailableError, UsageError } from "../../errors.ts";

export const dayFlags = {
  out: resultsFlag,
  session: Flags.string({
    description: "Which game day, when several are played. Default: the newest.",
    helpValue: "ID",
  }),
};

/** What the world of a day is; told to the command that starts it, and handed on to the process that keeps it. */
export const worldFlags = {
  family: Flags.string({ description: "A disaster of this family, by lot: a tag of scenarios.", helpValue: "TAG" }),
  engine: engineFlag,
  sandbox: sandboxFlag,
  rows: rowsFlag,
  solo: Flags.boolean({ description: "Nobody facilitates: Fogbell asks for an ETA, and offers hints." }),
  within: durationFlag({
    description: "The disaster happens at a hidden moment within this, once somebody can be at the keyboard.",
    default: "3m",
  }),
};

export const wordFlags = (role: string) => ({
  ...dayFlags,
  role: Flags.string({
    description: "Who says it.",
    options: ["facilitator", "commander", "operator", "checker", "scribe", "comms", "observer"],
    default: role,
  }),
});

export interface Spoken {
  readonly out: string;
  readonly session?: string | undefined;
  readonly role: string;
}

export abstract class WordCommand extends FogbellCommand {
  /** Asks the keeper of the day, and prints what it answers. Throws what it answers when that is no. */
  protected async ask({ out, session, role }: Spoken, words: readonly string[]): Promise<{ text: string }> {
    const { findPlayed } = await import("../../gameday/session.ts");
    const { ask } = await import("../../gameday/wire.ts");
    const played = await findPlayed(out, session);
    const { code, text } = await ask(played.session.socket, { role, words });
    if (code !== 0) {
      const [message = "", ...next] = text.split("\n").map((line) => line.replace(/^ {2}next: /, ""));
      throw new (code === 4 ? UnavailableError : UsageError)(message, { code: "FB_GAMEDAY_WORD", next });
    }
    this.log(text);
    return { text };
  }
}
