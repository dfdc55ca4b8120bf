/** POSIX shell quoting: the one place where text becomes part of a script. */

/** One shell word. Throws on NUL, which no argument can carry. */
export function quote(text: string): string {
  if (text.includes("\0")) throw new RangeError("a shell word cannot hold NUL");
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A script that may end early with `exit`, so that whoever pastes it into a terminal keeps that terminal. */
export const apart = (script: string): string => `(\n${script}\n)`;
