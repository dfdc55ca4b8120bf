/** What the words of a game day share: which day is meant, who says it, and how the answer is shown. */
import { Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { durationFlag } from "../../cli/duration-flag.ts";
import { engineFlag, resultsFlag, rowsFlag, sandboxFlag } from "../../cli/shared-flags.ts";
import { UnavailableError, UsageError } from "../../errors.ts";

export const dayFlags = {
  out: resultsFlag,
  session: Flags.string({
    description: "Which game day, if several are running. Default: the newest.",
    helpValue: "ID",
  }),
};

/** What the world of a day is; told to the command that starts it, and handed on to the process that keeps it. */
export const worldFlags = {
  family: Flags.string({ description: "Draw a disaster from scenarios with this tag.", helpValue: "TAG" }),
  engine: engineFlag,
  sandbox: sandboxFlag,
  rows: rowsFlag,
  solo: Flags.boolean({ description: "No facilitator: Fogbell asks for an ETA and offers hints." }),
  within: durationFlag({
    description: "The disaster strikes at a hidden moment within this time after the shell is ready.",
    default: "3m",
  }),
};

export const wordFlags = (role: string) => ({
  ...dayFlags,
  role: Flags.string({
    description: "Role of the speaker.",
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
  /** What somebody says, as one word. `-`: all that stands on the input, lines and quotes as they are. */
  protected async said(words: readonly string[]): Promise<string[]> {
    if (words.length !== 1 || words[0] !== "-") return [words.join(" ")];
    const { text } = await import("node:stream/consumers");
    return [(await text(process.stdin)).trimEnd()];
  }

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
