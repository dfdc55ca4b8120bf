/**
 * Accounts that objects of a dump run as and that it does not bring, made before the restore: a trigger that is there before
 * the rows fires while they come, and a view may be built on another one's rights. They cannot log in, and are told from
 * real accounts by their limit of connections.
 */
import type { BackupFacts, DumpStory, Line } from "../../parts.ts";
import { at, literal } from "./client.ts";
import type { Flavour } from "./flavour.ts";

/** A limit that nobody sets: accounts with it were made here, and are missing in the backup all the same. */
export const MADE_HERE = 20_147;

/** Those of a name and a host; a role that stands alone as a definer is of no host. */
function accountsIn({ definers, rolesMade }: DumpStory): { user: string; host: string }[] {
  return (
    definers
      .filter((one) => !rolesMade.includes(one))
      .map((one) => ({ user: one.slice(0, one.lastIndexOf("@")), host: one.slice(one.lastIndexOf("@") + 1) }))
      // What is no plain string constant is no account's name in a statement.
      .filter(({ user, host }) => user !== "" && host !== "" && !/[\p{Cc}\\]/u.test(user + host))
  );
}

export function makeAccounts(flavour: Flavour, facts: BackupFacts, story: DumpStory | null): readonly Line[] {
  const accounts = facts.method === "logical" && story !== null ? accountsIn(story) : [];
  if (accounts.length === 0) return [];
  const named = accounts
    .map(({ user, host }) => `SELECT ${literal(user)} AS user, ${literal(host)} AS host`)
    .join("\n  UNION ALL ");
  const made = accounts.map(({ user, host }) => {
    const account = `${literal(user)}@${literal(host)}`;
    return `CREATE USER IF NOT EXISTS ${account} WITH MAX_USER_CONNECTIONS ${MADE_HERE} ACCOUNT LOCK;
SET @fogbell = CONCAT('GRANT ALL ON \`', @side, '\`.* TO ', ${literal(account)});
PREPARE fogbell FROM @fogbell; EXECUTE fogbell; DEALLOCATE PREPARE fogbell;`;
  });
  return [
    {
      say: "Create the accounts that objects in the backup run as. They can't log in.",
      script: `${flavour.client} ${at("side")} -BN \\
  --init-command="SET SESSION sql_log_bin = 0, @side = '$SIDE_DATABASE'" <<'SQL'
SELECT CONCAT('role', CHAR(9), user, '@', host) FROM (
  ${named}) AS named
WHERE NOT EXISTS (SELECT 1 FROM mysql.user u WHERE u.User = named.user AND u.Host = named.host);
${made.join("\n")}
SQL`,
      uses: ["SIDE_SOCKET", "SIDE_DATABASE"],
      destroys: false,
    },
  ];
}
