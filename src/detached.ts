/** Starting lines apart from the terminal they are typed in, so that they outlive it. Pure. */
import { z } from "zod";
import type { Line } from "./parts.ts";

/** How a procedure is started: in the terminal at hand, as a job of it, or apart from it. */
export const STARTS = ["here", "in-terminal", "apart"] as const;
export type Start = (typeof STARTS)[number];

/** The option of every action that may take long. */
export const startOption = () =>
  z
    .enum(STARTS)
    .optional()
    .describe(
      "How it is started: here and waited for, as a job of the terminal, or apart from it; then see await-detached. Default: here.",
    )
    .meta({ examples: ["apart"] });

/** Ends the heredoc around the procedure; a line of the procedure that is the same gets a space before it. */
const END = "DETACHED";

/**
 * The lines as one script, started and not waited for. `apart` gives it a session of its own: a terminal that dies signals
 * the processes of its session, and nobody else. Source: POSIX.1-2017, setsid() and 11.1.10 Modem Disconnect.
 */
export function started(lines: readonly Line[], start: Start = "here"): readonly Line[] {
  if (start === "here") return lines;
  const body = lines.map(({ script }) => `(\n${script.replaceAll(/^DETACHED$/gm, ` ${END}`)}\n)`).join(" &&\n");
  const uses = [...new Set([...lines.flatMap((line) => line.uses), "SCRATCH"])];
  const job = '"$SCRATCH/detached.sh" </dev/null \\\n  >"$SCRATCH/detached.log" 2>&1 &';
  return [
    {
      say: "Write the commands to a script.",
      script: `rm -f "$SCRATCH/detached.exit" &&
cat >"$SCRATCH/detached.sh" <<'${END}'
echo $$ >"$SCRATCH/detached.pid"
${body}
echo $? >"$SCRATCH/detached.exit.part"
mv "$SCRATCH/detached.exit.part" "$SCRATCH/detached.exit"
${END}`,
      uses,
      expect: "No output.",
      ifNot: "SCRATCH is full. Choose another folder.",
      destroys: false,
    },
    {
      say:
        start === "apart"
          ? "Start it apart from this terminal: it goes on when the connection does not."
          : "Start it in this terminal.",
      // The terminal of a drill is a process group that can be killed as one.
      script: `cat >"$SCRATCH/terminal.sh" <<'${END}'
${start === "apart" ? "setsid " : ""}sh ${job}
sleep 86400
${END}
setsid sh "$SCRATCH/terminal.sh" </dev/null >/dev/null 2>&1 &
echo $! >"$SCRATCH/terminal.pid"
until [ -s "$SCRATCH/detached.pid" ]; do sleep 0.05; done`,
      uses: ["SCRATCH"],
      expect: "No output. Its messages are in detached.log.",
      ifNot: "Read detached.log.",
      destroys: lines.some(({ destroys }) => destroys),
    },
  ];
}
