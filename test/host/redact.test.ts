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

describe("row values in what PostgreSQL says", () => {
  test.each([
    'ERROR:  duplicate key value violates unique constraint "customers_email_once"\nDETAIL:  Key (email)=(anna@example.com) already exists.',
    'ERROR:  invalid input syntax for type integer: "anna@example.com"',
    'psql:dump.sql:12: ERROR: x\nCONTEXT:  COPY customers, line 1: "1\tanna@example.com"',
    "LINE 1: INSERT INTO t VALUES ('anna@example.com')",
  ])("%j", (text) => expect(redact(text)).not.toContain("anna@example.com"));
  test("the message itself stays", () =>
    expect(redact('ERROR:  relation "orders" does not exist')).toBe('ERROR:  relation "orders" does not exist'));
});

test.each(["x", "value ", "a://b:", '"', "DETAIL", "a\n"])(
  "tens of megabytes of %j take no time worth noticing",
  (unit) => {
    // Of the processor, not of the clock: others work on the same machine.
    const began = process.cpuUsage();
    redact(unit.repeat((16 * 1024 * 1024) / unit.length));
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(8000);
  },
);
