/** Events of a day as a board shows them: text and a few plain fields, and nothing that these eyes should not see. Pure. */
import type { DayEvent } from "./events.ts";
import { printable } from "./masking.ts";
import { type Eyes, textOf } from "./timeline.ts";

export interface BoardEvent {
  readonly id: number;
  readonly at: string;
  readonly kind: DayEvent["kind"];
  /** Plain text: whoever shows it must not read it as anything else. */
  readonly text: string;
  readonly role?: string;
  readonly name?: string;
  readonly how?: string;
  readonly to?: string;
  readonly from?: string;
  readonly stage?: string;
  readonly milestone?: string;
  readonly playedMs?: number | null;
  readonly say?: string;
  readonly verdict?: string;
  readonly objectives?: { readonly rtoMs: number; readonly rpoMs: number };
}

/** The fields that a page tells things apart by, of those that a kind has. */
function fieldsOf(event: DayEvent): Partial<BoardEvent> {
  switch (event.kind) {
    case "day-began":
      return { objectives: { rtoMs: event.objectives.rtoMs, rpoMs: event.objectives.rpoMs } };
    case "stage":
      return { stage: event.stage };
    case "told":
      return { from: printable(event.from), to: printable(event.to), say: printable(event.say) };
    case "joined":
    case "left":
      return { role: printable(event.role), ...(event.name === undefined ? {} : { name: printable(event.name) }) };
    case "command":
      return { role: printable(event.role) };
    case "said":
      return { role: printable(event.role), how: event.how, say: printable(event.text) };
    case "milestone":
      return { milestone: event.milestone, playedMs: event.playedMs };
    case "inject":
      return event.what === "fired" ? { to: printable(event.to), say: printable(event.say) } : {};
    case "judged":
      return { verdict: event.verdict };
    default:
      return {};
  }
}

/** Null for what these eyes should not see. */
export function boardEvent(event: DayEvent, eyes: Eyes): BoardEvent | null {
  const text = textOf(event, eyes);
  if (text === null) return null;
  return { id: event.seq, at: event.at, kind: event.kind, text: printable(text), ...fieldsOf(event) };
}
