/** The project's shape, kept by a test instead of by memory: who may import whom, sizes, names, doors, dead files. */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { catalog } from "../src/catalog.ts";
import { SANDBOXES } from "../src/cli/shared-flags.ts";
import { partsNamed } from "./support/part-names.ts";
import { sentencesRead } from "./support/sentences.ts";
import { circlesOf, filesBelow, readSources, type Source } from "./support/sources.ts";
import { functionsIn } from "./support/syntax.ts";

const src = readSources("src");
const tests = readSources("test");
const rest = [...readSources("scripts"), ...readSources("bench")];

/** The folder of a file below src, or its name when it lies at the top. */
function unit(path: string): string {
  const [, first = "", second] = path.split("/");
  return second === undefined ? first.replace(/\.ts$/, "") : first;
}

/** Left may import right. Everything may import host and errors; a unit may import itself, except parts each other. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  host: [],
  fields: [],
  gated: [],
  buckets: [],
  "built-script": [],
  detached: ["parts"],
  dumps: ["parts"],
  "http-request": ["parts"],
  "moment-text": ["parts"],
  parts: ["record", "gated", "built-script"],
  define: ["parts"],
  record: ["parts"],
  engines: ["parts", "define", "fields", "dumps", "built-script"],
  stores: ["parts", "define"],
  sandboxes: ["parts", "define"],
  actions: ["parts", "define", "fields", "detached"],
  probes: ["parts", "define", "fields", "buckets", "http-request", "moment-text"],
  scenario: ["parts", "record", "fields"],
  run: ["parts", "record", "result"],
  backups: ["parts", "record", "dumps"],
  plan: ["parts", "record", "scenario"],
  world: ["parts", "record", "buckets", "plan", "run", "backups"],
  drill: ["parts", "record", "dumps", "plan", "world", "run", "backups"],
  result: ["record", "parts"],
  paper: ["record", "gated", "parts"],
  reporters: ["parts", "define", "record", "gated", "paper"],
  catalog: ["parts", "engines", "stores", "sandboxes", "actions", "probes", "reporters"],
  own: ["parts", "record", "config", "plan", "scenario", "world", "drill", "run", "backups", "verify"],
  suite: [
    "gated",
    "own",
    "config",
    "verify",
    "parts",
    "record",
    "scenario",
    "plan",
    "world",
    "drill",
    "run",
    "backups",
    "result",
    "paper",
    "sandboxes",
    "reporters",
  ],
  config: ["scenario", "fields", "http-request"],
  verify: [
    "gated",
    "parts",
    "record",
    "buckets",
    "dumps",
    "config",
    "plan",
    "world",
    "drill",
    "run",
    "backups",
    "moment-text",
    "paper",
    "sandboxes",
  ],
  gameday: [
    "parts",
    "record",
    "fields",
    "scenario",
    "plan",
    "drill",
    "run",
    "backups",
    "result",
    "paper",
    "sandboxes",
    "suite",
  ],
  fleet: ["gated", "parts", "record", "config", "verify", "run", "result", "paper"],
  month: [
    "gated",
    "parts",
    "record",
    "config",
    "scenario",
    "run",
    "result",
    "paper",
    "own",
    "verify",
    "suite",
    "gameday",
  ],
  schedule: [],
  cli: [],
  commands: [
    "own",
    "cli",
    "catalog",
    "config",
    "parts",
    "record",
    "scenario",
    "plan",
    "backups",
    "run",
    "result",
    "paper",
    "suite",
    "verify",
    "gameday",
    "fleet",
    "month",
    "schedule",
    "sandboxes",
  ],
  main: ["cli", "commands"],
  "library-parts": ["define", "parts"],
  index: ["catalog", "library-parts", "record", "scenario", "plan", "drill", "run", "result", "suite"],
};

/** Types only, and why. */
const TYPE_EXCEPTIONS: Readonly<Record<string, string>> = {
  "src/host/label.ts": "RunLabel stands in parts.ts, because sandboxes and stores carry it",
  "src/host/scratch.ts": "RunLabel, likewise",
};

/** Files whose parts are made of each other: a folder for each engine; probes and sandboxes share their reading. */
const SHARED_IN_PARTS =
  /^src\/(engines\/|probes\/(reading|catalogue-diff|copies\/(compared|newest-row))|sandboxes\/|stores\/(s3|directory)|reporters\/(cases|screen))/;

