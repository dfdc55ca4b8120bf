/** How long a bucket keeps its objects: by what it said while they were read, else by its lifecycle rules. */
import { GetBucketLifecycleConfigurationCommand, type LifecycleRule } from "@aws-sdk/client-s3";
import type { Keeping, StoredObject } from "../parts.ts";
import { type ObjectNotes, objectName, type Place, sending } from "./s3-client.ts";

const DAY_MS = 86_400_000;

/** `expiry-date="Fri, 21 Dec 2012 00:00:00 GMT", rule-id="picture%20deletion"`; null for anything else. */
export function readExpiration(text: string | undefined): { at: string; rule: string } | null {
  const [, date = "", rule = ""] = /expiry-date="([^"]+)"(?:.*rule-id="([^"]*)")?/.exec(text ?? "") ?? [];
  const atMs = Date.parse(date);
  if (Number.isNaN(atMs)) return null;
  return { at: new Date(atMs).toISOString(), rule: plain(rule) };
}

function plain(rule: string): string {
  try {
    return decodeURIComponent(rule);
  } catch {
    return rule;
  }
}

/** Rules work at midnight, UTC: what is due during a day goes at its end. */
const atMidnight = (ms: number) => new Date(Math.ceil(ms / DAY_MS) * DAY_MS).toISOString();

/** Whether a rule is about an object; one with tags may be, which only a request for each object would tell. */
function applies(rule: LifecycleRule, key: string, sizeBytes: number): boolean {
  const { Filter: filter, Status: status } = rule;
  const and = filter?.And;
  if (status !== "Enabled" || filter?.Tag !== undefined || (and?.Tags?.length ?? 0) > 0) return false;
  const prefix = rule.Prefix ?? filter?.Prefix ?? and?.Prefix ?? "";
  const over = filter?.ObjectSizeGreaterThan ?? and?.ObjectSizeGreaterThan ?? -1;
  const under = filter?.ObjectSizeLessThan ?? and?.ObjectSizeLessThan ?? Number.POSITIVE_INFINITY;
  return key.startsWith(prefix) && sizeBytes > over && sizeBytes < under;
}

/** When a rule removes such an object; null: it does not. A version that was superseded goes by a clock of its own. */
function dueAt(rule: LifecycleRule, { modifiedAt }: StoredObject, told: ObjectNotes | undefined): string | null {
  const superseded = told?.supersededAt;
  const noncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays;
  if (superseded !== undefined) {
    return noncurrentDays === undefined ? null : atMidnight(superseded.getTime() + noncurrentDays * DAY_MS);
  }
  const { Days: days, Date: date } = rule.Expiration ?? {};
  if (date !== undefined) return date.toISOString();
  return days === undefined ? null : atMidnight(Date.parse(modifiedAt) + days * DAY_MS);
}

/** The expiry of an object by the bucket's rules, the earliest of them. Pure. */
export function expiryByRules(
  rules: readonly LifecycleRule[],
  object: StoredObject,
  { prefix, told }: { prefix: string; told?: ObjectNotes | undefined },
): { at: string; rule: string } | null {
  const due = rules
    .filter((rule) => applies(rule, prefix + object.key, object.sizeBytes))
    .flatMap((rule) => {
      const at = dueAt(rule, object, told);
      return at === null ? [] : [{ at, rule: rule.ID ?? "" }];
    });
  return due.sort((a, b) => (a.at < b.at ? -1 : 1))[0] ?? null;
}

/** What is only good to know is not waited for longer. */
const PATIENT_MS = 30_000;

/** The bucket's rules; none when it has none, or nobody may read them. That is no fault: objects are read all the same. */
async function rulesOf({ client, bucket }: Place, signal: AbortSignal): Promise<readonly LifecycleRule[]> {
  try {
    const patient = AbortSignal.any([signal, AbortSignal.timeout(PATIENT_MS)]);
    const answer = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }), sending(patient));
    return answer.Rules ?? [];
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

/** One request, whatever the number of objects. */
export async function keepingOf(place: Place, signal: AbortSignal): Promise<(object: StoredObject) => Keeping> {
  const rules = await rulesOf(place, signal);
  return (object) => {
    const told = place.told.get(objectName(object));
    const expiry = readExpiration(told?.expiration) ?? expiryByRules(rules, object, { prefix: place.prefix, told });
    const mode = told?.lockMode?.toLowerCase() ?? "";
    return {
      expiresAt: expiry?.at ?? null,
      expiresBy: expiry === null ? null : `lifecycle rule ${expiry.rule}`.trim(),
      lockedUntil: told?.isHeld === true ? null : (told?.lockedUntil?.toISOString() ?? null),
      lockedBy: told?.isHeld === true ? "legal hold" : told?.lockedUntil === undefined ? null : `object lock, ${mode}`,
    };
  };
}
