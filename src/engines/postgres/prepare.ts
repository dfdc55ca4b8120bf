/** What a copy needs before it can be restored in a sandbox: roles, tablespaces, extensions; named by the copy itself. */
import type { BackupFacts, DumpStory, Line } from "../../parts.ts";
import { literal, question } from "./client.ts";

/** Names as a table `named`. */
function named(names: readonly string[]): string {
  const rows = [...new Set(names)].map((name) => `(${literal(name)})`);
  const all = rows.length === 0 ? "SELECT NULL WHERE false" : `VALUES ${rows.join(",\n  ")}`;
  return `CREATE TEMP TABLE named (name text);
INSERT INTO named ${all};`;
}

/** They come back asleep, as pg_dump writes them (`connect = false`), and nothing here could be reached. */
function subscriptions({ statements }: DumpStory): readonly Line[] {
  const names = statements.flatMap(({ kind, name }) =>
    kind === "CREATE SUBSCRIPTION" && name !== undefined ? [name] : [],
  );
  if (names.length === 0) return [];
  return [
    question(
      "Name the subscriptions that the backup holds: restored, they follow nobody.",
      `${named(names)}\nSELECT 'subscription' || chr(9) || name FROM named ORDER BY 1;`,
      "server",
    ),
  ];
}

const lines = (facts: BackupFacts, story: DumpStory): readonly Line[] => [
  {
    say: "Create the roles from the file beside the backup.",
    script: `if [ -n "$GLOBALS" ]; then
  psql -Xq -d postgres -f "$GLOBALS" >/dev/null 2>&1 || true
fi`,
    uses: ["PGHOST", "GLOBALS"],
    destroys: false,
  },
  question(
    "Make the roles that the backup names.",
    // Of a whole cluster only one database is restored, and its roles are not. Names that begin so nobody can make.
    `SET client_min_messages = error;
${named(facts.only === undefined ? story.roles : [...story.roles, ...story.rolesMade])}
DELETE FROM named WHERE name ~ '^pg_' OR name IN (SELECT rolname FROM pg_roles);
SELECT 'role' || chr(9) || name FROM named ORDER BY 1;
SELECT format('CREATE ROLE %I', name) FROM named \\gexec`,
    "server",
  ),
  question(
    "Ask whether every extension that the backup needs is installed here.",
    `${named(story.extensions)}
SELECT 'lacks' || chr(9) || 'no-extension' || chr(9) || name FROM named
WHERE name NOT IN (SELECT name FROM pg_available_extensions);`,
    "server",
  ),
  question(
    "Make the tablespaces that the backup names.",
    // A folder of the server's own stands for each: where it lay says nothing about the rows.
    `${named(story.tablespaces)}
DELETE FROM named WHERE name IN (SELECT spcname FROM pg_tablespace);
SET allow_in_place_tablespaces = on;
SELECT 'tablespace' || chr(9) || name FROM named ORDER BY 1;
SELECT format('CREATE TABLESPACE %I LOCATION %L', name, '') FROM named \\gexec`,
    "server",
  ),
  ...subscriptions(story),
];

export const prepare = (facts: BackupFacts, story: DumpStory | null): readonly Line[] =>
  facts.method !== "logical" || story === null ? [] : lines(facts, story);
