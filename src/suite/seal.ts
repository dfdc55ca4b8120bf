/**
 * The seal on a run: an ed25519 signature over its journal, beside it. Everything else in the folder follows from the
 * journal, so that is what is checked against it. Keys are PEM files, as `openssl genpkey -algorithm ed25519` makes them.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { deriveResult, readJournal } from "../result/result.ts";

const JOURNAL = "journal.jsonl";
const SEAL = "journal.jsonl.sig";

async function journalOf(folder: string): Promise<Buffer> {
  const bytes = await readFile(join(folder, JOURNAL)).catch(() => null);
  if (bytes !== null) return bytes;
  throw new UsageError(`no journal in ${folder}`, {
    code: "FB_NO_JOURNAL",
    next: ["ls drill-results"],
  });
}

async function keyOf(file: string, make: (pem: Buffer) => KeyObject): Promise<KeyObject> {
  const pem = await readFile(file).catch(() => null);
  try {
    const key = make(pem ?? Buffer.alloc(0));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Said below, for every way in which a file is no such key; never with what stands in it.
  }
  throw new UsageError(`${file} ${pem === null ? "cannot be read" : "holds no ed25519 key in PEM"}`, {
    code: "FB_KEY",
    next: ["openssl genpkey -algorithm ed25519 -out key.pem", "openssl pkey -in key.pem -pubout -out key.pub.pem"],
  });
}

/** Signs a run's journal with a private key. Returns the file of the seal. */
export async function seal(folder: string, keyFile: string): Promise<string> {
  const journal = await journalOf(folder);
  const signature = sign(null, journal, await keyOf(keyFile, createPrivateKey));
  const file = join(folder, SEAL);
  await writeAtomic(file, `${signature.toString("base64")}\n`);
  return file;
}

export interface Verified {
  readonly folder: string;
  readonly runId: string;
  /** `null`: not asked, because no key was given. */
  readonly sealed: boolean | null;
  /** What is wrong; empty when the record is whole. */
  readonly faults: readonly string[];
}

/** Checks that a journal's chain holds to its end, that the result follows from it, and the seal when a key is given. */
export async function verifyRun(folder: string, keyFile: string | null): Promise<Verified> {
  const journal = await journalOf(folder);
  const text = journal.toString("utf8");
  const events = readJournal(text);
  const faults: string[] = [];
  if (events[0]?.kind !== "drill-began") {
    throw new UsageError(`the journal in ${folder} does not begin`, { code: "FB_NO_JOURNAL", next: [] });
  }
  const lines = text.split("\n").filter((line) => line !== "").length;
  if (lines !== events.length)
    faults.push(`the chain breaks at line ${events.length + 1} of ${lines}: a line is missing, added or changed`);
  if (events.at(-1)?.kind !== "drill-ended") faults.push("the journal does not come to its end");
  const result = deriveResult(events);
  const kept = await readFile(join(folder, "result.json"), "utf8").catch(() => null);
  if (kept === null) faults.push("result.json is not there");
  else if (kept !== `${JSON.stringify(result, null, 2)}\n`) faults.push("result.json does not follow from the journal");
  let sealed: boolean | null = null;
  if (keyFile !== null) {
    const key = await keyOf(keyFile, createPublicKey);
    const signature = await readFile(join(folder, SEAL), "utf8").catch(() => null);
    sealed = signature !== null && verify(null, journal, key, Buffer.from(signature, "base64"));
    if (signature === null) faults.push("it is not signed");
    else if (!sealed) faults.push("the signature is not that of this key over this journal");
  }
  return { folder, runId: result.runId, sealed, faults };
}
