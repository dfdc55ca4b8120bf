/** Field builders that parts and the scenario schema share: text in YAML, numbers in code. */
import { z } from "zod";
import { DURATION_PATTERN, parseDuration, parseSize, SIZE_PATTERN } from "./host/units.ts";

/** `15m` in YAML, milliseconds in code. */
export function duration() {
  return z
    .string()
    .regex(DURATION_PATTERN, 'a duration such as "250ms", "15m", "1h30m" or "61d" is needed')
    .transform((text) => parseDuration(text) ?? 0);
}

/** `5GiB` in YAML, bytes in code. */
export function size() {
  return z
    .string()
    .regex(SIZE_PATTERN, 'a size such as "500MB" or "5GiB" is needed')
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
