/**
 * What an object is that no method takes: told from its first bytes below all layers, from what is in an archive, and from
 * the layout that it lies in. Whose fault it is follows from the kind, never from the sentence. Pure, and total.
 */

import { messageOf } from "../host/dump-messages.ts";
import { packingWords } from "../host/packing.ts";
import { endsInReturns, type View } from "../host/unpack-head.ts";
import { formsOfArchives, formsOfLayouts } from "./foreign-layouts.ts";
import { SIGNATURES } from "./foreign-signatures.ts";
import type { Form, FormKind } from "./form.ts";

/** Kinds that prove that the job left no backup there. */
const FAULTS: readonly FormKind[] = ["empty", "message", "damaged"];
export const isFault = ({ kind }: Form): boolean => FAULTS.includes(kind);

export interface Unrecognised {
  readonly key: string;
  readonly sizeBytes: number;
  /** As it is stored. */
  readonly head: Buffer;
  readonly views: readonly View[];
  /** Names of parts that are missing, where it is in parts. */
  readonly holes?: readonly string[];
}

/** What is told by the shape of bytes, whatever form they claim. */
function damageOf({ head, sizeBytes, views }: Unrecognised): Form | null {
  const look = ["look at the job that makes it, and at its exit code"];
  if (sizeBytes === 0) return { kind: "empty", name: "empty", next: look };
  if (head.length > 0 && head.every((byte) => byte === 0))
    return {
      kind: "damaged",
      name: "filled with zeros: a disk that was full, or a write that was never finished",
      next: look,
    };
  // Of bytes at random every one is preceded by a carriage return once in a long life.
  if (head.includes(0) && endsInReturns(head, 4))
    return {
      kind: "damaged",
      name: "damaged: its line ends were changed by a terminal (docker exec -t, or a text mode), and it is no text",
      next: [
        "leave out -t: docker exec without a terminal, ssh without -t",
        "sed 's/\\r$//' FILE >MENDED, which may bring this one back",
      ],
    };
  const [first] = views;
  if (first?.bytes.length === 0 && first.packing.length > 0) {
    const words = packingWords(first.packing);
    if (first.isWhole) return { kind: "empty", name: `empty: ${words} around nothing`, next: look };
    const isAll = head.length >= sizeBytes;
    if (isAll)
      return { kind: "damaged", name: `damaged: cut off or changed within the first bytes of ${words}`, next: look };
    return {
      kind: first.broken === null ? "unknown" : "damaged",
      name:
        first.broken === null ? `packed with ${words} in a way that is not read here` : `damaged: no ${words} inside`,
      next: look,
    };
  }
  return null;
}

function signatureOf(view: View): Form | null {
  const text = view.bytes.toString("latin1", 0, 4096);
  const form = SIGNATURES.find(({ is }) => is(view.bytes, text))?.form;
  return form === undefined ? null : typeof form === "function" ? form(text) : form;
}

/** What it is, and what to type next. */
export function formOf(object: Unrecognised): Form {
  const { holes = [] } = object;
  if (holes.length > 0)
    return {
      kind: "damaged",
      name: `in parts, of which ${holes.join(", ")} missing`,
      next: ["look for the missing part, and at the job that copies them"],
    };
  const damage = damageOf(object);
  if (damage !== null) return damage;
  for (const view of object.views) {
    const found = formsOfArchives(view) ?? signatureOf(view);
    if (found !== null) return found;
  }
  const layout = formsOfLayouts(object.key);
  if (layout !== null) return layout;
  const text = object.views[0]?.bytes.toString("utf8", 0, 2000) ?? "";
  const message = messageOf(text);
  if (message !== null)
    return {
      kind: "message",
      name: `no dump but a message of the dump program: "${message}"`,
      next: ["look at the job that makes it, and at its exit code"],
    };
  return {
    kind: "unknown",
    name: "no backup that Fogbell recognises",
    next: ["look at its first bytes: head -c 256 FILE | od -c"],
  };
}

/** The sentence for people. */
export const formWords = (form: Form): string =>
  form.kind === "encrypted" ? `${form.name}: decrypt it first` : form.name;