describe("imports", () => {
  it("follow the table", () => {
    const wrong = src.flatMap(({ path, imports }) =>
      imports
        .filter(({ own, target, typeOnly }) => {
          const [mine, theirs] = [unit(path), unit(target)];
          if (!own || mine === theirs || theirs === "host" || theirs === "errors") return false;
          return !MAY_IMPORT[mine]?.includes(theirs) && !(typeOnly && path in TYPE_EXCEPTIONS);
        })
        .map(({ target }) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("never lead from one part to another", () => {
    const wrong = src.flatMap(({ path, imports }) =>
      /^src\/(actions|probes|stores|reporters)\//.test(path)
        ? imports
            .filter(({ own, target }) => own && unit(target) === unit(path) && !SHARED_IN_PARTS.test(target))
            .map(({ target }) => `${path} imports ${target}`)
        : [],
    );
    expect(wrong).toEqual([]);
  });

  /** Files that need each other, as sorted paths joined by blanks, and why that is right. */
  const CIRCLES: Readonly<Record<string, string>> = {
    "src/parts.ts src/record.ts":
      "types alone: contracts say what is recorded, and the record says it in the contracts' words; one page each",
  };
  it("never go in a circle, types included", () => {
    const circles = circlesOf(src).map((paths) => paths.join(" "));
    expect(circles.filter((circle) => !(circle in CIRCLES))).toEqual([]);
    expect(Object.keys(CIRCLES).filter((known) => !circles.includes(known))).toEqual([]);
  });

  it("reach every file from the command line or the library", () => {
    const byPath = new Map(src.map((source) => [source.path, source]));
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { own, target } of byPath.get(path)?.imports ?? []) if (own) visit(target);
    };
    for (const start of ["src/main.ts", "src/index.ts"]) visit(start);
    expect(src.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  /** One door each: a library that is used in one place can be replaced in one place. */
  const DOORS: readonly (readonly [library: RegExp, door: RegExp])[] = [
    [/^dockerode$|^testcontainers$/, /^src\/sandboxes\/docker/],
    [/^@aws-sdk\//, /^src\/stores\/s3/],
    [/^handlebars$/, /^src\/paper\//],
    [/^pg(-boss)?$/, /^src\/fleet\/queue/],
    [/^@oclif\//, /^src\/(cli\/|commands\/|main)/],
    [/^node:child_process$/, /^src\/(host\/process|sandboxes\/)/],
  ];
  it.each(DOORS)("of %s go through one door", (library, door) => {
    const users = src.filter(({ imports }) =>
      imports.some(({ target, typeOnly }) => !typeOnly && library.test(target)),
    );
    expect(users.length).toBeGreaterThan(0);
    expect(users.map(({ path }) => path).filter((path) => !door.test(path))).toEqual([]);
  });
});

describe("purity", () => {
  const PURE = /^src\/(engines|actions|probes|plan|result|paper|schedule|parts|record|fields|dumps|moment-text)\b/;
  /** Files in pure folders that read something, and why. */
  const EXCEPTIONS: Readonly<Record<string, string>> = {
    "src/paper/templates.ts": "loads the template files that the pure renderers are given",
    "src/engines/sqlite/program.ts": "is sent into a sandbox as text, and nothing here runs it",
  };
  const IMPURE =
    /node:(fs|child_process|os|net|http)|Date\.now|new Date\(\)|Math\.random|process\.env|performance\.now/;
  it("reigns where commands are written and results are derived", () => {
    const wrong = src.filter(({ path, text }) => PURE.test(path) && !(path in EXCEPTIONS) && IMPURE.test(code(text)));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe("parts", () => {
  /** Where they may be named beside their own folders and the catalogue, and why. */
  const MAY_NAME: readonly (readonly [file: RegExp, why: string])[] = [
    [
      /^src\/scenario\/(schema|template)\.ts$/,
      "examples in the format's documentation, and the text of a new scenario",
    ],
    [/^src\/(actions|probes)\/shell\.ts$|^src\/config\/database\.ts$/, "examples of a key's value"],
    [/^src\/commands\//, "examples in --help, which does not load the catalogue"],
    [
      /^src\/backups\/foreign-(layouts|signatures)\.ts$/,
      "forms of many makers, told by their names and made readable by programs",
    ],
    [/^src\/backups\/(key-pieces|name-kinds)\.ts$/, "words in the names that people give to their backups"],
    [/^src\/host\/plain-words\.ts$/, "programs whose complaints stand in backups instead of rows"],
    [/^src\/(fleet\/queue-faults|cli\/queue-flags)\.ts$/, "the server that a fleet's queue lives in"],
    [/^src\/config\/secrets\.ts$/, "programs that take passwords on their command lines"],
  ];
  const named = partsNamed(
    // A part's own file names it.
    src.filter(({ path }) => !/^src\/(engines\/|catalog\.ts)/.test(path)),
    catalog,
  ).filter(({ path, named: name }) => basename(path, ".ts") !== name);
  it("are not named outside their folders, nor are engines and their programs", () => {
    expect(named.filter(({ path }) => !MAY_NAME.some(([file]) => file.test(path)))).toEqual([]);
    expect(MAY_NAME.filter(([file]) => !named.some(({ path }) => file.test(path)))).toEqual([]);
  });

  it.each([
    ["an engine", 'const a = "of PostgreSQL 15";'],
    ["one in a pattern", "const a = /^mysql/;"],
    ["a program", "const a = `one pg_dumpall`;"],
    ["a method", 'const a = facts.method === "physical";'],
    ["an action", 'const a = "look-around";'],
    ["an action as a key", 'const a = { "look-around": 1 };'],
    ["a probe", 'const a = one.probe === "rows";'],
    ["one of several", 'const a = ["sql", "word"].includes(probe);'],
    ["what is asked for", 'const a = { probe: "rows" };'],
  ])("would be seen: %s", (_, text) =>
    expect(partsNamed([{ path: "a.ts", text, imports: [] }], catalog)).toHaveLength(1),
  );
  it.each([
    ["a comment", "// as psql does it"],
    ["a capability", 'const a = { needs: ["sql"] };'],
    ["a key of something else", 'const a = "sql" in dataset;'],
    ["a word that is no name here", 'const a = kind === "line";'],
  ])("may stand: %s", (_, text) => expect(partsNamed([{ path: "a.ts", text, imports: [] }], catalog)).toEqual([]));
});

describe("sentences", () => {
  /** Where texts of others are read, which look like ours or are called as ours are, and whose they are. */
  const OTHERS: readonly (readonly [file: RegExp, whose: string])[] = [
    [/^src\/engines\/\w+\/dump-[\w-]+\.ts$|^src\/engines\/mariadb\/logical\.ts$/, "statements and comments of dumps"],
    [/^src\/engines\/\w+\/(errors|messages)\.ts$|^src\/host\/client-errors\.ts$/, "what database programs complain"],
    [/^src\/host\/redact\.ts$/, "what programs say beside a value"],
    [/^src\/backups\/(foreign-signatures|split-parts)\.ts$/, "how dumps begin, and what programs left instead of one"],
    [/^src\/verify\/decrypt\.ts$|^src\/sandboxes\/docker\.ts$/, "what the system says of a full disk"],
    [/^src\/engines\/\w+\/keyboard\.ts$/, "what people type at a shell"],
    [/^src\/gameday\/(masking|milestones|recovery-table|scoring|words)\.ts$/, "what people type and say on a game day"],
    [/^src\/cli\/usage-error\.ts$/, "oclif's complaints, which come without fields"],
    [/^src\/(config\/config|scenario\/complaints)\.ts$/, "zod's own words, which are told from ours by how they begin"],
    [/^src\/stores\/s3-(errors|unreadable)\.ts$/, "the word that the SDK puts where there is no message"],
  ];
  const read = sentencesRead(src);
  it("for people are never read back by code", () => {
    expect(read.filter(({ path }) => !OTHERS.some(([file]) => file.test(path)))).toEqual([]);
    expect(OTHERS.filter(([file]) => !read.some(({ path }) => file.test(path)))).toEqual([]);
  });

  it.each([
    ["a pattern", "/copy is (\\w+)/.exec(line)"],
    ["a beginning", 'line.startsWith("the copy is")'],
    ["one word of a beginning", 'line.startsWith("younger")'],
    ["a part", 'line.includes("younger than")'],
    ["the whole", 'line === "younger than the damage"'],
    ["a case", 'switch (line) { case "younger than the damage": }'],
    ["what is called a sentence", 'finding?.because.endsWith("x")'],
    ["the same, by a pattern", "/x/.test(finding.because)"],
  ])("would be seen: %s", (_, code) => {
    const says = 'const because = "younger than the damage"; const other = `the copy is $' + "{age} old`;";
    const [one] = sentencesRead([{ path: "a.ts", text: `${says}\n${code};`, imports: [] }]);
    expect(one).toMatchObject({ path: "a.ts", line: 2 });
  });
});

describe("scripts", () => {
  it("are built as values and never edited once they are printed", () => {
    // A replacement that misses is silent: whoever wants another script makes another value (`built-script.ts`).
    const EDITS = /script\.(replace|replaceAll|split|slice)\(|replace(All)?\(\s*["'`/][^)]*<</;
    const MAY_EDIT: Readonly<Record<string, string>> = {
      "src/detached.ts": "moves the end of a heredoc inside somebody's own line aside",
      "src/plan/describe.ts": "indents lines for the terminal",
      "src/verify/check-file.ts": "a line of a page for each line of a script",
    };
    const wrong = src.filter(({ path, text }) => EDITS.test(code(text)) && !(path in MAY_EDIT));
    expect(wrong.map(({ path }) => path)).toEqual([]);
    expect(
      Object.keys(MAY_EDIT).filter((path) => !src.some((one) => one.path === path && EDITS.test(code(one.text)))),
    ).toEqual([]);
  });
});

describe("sizes", () => {
  /** Longer than 400 lines, and why. */
  const LONG: Readonly<Record<string, string>> = {
    "src/parts.ts": "all contracts in one file, which a newcomer reads first",
  };
  it("of files stay under 400 lines, nine of ten under 250", () => {
    const lengths = src.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
    expect(lengths.filter(({ path, lines }) => lines > 400 && !(path in LONG))).toEqual([]);
    const short = lengths.filter(({ lines }) => lines <= 250).length;
    expect(short / lengths.length).toBeGreaterThan(0.9);
  });

  const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
    "src/scenario/schema.ts scenarioSchema": "the declaration of the whole format, read from top to bottom",
  };
  it("of functions stay on one screen, 70 lines, with all that is inside; what shares a state is a class", () => {
    const all = [...src, ...rest].flatMap(({ path, text }) => functionsIn(text).map((block) => ({ path, ...block })));
    expect(all.length).toBeGreaterThan(200);
    const long = all.filter(({ path, name, lines }) => lines > 70 && !(`${path} ${name}` in LONG_FUNCTIONS));
    expect(long).toEqual([]);
  });
});

describe("names", () => {
  const BANNED = /^(utils?|helpers?|common|misc|manager|service|handler|base|impl|data|info)$/;
  it("of files are kebab-case and say something", () => {
    const all = [...src, ...tests, ...rest].map(({ path }) =>
      basename(path).replace(/(\.(test|long|server|docker))*\.ts$/, ""),
    );
    expect(all.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || BANNED.test(name))).toEqual([]);
  });

  it("of exports are not managers, helpers or I-somethings", () => {
    const wrong = src.flatMap(({ path, text }) =>
      [...text.matchAll(/export (?:class|interface|type|function|const) (\w+)/g)]
        .map((match) => match[1] ?? "")
        .filter((name) => /(Manager|Service|Helper|Utils?|Impl|Handler)$|^I[A-Z][a-z]/.test(name))
        .map((name) => `${path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("of types mean one thing: none is exported by two files, but by engines of one plan", () => {
    const owners = new Map<string, string[]>();
    for (const { path, text } of src)
      for (const [, name = ""] of text.matchAll(/^export (?:interface|type|class|abstract class) (\w+)/gm))
        owners.set(name, [...(owners.get(name) ?? []), path]);
    const several = [...owners].filter(([, paths]) => {
      const folders = paths.map((path) => (path.startsWith("src/engines/") ? "src/engines" : path));
      return paths.length > 1 && new Set(folders).size > 1;
    });
    expect(owners.size).toBeGreaterThan(300);
    expect(several).toEqual([]);
  });

  it("are exported by name; default is oclif's", () => {
    const wrong = src.filter(({ path, text }) => /^export default/m.test(text) && !path.startsWith("src/commands/"));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe("language", () => {
  it("has no any, enum, namespace or silenced check", () => {
    const wrong = [...src, ...tests, ...rest].filter(({ path, text }) =>
      path === "test/tidy.test.ts"
        ? false
        : /(:|<|as) any\b|^\s*(export )?(const )?enum |^\s*namespace |@ts-(ignore|nocheck)|vi\.mock/m.test(code(text)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it("opens every file with a sentence on why it exists; commands and tests have theirs inside", () => {
    const wrong = [...src, ...rest, ...tests].filter(
      ({ path, text }) =>
        !/^(#!.*\n)?\/(\*\*|\/) ?\S|^\/\*\*\n \* \S/.test(text) &&
        !path.startsWith("src/commands/") &&
        !path.endsWith(".test.ts"),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it("leaves no task without an issue", () => {
    expect(src.filter(({ text }) => /\b(TODO|FIXME|XXX)\b(?!.*#\d)/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("writes to the terminal in commands only, and where reporters are given theirs", () => {
    const PRINTS = /^src\/(cli|commands|main|suite\/with-terminal)/;
    const wrong = src.filter(
      ({ path, text }) => /\bconsole\.|process\.std(out|err)/.test(code(text)) && !PRINTS.test(path),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe("catalogue", () => {
  const kinds = ["actions", "probes", "stores", "sandboxes", "reporters"] as const;
  it.each(kinds)("lists every part in src/%s under its file's name", (kind) => {
    const files = src
      .filter(
        ({ path, text }) => dirname(path) === `src/${kind}` && /= (?:define[A-Z]\w+|catalogueProbe)[<(]/.test(text),
      )
      .map(({ path }) => basename(path, ".ts"));
    expect([...catalog[kind].map(({ name }) => name)].sort()).toEqual(files.sort());
  });

  it.each([
    ["copyProbes", "src/probes/copies"],
    ["checkProbes", "src/probes/checks"],
  ] as const)("lists %s of %s under their files' names", (kind, folder) => {
    const files = src
      .filter(({ path, text }) => dirname(path) === folder && /= defineC(opy|heck)Probe[<(]/.test(text))
      .map(({ path }) => basename(path, ".ts"));
    expect([...catalog[kind].map(({ name }) => name)].sort()).toEqual(files.sort());
  });

  it("has the sandboxes that commands offer", () =>
    expect([...SANDBOXES]).toEqual(catalog.sandboxes.map(({ name }) => name)));

  it("lists every engine folder", () => {
    const folders = new Set(
      // What engines share lies beside their folders.
      src.filter(({ path }) => /^src\/engines\/.+\//.test(path)).map(({ path }) => path.split("/")[2]),
    );
    // A folder may hold a family: then it is named for one of them.
    const names = catalog.engines.map(({ name }) => name);
    expect([...folders].filter((folder) => !names.includes(folder ?? ""))).toEqual([]);
  });
});

describe("errors", () => {
  const used = new Set(
    src.flatMap(({ text }) => [...text.matchAll(/"(FB_[A-Z0-9_]+)"/g)].map((match) => match[1] ?? "")),
  );
  const page = readFileSync("docs/errors.md", "utf8");
  it("have a paragraph for each code, and none for codes that are gone", () => {
    const described = [...page.matchAll(/^### (FB_[A-Z0-9_]+)\n\n\S.{40,}/gm)].map((match) => match[1] ?? "");
    expect(described).toEqual([...used].sort());
  });
});

describe("the outside world", () => {
  /** Assembled, so that this file does not contain what it forbids. */
  const FORBIDDEN = [
    ["/wo", "rk/(main|shared|\\.)"],
    ["regis", "try\\.npm"],
    ["npm", "js\\.(org|com)"],
    ["pypi", "\\.org"],
    ["deb\\.", "debian\\.org"],
    ["shared/", "(design|recipes|hooks)"],
  ].map((pieces) => new RegExp(pieces.join("")));
  it("is not named: no path of a machine, no registry's host", () => {
    const files = filesBelow(".").filter((path) => !/\.(png|gz|zst|dump|tgz)$/.test(path));
    expect(files).toContain("package-lock.json");
    const wrong = files.flatMap((path) => {
      const text = readFileSync(path, "utf8");
      return FORBIDDEN.filter((pattern) => pattern.test(text)).map((pattern) => `${path}: ${pattern.source}`);
    });
    expect(wrong).toEqual([]);
  });
});

/** A file without its comments. */
function code(text: Source["text"]): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}
