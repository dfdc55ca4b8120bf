/**
 * Small changes to pure code, each of which must make a pure test fail. `scripts/mutate.ts` says which file, and which tests
 * are asked: with those of one subject alone, code that runs while a file is loaded (patterns, schemas) is changed as well.
 */
const tests = process.env.MUTATE_TESTS ?? "";
const file = process.env.MUTATE_FILE ?? "all";

export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner", "./scripts/mutate-ignore.mjs"],
  ignorers: ["prose"],
  vitest: { configFile: "vitest.mutate.config.ts" },
  coverageAnalysis: "perTest",
  ignoreStatic: tests === "",
  concurrency: 1,
  timeoutMS: 20000,
  // Of what runs while a file is loaded it would keep the old result, whatever the tests have become.
  incremental: tests === "",
  incrementalFile: `.stryker/${file.replaceAll("/", ".")}.json`,
  tempDirName: ".stryker/tmp",
  cleanTempDir: "always",
  ignorePatterns: ["/.stryker", "/dist", "/drill-results"],
  reporters: ["clear-text"],
  clearTextReporter: { allowColor: false, reportTests: false, skipFull: true, logTests: false },
  // Its reader of tsconfig.json needs an older compiler than ours; ours points nowhere else, so nothing is to be rewritten.
  tsconfigFile: "none.json",
  mutate: [
    "src/{actions,engines,paper,plan,probes,result,schedule}/**/*.ts",
    "src/{buckets,detached,dumps,fields,http-request}.ts",
    "src/backups/{calendar-words,dating,day-order,key-pieces,locate,moments,name-dates,name-kinds,name-words,select,series-pattern}.ts",
    "src/host/{client-errors,dump-messages,redact,tame,time-zone,units,wrap}.ts",
    "src/verify/{compare-sums,compared,copy-checks,could-hold,freshness,known,listed-tables,reading,row-checks,younger}.ts",
    "src/world/timeline.ts",
  ],
};
