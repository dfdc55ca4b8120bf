import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { forSuite, recipeFor, specsOf } from "../../src/sandboxes/images.ts";

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

test("package sources for another release; the one that is always in the making has nothing beside itself", () => {
  const stanza = (suites: string) => `Types: deb\nURIs: http://mirror/debian\nSuites: ${suites}\nComponents: main`;
  const both = `# a comment\n${stanza("bookworm bookworm-updates")}\n\n${stanza("bookworm-security")}\n`;
  expect(forSuite(both, "bookworm", "trixie")).toBe(
    `${stanza("trixie trixie-updates")}\n\n${stanza("trixie-security")}\n`,
  );
  expect(forSuite(both, "bookworm", "sid").trim()).toBe(stanza("sid"));
  const lines = ["", "-updates", "-security", "/updates"].map((one) => `deb http://mirror/debian bookworm${one} main`);
  expect(forSuite(lines.join("\n"), "bookworm", "sid")).toBe("deb http://mirror/debian sid main");
});

test("an image that nobody knows: those are named that can be made", () => {
  const next = [
    "fogbell images build postgres@15",
    "fogbell images build postgres@17",
    "fogbell images build postgres@18",
    "fogbell images build mariadb@10.11",
    "fogbell images build mariadb@11.8",
    "fogbell images build mysql@9",
    "fogbell images build sqlite@3",
  ];
  expect(() => specsOf({ engines: catalog.engines, wanted: "oracle" })).toThrow(expect.objectContaining({ next }));
  expect(() => specsOf({ engines: catalog.engines, wanted: "mysql@8.4" })).toThrow(
    expect.objectContaining({ code: "FB_NO_PACKAGES", next: ["docker pull mysql:8.4"] }),
  );
});
