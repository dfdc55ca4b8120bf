/** What can be typed, for each role: at the desk, in a terminal that joined, and what only a facilitator may. Pure. */

const SAY = [
  "  note TEXT      for the record          decide TEXT    a decision",
  "  see TEXT       what you observe        tell TEXT      a message to outsiders",
  "  todo TEXT --owner WHO --due 2027-01-31    a follow-up action",
];
const LINES = "  Text is taken as you type or paste it: quotes, semicolons and > need no care.";
const ASK = [
  "  status         the clock               hint           the next hint; it costs points",
  "  runbook        all pages               runbook 1 9    one page, one step",
  "  pause, resume  for a real incident     end            when you're done",
];
const DESK = [
  "  db             the engine's client, on the damaged database",
  "  fogbell backups list, fetch POINT, check FILE",
  "  tell, then Enter                       several lines; end with a line that is only a dot",
  "  help NAME      the shell's own help: builtin help NAME",
];
const SCRIBE = [
  "  mark contained --at 12:03:20           corrects a milestone; --after 90s, --strike",
  "                                         status lists them",
];
const LEAD = ["  inject 2       send it now             hold 2, skip 2  keep it back, leave it out"];

/** Everybody hears what they can do; nobody hears what comes. */
export function helpFor(role: string): string {
  const isAtDesk = !["facilitator", "scribe", "observer", "comms", "commander"].includes(role);
  return [
    `You are: ${role}. Type one of these:`,
    ...SAY,
    LINES,
    ...ASK,
    ...(isAtDesk ? DESK : SCRIBE),
    ...(role === "facilitator" ? LEAD : []),
  ].join("\n");
}
