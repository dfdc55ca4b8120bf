/** Replicas, in a container without network. */
import { describe, expect, test } from "vitest";
import { play } from "../support/play.ts";

describe("a delayed replica beside the damaged server, in one container", () => {
  test.each(["postgres", "mariadb"])("%s", async (engine) => {
    const { result } = await play({
      sandbox: "docker",
      engine,
      scenario: "test/fixtures/scenarios/replicas.drill.yaml",
    });
    expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    expect(result.sources.find(({ chosen }) => chosen)?.id).toBe("replica:behind");
    expect(result.measured).toMatchObject({ rpaMs: 0, rowsMissing: 0 });
    expect(result.sandbox?.isolation.join(" ")).toContain("network none: no interface but loopback");
  });
});
