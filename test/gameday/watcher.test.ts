import { describe, expect, it } from "vitest";
import { readSample, type Sample } from "../../src/gameday/sample.ts";
import { createWatcher } from "../../src/gameday/watcher.ts";

const calm: Sample = {
  closed: "no",
  access: "16384.700",
  databases: new Map([["16384", "shop"]]),
  configuration: "1",
  evidence: { files: 0, sizeBytes: 0, changedAtMs: 0 },
  files: [],
};
const copied = { files: 1, sizeBytes: 900, changedAtMs: 2500 };

/** Looks once a second, and says what was seen at which look. */
function seen(...looks: (Partial<Sample> | null)[]) {
  const watcher = createWatcher({ storedSizes: () => new Set([77]) });
  const all = looks.flatMap((look, i) =>
    watcher
      .look(look === null ? null : { ...calm, ...look }, (i + 1) * 1000)
      .map(({ milestone, atMs }) => [milestone, atMs]),
  );
  return { watcher, all };
}

describe("a look", () => {
  it("is read from what a script printed, names with tabs too, and nothing from one that broke off", () => {
    const text = "closed\tno\naccess\t1.2\ndb\t1\tshop\nconfig\t4 5\nevidence\t2\t10\t7.500\nfile\t3\t8.25\t/a\tb\n";
    expect(readSample(text)).toEqual({
      closed: "no",
      access: "1.2",
      databases: new Map([["1", "shop"]]),
      configuration: "4 5",
      evidence: { files: 2, sizeBytes: 10, changedAtMs: 7500 },
      files: [{ path: "/a\tb", sizeBytes: 3, changedAtMs: 8250 }],
    });
    for (const bad of ["", "closed\tno\n", "closed\tperhaps\nevidence\t0\t0\t0\n"]) expect(readSample(bad)).toBeNull();
    expect(readSample("closed\tno\nclosed\tdown\nevidence\t0\t0\t0\n")?.closed).toBe("down");
  });
});

describe("the world shows", () => {
  it("closing and opening, however it was done, and each opening again", () => {
    expect(seen({}, { closed: "yes" }, {}, { closed: "down" }, {}).all).toEqual([
      ["contained", 2000],
      ["reopened", 3000],
      ["reopened", 5000],
    ]);
    expect(seen({}, { access: "16384.701" }).all).toEqual([
      ["contained", 2000],
      ["reopened", 2000],
    ]);
    expect(seen({}, { access: "20000.701", databases: new Map([["20000", "shop"]]) }).all).toEqual([
      ["restore-began", 2000],
    ]);
  });
  it("a copy once it no longer grows, at its own time; a renamed database is one, too", () => {
    expect(seen({}, { evidence: { ...copied, sizeBytes: 5 } }, { evidence: copied }, { evidence: copied }).all).toEqual(
      [["preserved", 2500]],
    );
    const renamed = { closed: "gone", databases: new Map([["16384", "shop_broken"]]) } as const;
    expect(seen({}, renamed).all.map(([name]) => name)).toEqual(["contained", "preserved"]);
  });
  it("no containing where nobody could come in from the beginning, and that it could not be seen", () => {
    const { all, watcher } = seen({ closed: "gone", databases: new Map() }, { closed: "gone" }, {});
    expect(all.map(([name]) => name)).toEqual(["restore-began", "reopened"]);
    expect(watcher.watched.canSee).not.toContain("contained");
  });
  it("a fresh backup after reopening: not a copy that was fetched, and none before", () => {
    const file = (path: string, sizeBytes: number, changedAtMs: number) => ({ path, sizeBytes, changedAtMs });
    const files = [file("/s/fetched", 77, 9000), file("/s/early", 5, 1500), file("/s/new", 6, 3500)];
    const { watcher } = seen({}, { closed: "yes" }, { files });
    const [one, ...more] = watcher.candidates();
    if (one === undefined) throw new Error("no candidate");
    expect([one.path, more]).toEqual(["/s/new", []]);
    expect(watcher.told(one, false)).toEqual([]);
    expect(watcher.candidates()).toEqual([]);
    expect(watcher.told(one, true)[0]).toMatchObject({ milestone: "normal", atMs: 3500 });
  });
  it("nothing where most looks failed", () => {
    const { watcher } = seen({}, null, null, null);
    expect(watcher.watched).toEqual({ looks: 4, failed: 3, canSee: [] });
  });
});
