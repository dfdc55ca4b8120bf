/** Whether the sandbox can unpack a copy: official images lack what people pack with, and that says nothing of a backup. */
import { UnavailableError } from "../errors.ts";
import { type Packing, programsOf } from "../host/packing.ts";
import type { Line } from "../parts.ts";
import type { OpenedSandbox } from "./open-sandbox.ts";

/** Every image has these. */
const EVERYWHERE: ReadonlySet<string> = new Set(["gunzip", "sed", "tail", "tar", "xargs"]);

/** Throws UnavailableError with the programs that are not there. */
export async function assertUnpackers({ runner }: OpenedSandbox, packing: Packing, index: number): Promise<void> {
  const programs = [...new Set(programsOf(packing))].filter((program) => !EVERYWHERE.has(program));
  if (programs.length === 0) return;
  const line: Line = {
    say: "Check that the programs needed to unpack the copy are installed.",
    script: `for one in ${programs.join(" ")}; do
  command -v "$one" >/dev/null || echo "$one"
done`,
    uses: [],
    expect: "No output.",
    ifNot: "Install the programs it names.",
    destroys: false,
  };
  const { stdout } = await runner.ask(line, { phase: "restore", name: `unpackers-${index}` });
  const missing = stdout.split("\n").filter((name) => name !== "");
  if (missing.length === 0) return;
  throw new UnavailableError(`the copy can't be unpacked here: the sandbox has no ${missing.join(" and no ")}`, {
    code: "FB_NOT_JUDGED",
    next: [
      "fogbell images build (its images include them)",
      `or install ${missing.join(", ")} into the sandbox's image`,
    ],
  });
}
