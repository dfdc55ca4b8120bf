import { Flags } from "@oclif/core";
import { openTalk } from "../../cli/own-terminal.ts";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayJoin extends WordCommand {
  static override summary =
    "Follow a game day from another terminal: the live timeline, as far as your role may see it.";
  static override description =
    "Type game day commands here: note, decide, see, tell, todo, mark, status, hint, pause, resume, end; " +
    "the facilitator also inject, hold and skip. help lists them. The text after note, decide, see, tell and todo is " +
    "taken as you type or paste it. Closing the terminal doesn't end the day. The facilitator sees the scenario, the " +
    "traps and the coming injects.";
  static override examples = [
    "<%= config.bin %> gameday join --role facilitator",
    "<%= config.bin %> gameday join --role scribe",
  ];
  static override flags = {
    ...wordFlags("observer"),
    name: Flags.string({
      description: "Your name, if you want it in the report. Default: only your role.",
      helpValue: "NAME",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayJoin);
    const { role, name } = flags;
    const { findPlayed } = await import("../../gameday/session.ts");
    const { ask } = await import("../../gameday/wire.ts");
    const { folder, session } = await findPlayed(flags.out, flags.session);
    await ask(session.socket, { role, words: ["joined", ...(name === undefined ? [] : [name])] });
    if (role === "facilitator") await this.ask(flags, ["status"]);
    const { followLog } = await import("../../gameday/attend.ts");
    const { lineOf } = await import("../../gameday/timeline.ts");
    const { isSaying, wordsOf } = await import("../../gameday/words.ts");
    const stop = new AbortController();
    const speak = (words: readonly string[]) =>
      ask(session.socket, { role, words }).then(
        ({ text }) => text,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    if (this.jsonEnabled()) return { folder };
    const hear = async (pasted: string) => {
      const all = isSaying(pasted) ? [pasted] : pasted.split("\n").filter((line) => line.trim() !== "");
      const said: string[] = [];
      for (const one of all) said.push(await speak(wordsOf(one)));
      return said.join("\n");
    };
    using talk = await openTalk(role, { onText: hear, onClose: () => stop.abort() });
    const eyes = role === "facilitator" ? "facilitator" : "observer";
    await followLog(
      folder,
      (event) => {
        const line = lineOf(event, eyes);
        if (line !== null) talk.print(line);
      },
      { signal: stop.signal },
    );
    await ask(session.socket, { role, words: ["left"] }).catch(() => {});
    return { folder };
  }
}
