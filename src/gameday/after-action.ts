/** The after-action report, drafted from the log of a day and nothing else; the next morning it reads the same. */
import { join } from "node:path";
import { writeAtomic } from "../host/atomic-file.ts";
import { sha256 } from "../host/digest.ts";
import { formatDuration, formatObjective } from "../host/units.ts";
import { Raw, renderPage, type Templates } from "../paper/format.ts";
import { readTemplates } from "../paper/templates.ts";
import { MILESTONES } from "../record.ts";
import { sealCheck } from "./day-seal.ts";
import { actionsOf, all, type DayEvent, type RunbookFault } from "./events.ts";
import { printable } from "./masking.ts";
import { MARK_OF, MILESTONE_MEANING, reached } from "./milestones.ts";
import {
  GRADES,
  MEANT_TO_BE_LOST,
  NOT_SCORED,
  type Score,
  type ScoredCapability,
  scoreOf,
  scoreText,
} from "./scoring.ts";
import { readLog } from "./session.ts";
import { ageText, textOf } from "./timeline.ts";
import { timelinePicture } from "./timeline-picture.ts";

export const AFTER_ACTION_FILE = "after-action.md";

/** What the hot wash asks, at once and for half an hour at most. */
export const QUESTIONS = [
  "What surprised us?",
  "Where did we wait?",
  "Which line of the runbook was wrong, and how should it read?",
  "What one thing do we stop doing?",
] as const;
export const RUNBOOK_QUESTION = QUESTIONS[2];

const moment = (at: string | undefined) =>
  at === undefined ? "not reached" : `${at.slice(0, 19).replace("T", " ")} UTC`;
const duration = (ms: number | null | undefined) =>
  ms === null || ms === undefined ? "not measured" : formatDuration(ms);

/** A line that failed, or an answer `old => new`, as a diff that somebody can apply by hand. */
function diffOf({ before, after }: RunbookFault): Raw {
  const lines = (text: string, sign: string) => text.split("\n").map((line) => `${sign}${line}`);
  return new Raw([...lines(before, "-"), ...(after === "" ? ["+(what it should say)"] : lines(after, "+"))].join("\n"));
}

/** Of an answer to the runbook's question: `old line => new line`. */
export function proposedIn(answer: string): RunbookFault | null {
  const [, before, after] = /^(.*?)\s*(?:=>|→)\s*(.*)$/s.exec(answer.trim()) ?? [];
  if (before === undefined || after === undefined || before === "") return null;
  return { page: "hot wash", before, after, because: "proposed by the team" };
}

function milestoneRows(events: readonly DayEvent[]) {
  const found = reached(events);
  const told = all(events, "milestone");
  // In the order in which they were reached: what should have come first and did not, shows.
  const order = [...MILESTONES].sort((a, b) => (found[a] ?? Number.MAX_VALUE) - (found[b] ?? Number.MAX_VALUE));
  return order.map((milestone) => {
    const last = told.findLast((one) => one.milestone === milestone);
    const at = found[milestone];
    return {
      meaning: MILESTONE_MEANING[milestone],
      mark: MARK_OF[milestone] ?? "",
      at: at === undefined ? "not reached" : formatDuration(at),
      because: last === undefined ? "" : `${last.role}, ${last.because}`,
    };
  });
}

/** The longest stretches between one milestone and the next, in words. */
function waits(events: readonly DayEvent[]): string[] {
  const found = Object.entries(reached(events)).sort(([, a], [, b]) => a - b);
  const steps = found.map(([name, at], i) => ({
    name,
    from: found[i - 1]?.[0] ?? "the damage",
    ms: at - (found[i - 1]?.[1] ?? 0),
  }));
  const longest = [...steps]
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 3)
    .filter(({ ms }) => ms > 0);
  const paused = all(events, "stage").filter(({ stage }) => stage === "paused").length;
  return [
    ...longest.map(({ name, from, ms }) => `${formatDuration(ms)} from ${from} to ${name}`),
    ...(paused > 0
      ? [`the clock was paused ${paused} time${paused === 1 ? "" : "s"} for something real; that time isn't counted`]
      : []),
    ...(longest.length === 0 ? ["no milestone was reached"] : []),
  ];
}

