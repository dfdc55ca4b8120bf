/** The seal on a blind scenario: shown before, opened after, so that everybody can see that nobody changed it. Pure. */
import { sha256 } from "../host/digest.ts";

/** What `echo "SALT HASH" | sha256sum` prints: anybody can check it without us. */
export function sealOf(salt: string, scenarioHash: string): string {
  return sha256(`${salt} ${scenarioHash}\n`);
}

/** How a person checks it. */
export const sealCheck = (salt: string, scenarioHash: string) => `echo "${salt} ${scenarioHash}" | sha256sum`;
