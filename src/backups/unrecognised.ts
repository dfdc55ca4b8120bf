/** Why an object is no recovery point, as far as its first bytes tell. Pure. */

const text = (head: Uint8Array, length: number) => Buffer.from(head.subarray(0, length)).toString("latin1");

/**
 * Ways in which backups are encrypted, by their first bytes. Sources: RFC 9580 (packet tags 1 and 3, and ASCII armour),
 * the age specification (C2SP), OpenSSL's `enc`.
 */
const ENCRYPTED: readonly (readonly [string, (head: Uint8Array) => boolean])[] = [
  [
    "encrypted with age",
    (head) => /^(age-encryption\.org\/v1\n|-----BEGIN AGE ENCRYPTED FILE-----)/.test(text(head, 40)),
  ],
  [
    "encrypted with OpenPGP (gpg)",
    (head) => text(head, 27) === "-----BEGIN PGP MESSAGE-----" || [0x84, 0x85, 0x8c, 0xc1, 0xc3].includes(head[0] ?? 0),
  ],
  ["encrypted with openssl", (head) => text(head, 8) === "Salted__"],
];

/** One line for a person: what it is, or that nobody knows. */
export function whyUnrecognised(head: Uint8Array, sizeBytes: number): string {
  if (sizeBytes === 0) return "empty";
  const encrypted = ENCRYPTED.find(([, is]) => is(head));
  if (encrypted !== undefined) return `${encrypted[0]}: decrypt it first`;
  return "no backup that Fogbell recognises";
}