function strengthsAndGaps(score: Score | null, events: readonly DayEvent[]): { strengths: string[]; gaps: string[] } {
  if (score === null) return { strengths: [], gaps: ["the day wasn't played to the end"] };
  const found = reached(events);
  // Points for what there was not to do are no strength, and neither is a good grade for a part that nobody saw.
  const didIt = ({ name, unscored }: ScoredCapability) =>
    unscored === 0 &&
    (name !== "contain" || found.contained !== undefined) &&
    (name !== "preserve" || found.preserved !== undefined);
  const good = score.capabilities.filter((one) => one.grade === GRADES[0] && didIt(one));
  const weak = score.capabilities.filter(({ grade }) => grade !== GRADES[0] && grade !== NOT_SCORED);
  const traps = all(events, "trap").map(({ say }) => say);
  const strengths = good.map(({ name, because }) => `${name}: ${because}`);
  const gaps = [...weak.map(({ name, because }) => `${name}: ${because}`), ...traps];
  return {
    strengths,
    gaps: gaps.length === 0 ? ["none found in the log; the hot wash may add some"] : gaps,
  };
}

const failsText = (fails: number) => (fails === 0 ? "no hard fail" : `${fails} hard fail${fails === 1 ? "" : "s"}`);

/** Reasons can be as long as a list of tables; the whole of it stands further down. */
const cut = (text: string) => (text.length <= 140 ? text : `${text.slice(0, 140).replace(/\s+\S*$/, "")} …`);

function summary(events: readonly DayEvent[], score: Score | null): string {
  const judged = all(events, "judged").at(-1);
  if (judged === undefined || !all(events, "stage").some(({ stage }) => stage === "alarm")) {
    const over = all(events, "stage").findLast(({ stage }) => stage === "over");
    return `The day was not judged: ${over?.because ?? judged?.reasons[0] ?? "it wasn't finished"}.`;
  }
  const began = all(events, "day-began")[0];
  const source = all(events, "source").at(-1);
  const hints = all(events, "hint").length;
  return [
    `The verdict is ${judged.verdict}: ${cut(judged.reasons[0] ?? "")}.`,
    ...(judged.drilled?.isRecoverable === false ? [MEANT_TO_BE_LOST] : []),
    source === undefined ? "No copy was fetched." : `The data came from ${source.name}, ${ageText(source.ageMs)}.`,
    judged.rtaMs === null
      ? "The application was never reopened."
      : `The application was reopened after ${formatDuration(judged.rtaMs)} (objective ${formatObjective(began?.objectives.rtoMs ?? 0)}).`,
    `Hints used: ${hints}; ${failsText(score?.hardFails.length ?? 0)}.`,
  ].join(" ");
}

/** The day from line to line. A milestone that moved on is told where it came to rest, a correction always. */
function timelineOf(events: readonly DayEvent[]): { at: string; text: string }[] {
  const last = new Map(all(events, "milestone").map((event) => [event.milestone, event.seq]));
  return events.flatMap((event) => {
    if (event.kind === "answer" || event.kind === "day-began") return [];
    if (event.kind === "milestone" && event.from !== "scribe" && last.get(event.milestone) !== event.seq) return [];
    const text = textOf(event, "facilitator");
    return text === null ? [] : [{ at: (event.kind === "command" ? event.beganAt : event.at).slice(11, 19), text }];
  });
}

/** What is said of the day itself, before anything of how it went. */
function headOf(events: readonly DayEvent[]) {
  const began = all(events, "day-began")[0];
  const revealed = all(events, "revealed").at(-1);
  const level = { known: "a known scenario", family: "a known family", blind: "blind" }[began?.level ?? "blind"];
  const roles = all(events, "joined").map(({ role, name }) => (name === undefined ? role : `${role} (${name})`));
  return {
    title: revealed?.title ?? "a game day",
    scenario: revealed?.scenario ?? "not revealed",
    dayId: began?.dayId ?? "",
    level: `${level}${began?.solo ? ", solo" : ""}`,
    engine: began?.engine ?? "",
    began: moment(began?.at),
    ended: moment(events.at(-1)?.at),
    roles: roles.length === 0 ? "nobody joined" : [...new Set(roles)].join(", "),
    carried: began?.carried ?? [],
    seal: new Raw(began?.seal ?? ""),
    check: new Raw(revealed === undefined ? "# not revealed" : sealCheck(revealed.salt, revealed.sha256)),
    lines: events.length,
    logHash: new Raw(sha256(JSON.stringify(events.at(-1) ?? {})).slice(0, 16)),
  };
}

/** What the day would have meant, had it been real; the verdict decides which sentence is true. */
function meaning(events: readonly DayEvent[]): string {
  const judged = all(events, "judged").at(-1);
  if (judged === undefined) return "";
  const isBack = judged.verdict === "recovered" || judged.verdict === "late";
  const down = judged.rtaMs === null ? "never came back" : `was down for ${formatDuration(judged.rtaMs)}`;
  const age = judged.rpaMs === null ? "" : ` What was restored was ${formatDuration(judged.rpaMs)} old.`;
  return isBack
    ? `Had it been real, the application ${down}. In the data: ${judged.rows}.${age}`
    : `Had it been real, the data would not be whole: ${judged.rows}. The application ${down}.${age}`;
}

