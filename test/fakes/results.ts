/** Results for reporters: every verdict, an interruption, and names and messages that try to break out of each format. */
import type { DrillEvent, DrillResult, EventBody } from "../../src/record.ts";
import { deriveResult } from "../../src/result/result.ts";
import { END, finding, stamped, WELL } from "./events.ts";

/** Markup, markdown, shell, workflow commands, metrics labels, control characters, a lone surrogate, other scripts. */
export const NASTY = [
  `a<b & "c" 'd' ]]> <![CDATA[ x ]]> </testsuite><testsuite name="planted"> <script>alert(1)</script>`,
  "100% %0A%25 ::error file=x,line=1::planted\n::warning::planted\r\n  ::set-output name=x::y",
  'back\\slash "quote" {label="x"} 1\nfogbell_planted{a="b"} 1',
  "| cell | `code` **bold** [link](http://x) <img src=x>\n\n# heading\n- item\n<!-- comment",
  "\u0000\u0001\u001b[2J\u001b]0;title\u0007 \u007f \ufffe \ud800 \u2028 日本語 🔔",
];
const nasty = NASTY.join(" ");

const beganWith = (more: object): EventBody[] => {
  const [began, ...rest] = WELL;
  if (began?.kind !== "drill-began") throw new Error("WELL begins");
  return [{ ...began, scenario: { ...began.scenario, ...more } }, ...rest];
};
const problem = (makes: "void" | "lost" | "refused", more: object = {}): EventBody => ({
  kind: "problem",
  code: "FB_X",
  message: `it is ${makes}`,
  next: ["do this"],
  makes,
  interrupted: false,
  ...more,
});
const slow = (events: readonly DrillEvent[]) =>
  events.map((event) => ({ ...event, monotonicMs: event.monotonicMs * 20 }) as DrillEvent);

const phases: EventBody[] = (["restore", "verify"] as const).flatMap((phase): EventBody[] => [
  { kind: "phase-began", phase },
  { kind: "phase-ended", phase, durationMs: 1234.5 },
]);

function result(bodies: readonly EventBody[], runId: string, change = (events: readonly DrillEvent[]) => events) {
  return { ...deriveResult(change(stamped(bodies)) as DrillEvent[]), runId };
}

/** By what came of them. */
export const RESULTS: Readonly<Record<string, DrillResult>> = {
  recovered: result([...WELL.slice(0, 6), ...phases, ...WELL.slice(6), ...END], "run-recovered"),
  late: result([...beganWith({ id: "slow-restore" }), ...END], "run-late", slow),
  lost: result([...beganWith({ id: "lost-rows" }), finding("verify", "rows", "no", { line: 41 }), ...END], "run-lost"),
  "void, could not tell": result(
    [...beganWith({ id: "no-answer" }), finding("verify", "grants", "unknown"), ...END],
    "run-unknown",
  ),
  "void, nothing asked": result([...WELL.slice(0, 3), problem("void"), ...END], "run-void"),
  refused: result([...beganWith({ id: "refused" }), problem("refused"), ...END], "run-refused"),
  interrupted: result([...WELL.slice(0, 4), problem("void", { interrupted: true }), ...END], "run-interrupted"),
  "broken off": result([...WELL.slice(0, 5)], "run-broken"),
  "compared, at the same time": result(
    [...beganWith({ variant: "physical + log", contended: true }), ...END],
    "run-compared",
  ),
  "lost, as designed": result(
    [...beganWith({ id: "wrong-move", designed: "lost" }), finding("verify", "rows", "no"), ...END],
    "run-designed",
  ),
  "recovered, and should not have been": result(
    [...beganWith({ id: "too-easy", designed: "lost" }), ...END],
    "run-easy",
  ),
  hostile: {
    ...result(
      [
        ...beganWith({ id: nasty, title: nasty, file: `${nasty}.yaml`, variant: nasty, engine: nasty, version: nasty }),
        finding("verify", nasty, "no", { subject: nasty, because: nasty }),
        finding("verify", nasty, "no", { subject: nasty, because: nasty }),
        problem("lost", { message: nasty, next: [nasty] }),
        ...END,
      ],
      "run-hostile",
    ),
    reasons: [nasty, ...NASTY],
    host: { name: nasty, system: nasty },
    fogbellVersion: nasty,
  },
};

export const ALL = Object.values(RESULTS);
