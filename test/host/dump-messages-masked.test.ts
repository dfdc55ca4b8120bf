import { describe, expect, test } from "vitest";
import { messageBefore, messageOf } from "../../src/host/dump-messages.ts";

describe("a message of a dump program is shown in the program's own words", () => {
  test.each([
    [
      "mysqldump: Deprecated program name. It will be removed in a future release, use '/usr/bin/mariadb-dump' instead",
      "mysqldump: Deprecated program name. It will be removed in a future release, use ••• instead",
    ],
    ["mysqldump: [Warning] Using a password on the command line interface can be insecure.", null],
    ["pg_dump: last built-in OID is 16383", "pg_dump: last ••• OID is •••"],
    [
      "mysqldump: Got error: 1045: Access denied for user 'app'@'db1' (using password: YES) when",
      "mysqldump: Got error: 1045: Access denied for user ••• (using password: ••• when",
    ],
  ])("%s", (line, shown) => expect(messageOf(`${line}\n-- MySQL dump`)).toBe(shown ?? line));

  test("and never in what may be a row's", () => {
    expect(messageOf("mysqldump: Anna anna@mail.example 4711 0170-123456")).toBe("mysqldump: •••");
    expect(messageOf("pg_dump: error: 23505 Key (email)=(anna@mail.example)")).toBe("pg_dump: error: 23505 •••");
  });
  test("nor are words before a dump", () => {
    const shownBefore = (line: string) =>
      messageBefore(`${line}\n--\n-- PostgreSQL database dump\n--\n`, "-- PostgreSQL database dump");
    expect(shownBefore('Defaulted container "postgres" out of: postgres, exporter')).toBe(
      "Defaulted container ••• out of: •••",
    );
    expect(shownBefore("anna@mail.example 4711")).toBe("•••");
  });
});
