/** What a scenario tells of its game day: what people see, who asks them what, which hints there are and what they cost. */
import { z } from "zod";
import { duration } from "../fields.ts";
import { MILESTONES, type Milestone } from "../record.ts";

const example = <T extends z.ZodType>(type: T, text: string, ...examples: unknown[]): T =>
  type.describe(text).meta({ description: text, examples }) as T;

const sentence = (longest: number) => z.string().min(1).max(longest);

const milestone = () => z.enum(MILESTONES);

const pattern = () =>
  sentence(200).refine(
    (text) => {
      try {
        return new RegExp(text, "i") instanceof RegExp;
      } catch {
        return false;
      }
    },
    { error: "a regular expression is needed" },
  );

const points = () => z.int().min(0).max(100);

const symptom = z.strictObject({
  from: example(sentence(60), "Who says it.", "pager"),
  say: example(sentence(500), "What people read when it happens.", "checkout: relation does not exist"),
});

const inject = z.strictObject({
  at: example(
    duration().optional(),
    "So long after the damage; paused time does not count. Default: as soon as `when` allows.",
    "8m",
  ),
  when: example(milestone().optional(), "Not before this milestone. Default: whatever was reached.", "restore-began"),
  unless: example(milestone().optional(), "Not after this milestone. Default: whatever was reached.", "preserved"),
  to: example(z.string().default("everybody"), "Which role it is said to.", "comms"),
  say: example(sentence(500), "What somebody says.", "The CFO asks whether money is lost."),
});

const hint = z.strictObject({
  cost: example(points(), "Points it costs the team.", 5),
  say: example(sentence(300), "A question first, then a pointer, then a step.", "What does the newest row say?"),
});

/** What people can fall for. */
export const TRAP_KINDS = [
  "restore-before-preserve",
  "reopen-before-verify",
  "source-used",
  "pruned",
  "command",
] as const;
export type TrapKind = (typeof TRAP_KINDS)[number];

const trap = z.strictObject({
  when: example(
    z.enum(TRAP_KINDS),
    "What falls into it: restoring before the evidence is copied, reopening before verifying, using `source`, letting the pruning job run, a command that matches.",
    "source-used",
  ),
  source: example(z.string().optional(), "With source-used: the backup's name. Default: none.", "old-export"),
  matches: example(
    pattern().optional(),
    "With command: a regular expression over one command. Default: none.",
    "migrate",
  ),
  cost: example(points(), "Points it costs the team.", 20),
  say: example(
    sentence(300),
    "What the after-action report says of it.",
    "The first copy that was found was two months old.",
  ),
});

const sign = z.strictObject({
  shows: example(milestone(), "The milestone.", "detected"),
  matches: example(pattern(), "A regular expression over one command, whatever its case.", "from orders"),
});

/** The `gameday` key. @internal */
export const gamedaySchema = z.strictObject({
  briefing: example(
    z.string().max(1000).default(""),
    "What the team is told before anything happens.",
    "You are on call for the shop. It is Tuesday, 02:10.",
  ),
  symptoms: example(
    z.array(symptom).min(1),
    "What reaches people when it happens, as they would see it: a pager, an application's error, an angry customer.",
    [{ from: "pager", say: "checkout fails for everybody" }],
  ),
  injects: example(
    z.array(inject).default([]),
    "What somebody says while people work. Default: nobody says anything.",
    [{ at: "8m", say: "When will it be back?" }],
  ),
  hints: example(z.array(hint).max(5).default([]), "Help, weakest first; never forced.", [
    { cost: 5, say: "What is missing?" },
  ]),
  traps: example(z.array(trap).default([]), "Wrong moves worth naming, and what they cost.", [
    { when: "reopen-before-verify", cost: 20, say: "It was opened before anybody looked." },
  ]),
  milestones: example(
    z.array(sign).default([]),
    "Commands that show a milestone in this story, beside those that the engine knows.",
    [{ shows: "detected", matches: "from orders" }],
  ),
});

export interface GamedayStory {
  readonly briefing: string;
  readonly symptoms: readonly { readonly from: string; readonly say: string }[];
  readonly injects: readonly Inject[];
  readonly hints: readonly { readonly cost: number; readonly say: string }[];
  readonly traps: readonly Trap[];
  readonly milestones: readonly { readonly shows: Milestone; readonly matches: string }[];
}

export interface Inject {
  /** Milliseconds after the damage. */
  readonly at?: number | undefined;
  readonly when?: Milestone | undefined;
  readonly unless?: Milestone | undefined;
  readonly to: string;
  readonly say: string;
}

export interface Trap {
  readonly when: TrapKind;
  readonly source?: string | undefined;
  readonly matches?: string | undefined;
  readonly cost: number;
  readonly say: string;
}
