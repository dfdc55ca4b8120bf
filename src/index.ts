/** The public library: load a scenario, plan it, drill it, derive its result; and the contracts to add parts. */
export { catalog } from "./catalog.ts";
export { type DrillKit, drill } from "./drill/drill.ts";
export * as errors from "./errors.ts";
export * as parts from "./library-parts.ts";
export { type Description, describe } from "./plan/describe.ts";
export { type Choices, type Plan, plan } from "./plan/plan.ts";
export type { DrillEvent, DrillResult, Progress, Verdict } from "./record.ts";
export { deriveResult, readJournal } from "./result/result.ts";
export { type Clock, type Journal, openJournal, systemClock } from "./run/journal.ts";
export type { SuiteRun } from "./run/run-folder.ts";
export { loadScenario } from "./scenario/load.ts";
export type { Scenario } from "./scenario/schema.ts";
export { runSuite, type SuiteRequest } from "./suite/suite.ts";
