import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor, secretsIn } from "../../src/host/redact.ts";

const redact = createRedactor(
  secretsIn({
    AWS_SECRET_ACCESS_KEY: "wJalr/XUtn+FEMI",
    PGPASSWORD: "hunter22",
    HOME: "/root",
    SSH_KEY_FILE: "/root/.ssh/id",
    FOGBELL_NOTIFY_SLACK: "https://hooks.example.org/T0/B1/planted",
    FOGBELL_PING: "https://ping.example.org/planted-uuid",
  }),
);

describe("secrets", () => {
  test("planted ones never pass, those with a slash in them included", () =>
    expect(redact("auth failed for hunter22 with wJalr/XUtn+FEMI")).not.toMatch(/hunter22|wJalr/));
  test("where messages and signs of life go", () =>
    expect(redact("POST https://hooks.example.org/T0/B1/planted, https://ping.example.org/planted-uuid")).not.toContain(
      "planted",
    ));
  test("passwords in URLs", () => expect(redact("postgres://app:s3cr3t@db/shop")).not.toContain("s3cr3t"));
  test("paths to secrets are no secrets", () => expect(redact("/root/.ssh/id")).toBe("/root/.ssh/id"));
});

describe("several secrets in one text", () => {
  const both = (text: string, ...secrets: string[]) => createRedactor(secrets)(text);
  test.each<[string, string, string[], string]>([
    ["one begins as another does", "x hunter22-and-more y", ["hunter22", "hunter22-and-more"], "x ••• y"],
    ["one ends as another begins", "x abcd1234efgh y", ["abcd1234", "1234efgh"], "x ••• y"],
    ["in whatever order they are told", "x abcd1234efgh y", ["1234efgh", "abcd1234"], "x ••• y"],
    ["one after the other", "abcd1234efgh5678", ["abcd1234", "efgh5678"], "•••"],
    ["one within another", "<abcdefgh>", ["cdef", "abcdefgh"], "<•••>"],
    ["over itself", "-ababab-", ["abab"], "-•••-"],
    ["at the start and at the end", "abcd or abcd", ["abcd"], "••• or •••"],
    ["too short to be one", "abc and abcd", ["abc", "abcd"], "abc and •••"],
  ])("%s", (_how, text, secrets, shown) => expect(both(text, ...secrets)).toBe(shown));
  test("nothing of them is left, whatever they are and wherever they stand", () => {
    const secret = fc.stringMatching(/^[ab]{4,7}$/);
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.stringMatching(/^[abc]{0,40}$/),
        (secrets, text) => {
          const shown = both(text, ...secrets);
          const covered = [...text].map((_, at) =>
            secrets.some((one) => [...one].some((_char, back) => text.startsWith(one, at - back) && at - back >= 0)),
          );
          const kept = [...text].filter((_, at) => !covered[at]).join("");
          expect(shown.replaceAll("•••", "")).toBe(kept);
        },
      ),
    );
  });
});

describe("which variables hold secrets", () => {
  test.each([
    ["PGPASSWORD", true],
    ["MYSQL_PASSWD", true],
    ["CLIENT_SECRET", true],
    ["GITHUB_TOKEN", true],
    ["MYSQL_PWD", true],
    ["PWD_OF_SHOP", true],
    ["PWD", false],
    ["OLDPWD", false],
    ["MY_PWD_THING", false],
    ["AWS_ACCESS_KEY_ID", true],
    ["some_api_key", true],
    ["PRIVATE_PART", true],
    ["DB_CREDENTIALS", true],
    ["SESSION_KEY", true],
    ["FOGBELL_NOTIFY_URL_OF_TEAM", true],
    ["FOGBELL_PING", true],
    ["FOGBELL_PINGS", false],
    ["MY_FOGBELL_NOTIFY_", false],
    ["PASSWORD_FILE", false],
    ["SECRET_PATH", false],
    ["TOKEN_DIR", false],
    ["CREDENTIAL_SOCK", false],
    ["TOKEN_URL", false],
    ["TOKEN_URL_2", true],
    ["HOME", false],
  ])("%s: %s", (name, isSecret) => expect(secretsIn({ [name]: "planted" })).toEqual(isSecret ? ["planted"] : []));
  test("one that is not set is none", () => expect(secretsIn({ PGPASSWORD: undefined })).toEqual([]));
});

describe("row values in what PostgreSQL says", () => {
  test.each([
    'ERROR:  duplicate key value violates unique constraint "customers_email_once"\nDETAIL:  Key (email)=(anna@example.com) already exists.',
    'ERROR:  invalid input syntax for type integer: "anna@example.com"',
    'psql:dump.sql:12: ERROR: x\nCONTEXT:  COPY customers, line 1: "1\tanna@example.com"',
    "LINE 1: INSERT INTO t VALUES ('anna@example.com')",
    "2026-11-28 UTC [12] STATEMENT:  INSERT INTO t VALUES ('anna@example.com')",
    "QUERY:  SELECT 'anna@example.com'",
    'ERROR:  invalid byte sequence for encoding "anna@example.com"',
    'ERROR:  value "anna@example.com" is out of range for type integer',
    'ERROR:  malformed array literal: "anna@example.com"',
    'ERROR:  date/time field value out of range: "anna@example.com"',
  ])("%j", (text) => expect(redact(text)).not.toContain("anna@example.com"));
  test("the message itself stays", () =>
    expect(redact('ERROR:  relation "orders" does not exist')).toBe('ERROR:  relation "orders" does not exist'));
});

test("what is hidden is hidden to the end of its line, and nothing else is", () => {
  expect(redact("ERROR:  x\nDETAIL:  Key (a)=(b)\nHINT:  look")).toBe("ERROR:  x\nDETAIL: •••\nHINT:  look");
  expect(redact("DETAIL:  a\r\nDETAIL:  b\u2028c\n")).toBe("DETAIL: •••\nDETAIL: •••\n");
  expect(redact("LINE 12: SELECT 'a'")).toBe("LINE 12: •••");
  expect(redact("12 [3] STATEMENT:  SELECT 'a'")).toBe("12 [3] STATEMENT: •••");
  expect(redact('invalid input syntax for type integer: "a"')).toBe('invalid input syntax for type integer: "•••"');
  expect(redact("see postgres://app:s3cr3t@db/shop")).toBe("see postgres://app:•••@db/shop");
  expect(redact("OUTLINE 1: x, DETAILS: y")).toBe("OUTLINE 1: x, DETAILS: y");
});

// An expression that goes back over what it has read takes hours for this: the test would run out of its time.
test.each(["x", "value ", "a://b:", '"', "DETAIL", "a\n"])("megabytes of %j end", (unit) => {
  const text = unit.repeat((4 * 1024 * 1024) / unit.length);
  expect(redact(text).length).toBeGreaterThan(0);
});
