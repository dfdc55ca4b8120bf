/** Field builders that parts and the scenario schema share: text in YAML, numbers in code. */
import { z } from "zod";
import { DURATION_PATTERN, parseDuration, parseSize, SIZE_PATTERN } from "./host/units.ts";

/** A century: longer is a slip of the finger, and would leave the range of dates. */
const LONGEST_MS = 36_500 * 86_400_000;
const A_DURATION = 'a duration such as "250ms", "15m", "1h30m" or "61d" is needed';
const A_SIZE = 'a size such as "500MB" or "5GiB" is needed';

/** `15m` in YAML, milliseconds in code. Never more than a century. */
export function duration() {
  return z
    .string({ error: A_DURATION })
    .regex(DURATION_PATTERN, A_DURATION)
    .refine((text) => !DURATION_PATTERN.test(text) || (parseDuration(text) ?? Infinity) <= LONGEST_MS, {
      error: "a duration has at most 36500d",
    })
    .transform((text) => parseDuration(text) ?? 0);
}

/** `15m` in YAML and in code, for what is read more than once: `parseDuration` makes milliseconds of it. */
export function durationText() {
  return z.string({ error: A_DURATION }).regex(DURATION_PATTERN, A_DURATION);
}

/** `5GiB` in YAML, bytes in code. Never more than can be counted exactly. */
export function size() {
  return z
    .string({ error: A_SIZE })
    .regex(SIZE_PATTERN, A_SIZE)
    .refine((text) => !SIZE_PATTERN.test(text) || (parseSize(text) ?? Infinity) <= Number.MAX_SAFE_INTEGER, {
      error: "a size has at most 8191TiB",
    })
    .transform((text) => parseSize(text) ?? 0);
}

/** `orders` or `schema.orders`; any name the engine allows, without control characters. */
export function tableName() {
  return z
    .string()
    .min(1)
    .max(127)
    .regex(/^[^\p{Cc}]+$/u, "a table name without control characters is needed")
    .meta({ examples: ["orders", "sales.orders"] });
}

/** SQL of the scenario's own. */
export function sqlText(description: string) {
  return z.string().min(1).max(20_000).describe(description);
}
