/** Preserving a stopped server's files, whichever engine's they are. */
import type { Line } from "../parts.ts";

/** Copies the folder that the place `folder` names, and proves the copy by the hashes taken of it. */
export function copyDataFolder(folder: string): readonly Line[] {
  return [
    {
      say: "Copy all the server's files as they are.",
      script: `test ! -e "$EVIDENCE/data" &&
cp -a "$${folder}" "$EVIDENCE/data" &&
(cd "$EVIDENCE/data" && find . -type f -exec sha256sum {} + |
  sort -k 2) >"$EVIDENCE/data.sha256" &&
sha256sum "$EVIDENCE/data.sha256"`,
      uses: [folder, "EVIDENCE"],
      expect: "One line: the hash of the list of hashes. Write it down.",
      ifNot: "Choose an empty EVIDENCE folder with enough room. Don't continue without this copy.",
      destroys: false,
      progress: `echo "$(du -sb "$EVIDENCE/data" | cut -f1) $(du -sb "$${folder}" | cut -f1)"`,
    },
    {
      say: "Check that the copy is identical, file by file.",
      script: `(cd "$${folder}" && sha256sum -c --quiet "$EVIDENCE/data.sha256")`,
      uses: [folder, "EVIDENCE"],
      expect: "No output.",
      ifNot: "The disk is still failing. Before anything else, copy again to another disk.",
      destroys: false,
    },
  ];
}
