/** The only good copy is not worked on: it is copied twice before the first attempt (story 004). */
import { defineAction } from "../define.ts";

export const copySource = defineAction({
  name: "copy-source",
  shows: "fetched",
  summary: "Copies the fetched recovery point twice, and proves that all three are the same.",
  needs: ["side-restore"],
  lines: () => [
    {
      say: "Make two copies of the backup before the first attempt.",
      script: `test ! -e "$EVIDENCE/source-1" &&
cp -a "$BACKUP" "$EVIDENCE/source-1" &&
cp -a "$BACKUP" "$EVIDENCE/source-2" &&
for one in "$BACKUP" "$EVIDENCE/source-1" "$EVIDENCE/source-2"; do
  find "$one" -type f -exec sha256sum {} + |
    cut -c 1-64 | sort | sha256sum
done | uniq -c |
  awk '{ print $1 " the same: " $2 } END { exit NR != 1 }'`,
      uses: ["BACKUP", "EVIDENCE"],
      expect: '"3 the same" and a hash.',
      ifNot: "A disk is failing. Copy to another disk before you restore anything.",
      destroys: false,
    },
  ],
});
