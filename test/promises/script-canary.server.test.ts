/** Somebody's own scripts print rows, on purpose and by accident: nothing of them enters a record. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { play } from "../support/play.ts";

const BACKUP = `#!/bin/sh
ROW=$(psql -XAtc "SELECT 'zqcanary', email FROM customers ORDER BY id LIMIT 1" "$PGDATABASE")
echo "dumping $ROW"; echo "pg_dump: error: $ROW" >&2; echo "psql:x:1: ERROR:  23505: duplicate key $ROW" >&2
psql -Xq -c "SELECT 'zqcanary'::int" "$PGDATABASE"
pg_dump "$PGDATABASE" | gzip >"$BACKUP_DIR/$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ).sql.gz"
cp "$BACKUP_DIR"/*.gz "$ARCHIVE" 2>/dev/null || aws s3 cp "$(ls -t "$BACKUP_DIR"/*.gz | head -n 1)" "s3://$BUCKET/"
echo "$ROW" | mail -s "Backup OK $ROW" ops@example.com
`;
const restore = (end: string) => `#!/bin/sh
set -e
createdb -T template0 "$2"
gunzip -c "$1" | psql -Xq -v ON_ERROR_STOP=1 -o /dev/null -d "$2"
ROW=$(psql -XAtc "SELECT 'zqcanary', email FROM customers ORDER BY id LIMIT 1" "$2")
echo "restored $ROW into $2"; echo "gzip: $ROW" >&2; echo "$ROW" >&2
${end}
`;

test.each([
  ["and ends well", "exit 0", "recovered"],
  ["and fails", "exit 9", "lost"],
  ["and fails, silent but for the row", 'exec 2>/dev/null; echo "$ROW"; exit 9', "lost"],
])("a restore script that prints a row %s", async (_, end, verdict) => {
  const folder = await mkdtemp(join(tmpdir(), "script-canary-"));
  try {
    const scenario = join(folder, "script.drill.yaml");
    const text = await readFile("test/fixtures/scenarios/script.drill.yaml", "utf8");
    const own = text.replaceAll(/\.\.\/\.\.\/\.\.\/scenarios\/scripts\/(nightly|restore)-postgres\.sh/g, "$1.sh");
    await writeFile(scenario, own.replaceAll("../../../scenarios", resolve("scenarios")));
    await writeFile(join(folder, "nightly.sh"), BACKUP);
    await writeFile(join(folder, "restore.sh"), restore(end));
    const { result, journal } = await play({ sandbox: "local", engine: "postgres", scenario, worlds: null });
    expect(result.verdict, result.reasons.join("\n")).toBe(verdict);
    expect(journal.split("\n").filter((line) => /zqcanary|@example\.(com|org|net)\|?"/i.test(line))).toEqual([]);
    expect(JSON.stringify(result)).not.toContain("zqcanary");
    // What may be said is said.
    const ran = result.commands.find(({ command }) => command.say.startsWith("Run nightly"));
    expect(ran?.stdoutTail).toContain("mail: Backup OK •••");
    expect(ran?.stdoutTail).toContain("exit code 0");
    expect(ran?.stderrTail).toContain("23505");
    if (verdict === "lost") expect(result.reasons.join("\n")).toMatch(/failed with exit code 9: .*•••/s);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
