/** What the words of a game day share: which day is meant, who says it, and how the answer is shown. */
import { Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { UnavailableError, UsageError } from "../../errors.ts";

export const dayFlags = {
  out: Flags.string({ description: "Folder that holds the run folders.", default: "drill-results" }),
  session: Flags.string({
    description: "Which game day, when several are played. Default: the newest.",
    helpValue: "ID",
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
