import { expect, test } from "vitest";
import { mysql } from "../../src/engines/mariadb/engine.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { imageMissing } from "../../src/sandboxes/docker-engine.ts";

test("an image that is missing: one of ours is named only where it can be made", () => {
  const silent = new Error("no registry");
  expect(imageMissing(postgres.server("15", {}), silent)).toMatchObject({
    message: "neither postgres:15 nor fogbell/postgres:15 is here, and the first cannot be pulled: no registry",
    next: ["fogbell images build postgres@15", "docker pull postgres:15"],
  });
  expect(imageMissing(mysql.server("8.4", {}), silent)).toMatchObject({
    message: "mysql:8.4 is not here, and cannot be pulled: no registry",
    next: ["docker pull mysql:8.4"],
  });
});
