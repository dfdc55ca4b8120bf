import { describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { pointedBy } from "../../src/gameday/application.ts";

const own = {
  PGHOST: { meaning: "", value: "/run/a" },
  PGDATABASE: { meaning: "", value: "shop" },
  DB_SOCKET: { meaning: "", value: "/run/a/server.sock" },
  DATABASE: { meaning: "", value: "shop" },
};
const by = (engine: string, text: string, root: string | null = "/run") => {
  const keys = catalog.engines.find(({ name }) => name === engine)?.keyboard?.configuration ?? {};
  return pointedBy(text, { keys, own, root });
};

describe("where the application looks", () => {
  it("is where it was, as long as nobody points it elsewhere", () => {
    for (const text of ["database=shop\n", "host=/run/a\ndatabase=shop", "# a word\n database = 'shop' \nport=1"])
      expect(by("postgres", text)).toMatchObject({ places: {}, held: "yes" });
  });
  it("is another server, another database, or both, in the words of each engine", () => {
    expect(by("postgres", "host=/run/b\ndatabase=shop")).toMatchObject({ places: { PGHOST: "/run/b" }, held: "yes" });
    expect(by("postgres", "database=shop_new").places).toEqual({ PGDATABASE: "shop_new" });
    const both = by("mariadb", "socket=/run/b/server.sock\ndatabase=shop_side");
    expect(both.places).toEqual({ DB_SOCKET: "/run/b/server.sock", DATABASE: "shop_side" });
    expect(both.because).toContain("another server and another database");
  });
  it("is never asked outside this world, unless nothing else can be reached", () => {
    for (const host of ["/var/run/postgresql", "/run/../var", "127.0.0.1", "/running"]) {
      const text = `host=${host}\ndatabase=shop`;
      expect(by("postgres", text)).toMatchObject({ places: {}, held: "no" });
      expect(by("postgres", text, null)).toMatchObject({ places: { PGHOST: host }, held: "yes" });
    }
  });
  it("is nowhere when the configuration says no such thing", () => {
    for (const text of ["", "host=/run/b", "database=", "database=a b", "database=shop\nhost=$(reboot)"])
      expect(by("postgres", text)).toMatchObject({ places: {}, held: "no" });
  });
});
