/**
 * What was learnt about plain English, as rules that a test keeps. Each has the reason beside it: whoever breaks one for a
 * better reason changes the rule, not the sentence.
 */
import { piecesOf, type SyntaxNode, textOf, visit } from "./syntax.ts";

export interface Rule {
  readonly pattern: RegExp;
  readonly instead: string;
  readonly reason: string;
}

/** Phrases that made native readers stop. */
export const PHRASES: readonly Rule[] = [
  { pattern: /the moment that is asked about/, instead: "2h 02m old", reason: "an age is what people look for" },
  { pattern: /looked through/i, instead: "checked", reason: "the field says check" },
  { pattern: /hands out numbers/, instead: "no sequences", reason: "a riddle where a word exists" },
  { pattern: /does not verify\b/, instead: "is bad", reason: "a verdict has one word" },
  { pattern: /DOES NOT HOLD|\bHOLDS\b/, instead: "BAD, GOOD", reason: "a verdict has one word" },
  { pattern: /made to end\b/, instead: "expected verdict", reason: "nobody makes a drill end" },
  { pattern: /(more than one|it) falsif/i, instead: "timings are distorted", reason: "false accusation" },
  {
    pattern: /no recovery point is recognised/,
    instead: "no backup was recognised",
    reason: "people look for backups",
  },
  { pattern: /unable to be performed/, instead: "not performed", reason: "form language" },
  { pattern: /follows nobody/, instead: "doesn't replicate", reason: "the field says replicate" },
  { pattern: /(?:is|are|was|were) told of\b|tells of\b/, instead: "has, lists", reason: "archaic" },
  { pattern: /stay where it is put/, instead: "stays inside its database", reason: "a riddle" },
  { pattern: /to its end\?/, instead: "to the end", reason: "questions are no instructions" },
  { pattern: /handed out\b/, instead: "used", reason: "numbers are used" },
  { pattern: /goes on where/, instead: "resumes", reason: "the field says resume" },
  {
    pattern: /waits? (?:with|for) .*lost rows/,
    instead: "NOT VALID: parent rows are missing",
    reason: "a key does not wait",
  },
];

/** Words of the field beside what we used to say, for help and runbooks. */
export const WORDS: readonly Rule[] = [
  {
    pattern: /\bsomebody\b|\beverybody\b/i,
    instead: "someone, everyone, or the passive",
    reason: "reads as a riddle of who",
  },
  { pattern: /\bmend(?:s|ed)?\b/i, instead: "fix", reason: "software is fixed" },
  { pattern: /\bwhat lies\b|\blies in\b/i, instead: "is in", reason: "files do not lie" },
  { pattern: /\bwhole\?/i, instead: "complete", reason: "backups are complete or not" },
];

/** Longest sentence of help and of a runbook's step, in words. Read at night, by people in a hurry. */
export const LONGEST_SENTENCE = 32;

/** Sentences of a text, roughly: what stands between full stops that a space follows. */
export const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?])\s+/).filter((one) => one !== "");

/** The texts of a source that are for people: literals with several words. */
export function textsOf(source: string): string[] {
  const texts: string[] = [];
  visit(source, (node: SyntaxNode) => {
    const said = textOf(node) ?? (node.type === "TemplateLiteral" ? piecesOf(node).join("x") : undefined);
    if (said !== undefined && /[a-z]{2,} [a-z]{2,}/.test(said) && !/[\n$]/.test(said)) texts.push(said);
  });
  return texts;
}
