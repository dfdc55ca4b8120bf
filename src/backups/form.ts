/** A form that no method takes, by its name: what kind of thing it is says whose fault it is. */

export type FormKind =
  | "encrypted" // nothing shows what is in it before it is decrypted
  | "foreign" // somebody else's form, or one that is not read here: says nothing against the backup
  | "pointer" // says where the content is, and is not it
  | "empty" // nothing, packed or not
  | "message" // what a program said instead of a backup
  | "damaged" // changed on its way, or cut off before anything shows
  | "unknown"; // nobody knows

/** A form by its name. */
export interface Form {
  readonly kind: FormKind;
  /** For a sentence that begins with "it is": `encrypted with age`, `a folder of mydumper`. */
  readonly name: string;
  /** What it was encrypted or packed with. */
  readonly with?: string;
  readonly next: readonly string[];
}

/** Those that name what lies there first: one file of a folder says what the folder is, and the others nothing. */
export function tellingFirst<T extends { readonly form?: Form }>(objects: readonly T[]): T[] {
  const rank = ({ form }: T) =>
    form === undefined || form.kind === "unknown" ? 2 : form.kind === "foreign" || form.kind === "encrypted" ? 0 : 1;
  return [...objects].sort((a, b) => rank(a) - rank(b));
}
