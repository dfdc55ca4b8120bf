/** Preserve first: the copy of the damaged state is hashed when it is made, and must be the same when all is over. */
import type { Line } from "../parts.ts";
import type { EventBody } from "../record.ts";
import type { Runner } from "../run/runner.ts";

export const hashes: Line = {
  say: "Hash the evidence.",
  script: '(cd "$EVIDENCE" && find . -type f -exec sha256sum {} + | sort -k 2)',
  uses: ["EVIDENCE"],
  expect: "One line per file. Keep the list: it must be the same at the end.",
  ifNot: "The EVIDENCE disk is failing. Copy the evidence to another disk.",
  destroys: false,
};

export interface EvidenceKeeper {
  /** Remembers what was preserved. A recovery that preserved nothing has nothing to compare. */
  record(): Promise<void>;
  /** Finds whether all of it is still there, unchanged; what came later, such as a fresh backup, is no part of it. */
  compare(): Promise<void>;
}

/** Hashes are taken inside the sandbox; what the comparison finds goes into the journal. */
export function openEvidence({ runner, write }: { runner: Runner; write: (body: EventBody) => void }): EvidenceKeeper {
  let preserved: readonly string[] = [];
  const read = async (phase: "preserve" | "verify") => {
    const { exitCode, stdout } = await runner.ask(hashes, { phase, name: "hash-evidence" });
    return exitCode === 0 ? stdout.split("\n").filter((line) => line !== "") : null;
  };
  return {
    async record() {
      preserved = (await read("preserve")) ?? [];
    },
    async compare() {
      if (preserved.length === 0) return;
      const now = await read("verify");
      const changed = now === null ? null : preserved.filter((line) => !now.includes(line)).length;
      const common = {
        kind: "finding",
        probe: "evidence-unchanged",
        group: "verify",
        subject: "damaged state",
        line: 0,
      } as const;
      const [files, as] =
        preserved.length === 1 ? ["1 file", "is as it was"] : [`${preserved.length} files`, "are as they were"];
      if (changed === null)
        write({ ...common, held: "unknown", because: "what was preserved could not be read again" });
      else if (changed === 0)
        write({ ...common, held: "yes", because: `${files} of the damaged state ${as} preserved` });
      else
        write({
          ...common,
          held: "no",
          because: `${changed} of ${files} of the damaged state were changed or are gone`,
        });
    },
  };
}
