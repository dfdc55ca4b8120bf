/** What every probe must do with answers that are none. Called once for each probe of the catalogue. */
import { expect, test } from "vitest";
import type { Finding, Probe } from "../../src/parts.ts";
import { outcome, scene, state } from "../fakes/outcome.ts";

export function probeContract(probe: Probe): void {
  const told = { table: "t", of: "side", max: 1, path: "/", role: "app", ask: "SELECT 1", is: "1" };
  const truth = scene([state(1000, {})]);

  test("takes no silence for a yes", () => {
    const { held, because } = probe.answer([], truth, told) as Finding;
    expect(held).not.toBe("yes");
    expect(because).not.toBe("");
  });

  test("takes no cut answer for a yes", () => {
    const found = probe.answer([outcome("yes", { truncated: true })], truth, told);
    expect((found as Finding).held).not.toBe("yes");
  });
}
