/** What looks like a secret in a file that everybody may read. Pure. */

/** What is a secret wherever it stands: keys, tokens, and URLs that carry a password. */
const ANYWHERE =
  /-----BEGIN|AGE-SECRET-KEY-|\b(AKIA|ASIA)[A-Z0-9]{16}\b|:\/\/[^\s/@:]+:[^\s/@]+@|\b(ghp|xox[bp])[-_][A-Za-z0-9-]{10,}/;

/** A value that is written out; `$NAME`, `$(command)` and nothing at all are not. */
const WRITTEN = String.raw`(?:"(?!\$|")[^"]|'(?!')[^']|(?![$"'\s;|&)<])\S)`;

/** How passwords are handed to programs on a command line. */
const IN_COMMANDS: readonly RegExp[] = [
  // PGPASSWORD=…, MYSQL_PWD=…, API_TOKEN=…, and password=… of a connection string
  new RegExp(
    String.raw`(?:^|[\s;&|("'])[A-Za-z_]*(?:PASSWORD|PASSWD|PASSPHRASE|_PWD|SECRET|TOKEN|API_?KEY)\s*=${WRITTEN}`,
    "im",
  ),
  // --password=…, --password …, --token=…
  new RegExp(
    String.raw`--(?:[a-z-]*-)?(?:password|passwd|passphrase|secret|token|api-key)(?:=|\s+(?!-))${WRITTEN}`,
    "im",
  ),
  // mysql -psecret
  new RegExp(String.raw`\b(?:mysql|mariadb)\w*(?:-\w+)*\b[^\n;|&]*\s-p(?!\s|$)${WRITTEN}`, "im"),
  // curl -u user:secret
  new RegExp(String.raw`\s(?:-u|--user)[=\s]+["']?[^\s"':$]+:${WRITTEN}`, "im"),
  // -H 'Authorization: Bearer …'
  /\bauthorization:\s*(?:bearer|basic)\s+(?!\$)[^\s"']/i,
];

/** Whether a value holds a secret. */
export const looksSecret = (value: string): boolean => ANYWHERE.test(value);

/** Whether a command holds one: also a password that is written out instead of taken from the environment. */
export const hasWrittenSecret = (command: string): boolean =>
  looksSecret(command) || IN_COMMANDS.some((pattern) => pattern.test(command));
