/** Flags of every command whose work can go on without its terminal. */
import { Flags } from "@oclif/core";
import { quote } from "../host/sh.ts";

export const detachFlags = {
  detach: Flags.boolean({
    description: "Run in the background and return at once. Follow it with fogbell attach.",
  }),
  /** How the process that was started so is told its folder. */
  "detached-as": Flags.string({
    description: "Folder of a detached run. Set by --detach for the process it starts.",
    hidden: true,
    exclusive: ["detach"],
  }),
};

/** What is printed of a run that was started apart; `results` is the folder that was named for it. */
export function detachedText(
  { id, pid, folder }: { id: string; pid: number; folder: string },
  results: string,
): string {
  const where = results === "drill-results" ? "" : ` --results ${quote(results)}`;
  return [
    `Detached as ${id}, process ${pid}. It goes on when this terminal does not.`,
    `  fogbell attach ${id}${where}         follow it`,
    `  fogbell attach ${id}${where} --stop  end it, cleaned up`,
    `  ${folder}`,
  ].join("\n");
}
