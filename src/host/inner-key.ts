/** Which keys a run may write: those that stay below its own prefix whatever a file system or a server makes of them. */
import { RefusedError } from "../errors.ts";
import { LABEL_NAME } from "./label.ts";

/** Throws RefusedError for a key that leads out of `place`, is not one plain path, or would overwrite the run's label. */
export function assertInner(key: string, place: string): void {
  const segments = key.split("/");
  if (!key.includes("\0") && segments.every((segment) => !["", ".", "..", LABEL_NAME].includes(segment))) return;
  throw new RefusedError(`the key "${key}" leads out of ${place}, or over its label`, { code: "FB_KEY_ESCAPES" });
}
