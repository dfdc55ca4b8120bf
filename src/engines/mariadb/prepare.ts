/**
 * What a dump needs before it can be restored in a sandbox: the storage engines of its tables. A server that lacks one takes
 * another by itself and says so in a warning only, because dumps take NO_ENGINE_SUBSTITUTION away: every row comes back, and
 * the table is not the one that was backed up.
 */
import type { BackupFacts, DumpStory, Line } from "../../parts.ts";
import { client, literal, question } from "./client.ts";
import type { Flavour } from "./flavour.ts";

/** Other names of the same. Source: sys_table_aliases in sql/handler.cc. */
const ALIASES: Readonly<Record<string, string>> = {
  HEAP: "MEMORY",
  INNOBASE: "INNODB",
  MERGE: "MRG_MYISAM",
  NDB: "NDBCLUSTER",
};

/** Engines that the server's own packages bring and that nobody has loaded; none of them reaches out. */
const PLUGINS: Readonly<Record<string, string>> = { ARCHIVE: "ha_archive", BLACKHOLE: "ha_blackhole" };

/** Never longer than a name may be, and nothing but one. */
const NAME = /^\w{1,64}$/;

export function prepareOf(flavour: Flavour) {
  const load = (plugins: readonly string[]): Line => ({
    say: "Load the storage engines that the backup needs and that are installed here.",
    script: plugins
      .map((one) => `echo "INSTALL SONAME '${one}';" |\n  ${client(flavour, "server")} 2>/dev/null || true`)
      .join("\n"),
    uses: ["DB_SOCKET"],
    destroys: false,
  });
  const ask = (names: readonly string[]): Line =>
    question(
      flavour,
      "Ask whether every storage engine of the backup is here.",
      `SELECT 'lacks', 'no-engine', n.name
FROM (${names.map((name) => `SELECT ${literal(name)} AS name`).join("\n  UNION ALL ")}) n
WHERE NOT EXISTS (SELECT 1 FROM information_schema.ENGINES e
  WHERE e.ENGINE = n.name AND e.SUPPORT IN ('YES', 'DEFAULT'));`,
      "server",
    );
  return (facts: BackupFacts, story: DumpStory | null): readonly Line[] => {
    const { only } = facts;
    const meant = (story?.engines ?? []).filter(({ database }) => only === undefined || database === only);
    const names = [...new Set(meant.map(({ name }) => name.toUpperCase()))].filter((name) => NAME.test(name));
    const known = names.map((name) => ALIASES[name] ?? name).filter((name) => name !== "INNODB");
    if (known.length === 0) return [];
    const plugins = known.flatMap((name) => PLUGINS[name] ?? []);
    return [...(plugins.length === 0 ? [] : [load(plugins)]), ask(known)];
  };
}
