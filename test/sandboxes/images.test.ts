import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { recipeFor, specsOf } from "../../src/sandboxes/images.ts";

const spec = postgres.server("15", {});

test("the account is looked up inside the image, never on the host, where its number is another", () => {
  const hooks = recipeFor(spec).options.filter((option) => option.startsWith("--customize-hook="));
  const naming = hooks.filter((hook) => hook.includes(`-o ${spec.account}`));
  expect(naming).toEqual([
    `--customize-hook=chroot "$1" install -d -o ${spec.account} -g ${spec.account} ${spec.home}`,
  ]);
});

test("a recipe that changed has another hash, and the image carries it", () => {
  const one = recipeFor(spec);
  expect(one.changes).toContain(`LABEL fogbell.recipe=${one.hash}`);
  expect(recipeFor({ ...spec, packages: [...spec.packages, "less"] }).hash).not.toBe(one.hash);
  expect(recipeFor({ ...spec, suite: "trixie" }).hash).not.toBe(one.hash);
  expect(recipeFor(postgres.server("15", {})).hash).toBe(one.hash);
});

test("an image that nobody knows: those are named that can be made", () => {
  const next = [
    "fogbell images build postgres@15",
    "fogbell images build postgres@17",
    "fogbell images build postgres@18",
    "fogbell images build mariadb@10.11",
    "fogbell images build mariadb@11.8",
    "fogbell images build sqlite@3",
  ];
  expect(() => specsOf({ engines: catalog.engines, wanted: "oracle" })).toThrow(expect.objectContaining({ next }));
  expect(() => specsOf({ engines: catalog.engines, wanted: "mysql" })).toThrow(
    expect.objectContaining({ code: "FB_NO_PACKAGES", next: ["docker pull mysql:8.4"] }),
  );
});
