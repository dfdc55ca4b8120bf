/** The responders' shell in the terminal of a command, and what is said when it closes. */
import { askPerson, ownTerminal } from "../../cli/own-terminal.ts";
import type { Played } from "../../gameday/session.ts";

export interface ShellWanted {
  readonly played: Played;
  readonly role: string;
  readonly name: string | undefined;
}

/** What a command gives: a place to print, by its rules for --json. */
export interface Printing {
  log(text?: string): void;
}

export async function openShell(print: Printing, { played, role, name }: ShellWanted): Promise<unknown> {
  const { catalog } = await import("../../catalog.ts");
  const { attend } = await import("../../gameday/attend.ts");
  const { isPlayed, readLog } = await import("../../gameday/session.ts");
  const { env, stdout, stdin } = process;
  const color = env.NO_COLOR === undefined && env.TERM !== "dumb" && stdout.isTTY === true;
  const { folder } = played;
  await attend({ catalog, played, role, name, color, term: env.TERM ?? "dumb", terminal: ownTerminal() });
  if ((await isPlayed(folder)) && !(await readLog(folder)).some(({ kind }) => kind === "day-ended")) {
    print.log("\nYou left; the game day goes on. Come back: fogbell gameday shell. End it: fogbell gameday end");
    return { folder, over: false };
  }
  return closeDay(print, folder, stdin.isTTY === true && stdout.isTTY === true);
}

/** The verdict, and the hot wash where somebody sits. */
export async function closeDay(print: Printing, folder: string, asks: boolean): Promise<unknown> {
  const { closingText, outcomeOf } = await import("../../gameday/closing.ts");
  const outcome = await outcomeOf(folder);
  print.log(closingText(outcome));
  process.exitCode = outcome.exitCode;
  if (asks && !outcome.abandoned) await wash(print, folder);
  return outcome;
}

const ACTION = "An action for somebody? (what; owner; date)";

/** Asks, writes down, and drafts the report again. */
export async function wash(print: Printing, folder: string): Promise<void> {
  const { QUESTIONS } = await import("../../gameday/after-action.ts");
  const { addLate } = await import("../../gameday/hot-wash.ts");
  print.log("Hot wash: do it now, while it's fresh. Press Enter to skip. To improve a runbook line, write: old => new");
  await askPerson([...QUESTIONS, ACTION], async (question, answer) => {
    if (question !== ACTION) return void (await addLate(folder, [{ kind: "answer", role: "team", question, answer }]));
    const [text = "", owner = "", due = ""] = answer.split(";").map((part) => part.trim());
    await addLate(folder, [{ kind: "said", role: "team", how: "todo", text, owner, due }]);
  });
  print.log(`The report has the answers: ${folder}/after-action.md`);
}
