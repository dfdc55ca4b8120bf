/** Events of a game day as lines for people: the live timeline, and the one of the report. Pure. */
import { formatDuration } from "../host/units.ts";
import type { DayEvent, DayOf } from "./events.ts";
import { printable } from "./masking.ts";
import { MILESTONE_MEANING } from "./milestones.ts";

/** Who may see it: responders live in the story, facilitators above it. */
export type Eyes = "responder" | "observer" | "facilitator";

const clock = (at: string) => at.slice(11, 19);

/** How old a copy was when the damage happened; a replica may have gone on after it. */
export const ageText = (ageMs: number): string =>
  ageMs < 0 ? `${formatDuration(-ageMs)} younger than the damage` : `${formatDuration(ageMs)} older than the damage`;

/** Longer than this is a page that was pasted: its beginning says which. */
const LONGEST_CHARS = 160;

function commandText({ text, printed }: DayOf<"command">): string {
  if (printed !== undefined) return `(as printed) ${printed}`;
  const line = text.replaceAll("\n", "⏎");
  return line.length <= LONGEST_CHARS ? line : `${line.slice(0, LONGEST_CHARS)}…`;
}

function milestoneText({ milestone, playedMs, from, because }: DayOf<"milestone">): string {
  const mean = MILESTONE_MEANING[milestone];
  if (playedMs === null) return `STRUCK ${milestone}: ${because}`;
  const who = from === "scribe" ? "CORRECTED" : "REACHED";
  return `${who} ${milestone} at ${formatDuration(playedMs)}: ${mean} (${because})`;
}

/** A line without its time; null when these eyes should not see it. */
export function textOf(event: DayEvent, eyes: Eyes): string | null {
  const above = eyes === "facilitator";
  switch (event.kind) {
    case "day-began":
      return `game day ${event.dayId} begins, ${event.level}; seal ${event.seal}`;
    case "stage":
      return `-- ${event.stage}: ${event.because}`;
    case "told":
      return event.to === "everybody" || above || eyes === "observer"
        ? `>> ${event.from}${event.to === "everybody" ? "" : ` (to ${event.to})`}: ${event.say}`
        : null;
    case "joined":
    case "left":
      return `${event.role} ${event.kind}`;
    case "command":
      return `${event.role} ${event.inside ? ">" : "$"} ${commandText(event)} [exit ${event.exitCode}, ${formatDuration(event.durationMs)}]`;
    case "said":
      return `${event.role} ${event.how}: ${event.text}${event.owner === undefined ? "" : ` (owner ${event.owner}, due ${event.due ?? "open"})`}`;
    case "milestone":
      return eyes === "responder" ? null : milestoneText(event);
    case "inject":
      if (event.what === "fired") return `>> to ${event.to}: ${event.say}`;
      return above ? `inject ${event.number} ${event.what} by ${event.by}` : null;
    case "hint":
      return `HINT ${event.step} (costs ${event.cost}): ${event.say}`;
    case "source":
      return eyes === "responder" ? null : `SOURCE ${event.name}: ${event.point}, ${ageText(event.ageMs)}`;
    case "trap":
      return above ? `TRAP (${event.cost}): ${event.say}` : null;
    case "judged":
      return `VERDICT ${event.verdict.toUpperCase()}: ${event.reasons[0] ?? ""}`;
    case "revealed":
      return `it was ${event.scenario}: ${event.title}`;
    case "answer":
      return `hot wash, ${event.question} ${event.answer}`;
    case "day-ended":
      return event.abandoned ? "the game day was abandoned" : "the game day is over";
  }
}

/** `12:03:44  text`, UTC. */
export function lineOf(event: DayEvent, eyes: Eyes): string | null {
  const text = textOf(event, eyes);
  return text === null ? null : `${clock(event.kind === "command" ? event.beganAt : event.at)}  ${printable(text)}`;
}

/** What is loud enough to interrupt a responder who types. */
export function isLoud(event: DayEvent): boolean {
  return ["told", "inject", "hint", "stage", "judged", "revealed", "day-ended"].includes(event.kind);
}
