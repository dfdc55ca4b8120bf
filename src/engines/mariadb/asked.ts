/** What a scenario and its probes ask of a MariaDB or MySQL server beyond its rows: nothing here changes anything. */
import { inTurn, printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { TABLES_OF_ROWS } from "./catalogue.ts";
import { client, identifier, literal, placesOf, READ_ONLY, sql } from "./client.ts";
import { untilBack } from "./damage.ts";
import type { Flavour } from "./flavour.ts";

/**
 * For a server that ends itself at a spoiled page (MySQL: errors 2002, 2006 and 2013 are its client's for one that is gone):
 * what was being read is told as broken, and the next waits until the machine's service manager has started it again.
 */
const readOneByOne = (flavour: Flavour) => `while IFS='\t' read -r table check; do
  said=$(printf '%s\\n' "$check" | ${client(flavour, "production", "--force")} 2>&1)
  case $said in
    *"ERROR 2002 ("* | *"ERROR 2006 ("* | *"ERROR 2013 ("*)
      printf '%s.%s\\tcheck\\terror\\tthe server ended\\n' "$DATABASE" "$table"
${untilBack(flavour)} || exit ;;
    *) printf '%s\\n' "$said" ;;
  esac
done`;
const readInOneSession = (flavour: Flavour) => `cut -f 2- | ${client(flavour, "production", "--force")} 2>&1`;

export function askedOf(flavour: Flavour) {
  const production = placesOf("production");
  return {
    inSql: (name: string) => identifier(name),

    askSql: (text: string, database: "production" | "side"): Line => ({
      say: "Ask the scenario's own question, unable to write.",
      ...printed(sql(flavour, `${READ_ONLY}\nSTART TRANSACTION;\n${text.trim()}`, database)),
      uses: placesOf(database),
      expect: "One number or word. Before you look, say aloud what you expect.",
      ifNot: "Write down both: what you expected and what you saw.",
      destroys: false,
    }),

    databaseExists: (): Line => ({
      say: "Ask whether the application's database is there.",
      script: `found=$(echo 'SHOW DATABASES' | ${client(flavour, "server")}) &&
if printf '%s\\n' "$found" | grep -qxF "$DATABASE"; then echo yes; else echo no; fi`,
      uses: production,
      destroys: false,
    }),

    /** Asked as an administrator, because the application is kept out until it is let in again. */
    canLogIn: (role: string): Line => ({
      say: `Ask whether ${role} may log in to the application's database.`,
      script: `name=$(printf %s "$DATABASE" | sed "s/'/''/g") &&
{ printf "SET @name = '%s';\\n" "$name"; cat <<'SQL'
SELECT IF(EXISTS (SELECT 1 FROM mysql.user WHERE User = ${literal(role)})
  AND EXISTS (SELECT 1 FROM (
    SELECT GRANTEE FROM information_schema.SCHEMA_PRIVILEGES WHERE TABLE_SCHEMA = @name
    UNION SELECT GRANTEE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = @name) g
  WHERE GRANTEE LIKE CONCAT('''', ${literal(role)}, '''@%'))
  AND EXISTS (SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = @name),
  'yes', 'no');
SQL
} | ${client(flavour, "server")}`,
      uses: production,
      destroys: false,
    }),

    readAll: (table?: string): Line => {
      const tables = sql(
        flavour,
        `SELECT TABLE_NAME, CONCAT('CHECK TABLE \`', REPLACE(TABLE_NAME, '\`', '\`\`'), '\` EXTENDED;')
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND ${TABLES_OF_ROWS}${table === undefined ? "" : ` AND TABLE_NAME = ${literal(table)}`};`,
      ).with({
        reader: `${flavour.endsWhenSpoiled ? readOneByOne(flavour) : readInOneSession(flavour)} | awk -F '\\t' '
  $3 == "status" && $4 == "OK" { whole++; next }
  NF < 4 { print "the server\\t" $0; next }
  $3 != "note" && $3 != "Note" { print $1 "\\t" $3; bad[$1] = 1 }
  END { for (one in bad) broken++; print "read\\t" whole + broken }'`,
      });
      return {
        say: table === undefined ? "Read every table to its end." : `Read ${table} to its end.`,
        ...printed(flavour.endsWhenSpoiled ? inTurn(untilBack(flavour), tables) : tables),
        uses: production,
        destroys: false,
      };
    },
  };
}
