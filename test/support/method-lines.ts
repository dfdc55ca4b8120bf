/** The lines of a plan's backup methods: looking at a copy and restoring it, whatever the steps ask for. */
import type { Line, Target } from "../../src/parts.ts";
import type { Plan } from "../../src/plan/plan.ts";

const TARGETS: readonly Target[] = [
  { to: "end-of-log" },
  { to: "before-damage", by: "time" },
  { to: "named-point", point: "p" },
];

export const methodLines = ({ backups, log }: Plan): Line[] =>
  backups.flatMap(({ method, options }) =>
    TARGETS.flatMap((target) => {
      const facts = { ...method.facts(options), hasLog: log !== null };
      return [...method.check(facts, target), ...method.recover(facts, target)];
    }),
  );
