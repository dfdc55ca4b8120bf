/** What is wrong with a file as YAML, before anyone asks whether it is a scenario. Linear, however the file is made. Pure. */
import { type Document, isAlias, isMap, isScalar, type LineCounter, type Node, visit, type YAMLMap } from "yaml";
import type { Issue } from "../errors.ts";
import { positionAt } from "./positions.ts";

/** After a slip in the syntax a parser complains about all that follows; the first complaints are the useful ones. */
const MOST_FAULTS = 20;

type Blame = (node: unknown, message: string) => void;

/** Every fault; of very many the first, and how many there are. `document` was parsed with `uniqueKeys: false`. */
export function syntaxFaults(document: Document, counter: LineCounter): Issue[] {
  const faults = [...document.errors, ...document.warnings].map(
    (fault): Issue => ({ ...positionAt(counter, fault.pos[0]), path: "", message: fault.message }),
  );
  const blame: Blame = (node, message) => {
    const offset = (node as Node | null)?.range?.[0] ?? 0;
    faults.push({ ...positionAt(counter, offset), path: "", message });
  };
  // The directive would turn yes, no, on and off into true and false.
  if (document.directives?.yaml.version !== "1.2") blame(null, "a scenario is YAML 1.2; remove the %YAML line");
  if (faults.length === 0) look(document, blame);
  const next = faults[MOST_FAULTS];
  if (next === undefined) return faults;
  const more = `and from here ${faults.length - MOST_FAULTS} more; mend the first and look again`;
  return [...faults.slice(0, MOST_FAULTS), { ...next, message: more }];
}

function look(document: Document, blame: Blame): void {
  const anchors = new Set<string>();
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        if (!anchors.has(node.source)) blame(node, `nothing is called &${node.source} before this alias`);
        return;
      }
      if (node.anchor !== undefined) anchors.add(node.anchor);
      if (isMap(node)) keys(node, blame);
    },
  });
}

/** The parser's own check for duplicates compares each key with each, and takes minutes for a map of a megabyte. */
function keys(map: YAMLMap, blame: Blame): void {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) blame(key, "a key is a single word");
    else if (seen.has(String(key.value))) blame(key, `duplicate key "${String(key.value)}"`);
    else seen.add(String(key.value));
  }
}