/** The lesson first: what repairs it, what a good team does, and which temptations of this night caught the team. */
function lessonOf(events: readonly DayEvent[]) {
  const lesson = all(events, "judged").at(-1)?.lesson;
  const sprung = all(events, "trap").map(({ say }) => say);
  const path = lesson?.path ?? [];
  return {
    meaning: meaning(events),
    repairs: path.filter(({ phase }) => phase === "restore").map(({ what }) => what),
    path: path.map(({ phase, what }) => ({ phase, what })),
    traps: (lesson?.traps ?? []).map(({ say, cost }) => ({ say, cost, sprung: sprung.includes(say) })),
  };
}

/** The view that `reports/after-action.md.hbs` prints. */
function afterActionView(events: readonly DayEvent[]) {
  const began = all(events, "day-began")[0];
  const judged = all(events, "judged").at(-1);
  const score = scoreOf(events);
  const answers = all(events, "answer");
  const runbook = [
    ...(judged?.runbook ?? []),
    ...answers
      .filter(({ question }) => question === RUNBOOK_QUESTION)
      .flatMap(({ answer }) => proposedIn(answer) ?? []),
  ];
  const objectives = began?.objectives;
  return {
    ...headOf(events),
    ...lessonOf(events),
    unscored: (score?.capabilities ?? [])
      .filter(({ unscored }) => unscored > 0)
      .map(({ name, unscored, because }) => ({ name, unscored, because })),
    verdict: (judged?.verdict ?? "void").toUpperCase(),
    score:
      score === null
        ? "none"
        : `${scoreText(score)}${score.hardFails.length > 0 ? ", FAILED: see the hard fails" : ""}`,
    summary: summary(events, score),
    hardFails: score?.hardFails ?? [],
    objectives: [
      {
        name: "RTO",
        objective: duration(objectives?.rtoMs),
        people: duration(judged?.rtaMs),
        machine:
          judged?.machineRtaMs == null
            ? `never drilled: fogbell run ${headOf(events).scenario}`
            : duration(judged.machineRtaMs),
      },
      {
        name: "RPO",
        objective: duration(objectives?.rpoMs),
        people: duration(judged?.rpaMs),
        machine: "the same probe",
      },
    ],
    rows: judged?.rows ?? "",
    reasons: judged?.reasons ?? [],
    milestones: milestoneRows(events),
    corrections: all(events, "milestone")
      .filter(({ from }) => from === "scribe")
      .map(
        ({ at, role, milestone, playedMs, because }) =>
          `${at.slice(11, 19)} ${role}: ${milestone} ${playedMs === null ? "struck" : `set to ${formatDuration(playedMs)}`} (${because})`,
      ),
    capabilities: score?.capabilities ?? [],
    deductions: score?.deductions ?? [],
    ...strengthsAndGaps(score, events),
    waits: waits(events),
    answers: QUESTIONS.map((question) => ({
      question,
      answer: answers.findLast((one) => one.question === question)?.answer ?? "",
    })),
    runbook: runbook.map((fault) => ({ page: fault.page, because: fault.because, diff: diffOf(fault) })),
    actions: actionsOf(events),
    timeline: timelineOf(events),
  };
}

export function renderAfterAction(events: readonly DayEvent[], templates: Templates): Promise<string> {
  return renderPage(templates, afterActionView(events)).then(printable);
}

/** As a page, with the day as a picture; the words are those of the markdown. */
async function afterActionHtml(events: readonly DayEvent[], markdown: string): Promise<string> {
  const { pageHtml } = await import("../paper/report-html.ts");
  const picture = timelinePicture(events);
  const verdict = all(events, "judged").at(-1)?.verdict ?? "void";
  const html = await pageHtml({
    title: `After-action report: ${headOf(events).title}`,
    badge: { text: verdict.toUpperCase(), good: verdict === "recovered" },
    charts: picture === null ? [] : [picture],
    markdown,
  });
  return printable(html);
}

/** Drafts it again from the log, as markdown, page and PDF, and returns the markdown. */
export async function writeAfterAction(folder: string, working: string = process.cwd()): Promise<string> {
  const events = await readLog(folder);
  const text = await renderAfterAction(
    events,
    await readTemplates("reports", working, AFTER_ACTION_FILE.concat(".hbs")),
  );
  await writeAtomic(join(folder, AFTER_ACTION_FILE), text);
  await writeAtomic(join(folder, "after-action.html"), await afterActionHtml(events, text));
  // Where there is no typesetter for this machine, the page can be printed.
  const { pdf } = await import("../paper/pdf.ts");
  const made = await pdf(text, `After-action report: ${headOf(events).title}`, "a4").catch(() => null);
  if (made !== null) await writeAtomic(join(folder, "after-action.pdf"), made);
  return text;
}
