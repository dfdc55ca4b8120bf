/** Where a copy has no server here, what made it is said: the server that is missing may be a newer one. */
import { expect, test } from "vitest";
import { mysql } from "../../src/engines/mariadb/engine.ts";
import { UnavailableError, UsageError } from "../../src/errors.ts";
import { assertServer } from "../../src/verify/assert-server.ts";
import { pointOf } from "../support/stored.ts";

const dump = pointOf("shop.sql", Date.UTC(2026, 10, 20), { engine: "mysql", serverVersion: "8.0.42" });
const task = { engine: mysql, on: null };
const refusing = (error: Error) => ({ task, chooseSandbox: () => Promise.reject(error) });

test("the version that made it, before what is missing; code and next steps stay", async () => {
  const none = new UnavailableError("no sandbox can be used: docker: mysql:8.4 is not here", {
    code: "FB_NO_SANDBOX",
    next: ["docker pull mysql:8.4"],
  });
  await expect(assertServer(refusing(none), { point: dump })).rejects.toMatchObject({
    message: "made by mysql 8.0.42: no sandbox can be used: docker: mysql:8.4 is not here",
    code: "FB_NO_SANDBOX",
    next: ["docker pull mysql:8.4"],
    exitCode: 4,
  });
});

test("a copy that says no version, and any other error, is told as it is", async () => {
  const { serverVersion: _, ...facts } = dump.facts;
  const none = new UnavailableError("none", { code: "FB_NO_SANDBOX", next: [] });
  await expect(assertServer(refusing(none), { point: { ...dump, facts } })).rejects.toBe(none);
  const unknown = new UsageError("no such sandbox", { code: "FB_SANDBOX_UNKNOWN", next: [] });
  await expect(assertServer(refusing(unknown), { point: dump })).rejects.toBe(unknown);
});
