import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { hasWrittenSecret, looksSecret } from "../../src/config/secrets.ts";

describe("a password that is written out in a command is a secret", () => {
  test.each([
    "PGPASSWORD=hunter2 psql -c 'SELECT 1'",
    "export PGPASSWORD='hunter2'",
    'MYSQL_PWD="hunter2" mysql -e "SELECT 1"',
    "mysql -uroot -phunter2 -e 'SELECT 1'",
    "mariadb-dump --password=hunter2 shop",
    "app-cli --token abcdef check",
    "psql 'host=db user=app password=hunter2'",
    "curl -u app:hunter2 http://localhost/health",
    "curl --user 'app:hunter2' http://localhost/health",
    "curl -H 'Authorization: Bearer abcdef' http://localhost",
    "psql postgres://app:hunter2@db/shop",
    "true\nAPI_KEY=abc ./check",
  ])("%s", (command) => expect(hasWrittenSecret(command)).toBe(true));
});

describe("one that comes from elsewhere is none", () => {
  test.each([
    "PGPASSWORD=$PGPASSWORD psql -c 'SELECT 1'",
    'PGPASSWORD="$DB_PASSWORD" psql',
    "PGPASSWORD= psql",
    "MYSQL_PWD=$(cat /run/secrets/db) mysql",
    'mysql --password="$MYSQL_PWD"',
    "mysql -p -e 'SELECT 1'",
    "mysql --protocol=socket -P 3306",
    "psql -p 5432 -c 'SELECT app.self_test()'",
    'curl -u "app:$TOKEN" http://localhost',
    'curl -H "Authorization: Bearer $TOKEN" http://localhost',
    "mkdir -p /tmp/x && test -f password.txt",
    "psql -c 'SELECT count(*) FROM password_resets'",
    "./check --password-file /run/secrets/db",
  ])("%s", (command) => expect(hasWrittenSecret(command)).toBe(false));
  test("and SQL may name a column so", () =>
    expect(looksSecret("SELECT count(*) FROM users WHERE password = ''")).toBe(false));
});

test("a check of fogbell.yaml with one is refused, and the value is not repeated", () => {
  const file = [
    "version: 1",
    "databases:",
    "  - name: shop",
    "    engine: postgres",
    "    checks:",
    "      - shell: PGPASSWORD=hunter2 psql -c 'SELECT 1'",
  ].join("\n");
  const refused = () => readConfig("fogbell.yaml", file);
  expect(refused).toThrow(/looks like a secret/);
  expect(refused).not.toThrow(/hunter2/);
  expect(() => readConfig("fogbell.yaml", file.replace("=hunter2", "=$PGPASSWORD"))).not.toThrow();
});
