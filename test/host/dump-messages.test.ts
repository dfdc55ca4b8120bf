/** What other programs said before a dump began, and what people put there on purpose. */
import { expect, test } from "vitest";
import { messageBefore } from "../../src/host/dump-messages.ts";

const HEADER = "-- PostgreSQL database ";
const dump = (before: string) => `${before}--\n-- PostgreSQL database dump\n--\n\nSET a = 1;\n`;

test.each([
  [
    'Defaulted container "postgres" out of: postgres, exporter\n',
    'Defaulted container "postgres" out of: postgres, exporter',
  ],
  ["Warning: Permanently added 'db1' to the list of known hosts.\r\n", "Warning: Permanently added 'db1'"],
  ["* Welcome to db1 *\nlast login: today\n\n", "••• to •••"],
  ["stty: 'standard input': Inappropriate ioctl for device\n\n", "stty:"],
])("a message before the dump: %j", (before, said) => {
  expect(messageBefore(dump(before), HEADER)).toContain(said.slice(0, 20));
});

test.each([
  "",
  "\ufeff",
  "\u00ef\u00bb\u00bf",
  "-- made by cron\n\n",
  "SET session_replication_role = replica;\n\n",
  "CREATE ROLE app\n  WITH LOGIN;\r\n",
  "\\set ON_ERROR_STOP on\n",
  "/* made\n by cron */\n",
])("no message: %j", (before) => {
  expect(messageBefore(dump(before), HEADER)).toBe(null);
});
