/**
 * Text of a program that may hold anything, with only those words left that programs use for their own messages. Where a
 * message has a known shape, its engine's reader shows more of it; this is what remains for every other.
 */

/** In place of what is left out. */
export const MASKED = "•••";

/** The programs themselves, where a message begins with one. */
export const PROGRAM = String.raw`(?:\S*/)?(?:pg_dump|pg_dumpall|pg_restore|psql|createdb|mysqldump|mariadb-dump|mariadb|mydumper|mysql|docker|kubectl)(?:\.exe)?`;
const BEGINNING = new RegExp(
  `^(${PROGRAM}|warning|error|fatal|detail|hint|mail|exit|stty|ssh|sh|bash|sudo|aws|gzip|gunzip|zstd|tar):?$`,
  "i",
);
const ANY_PROGRAM = new RegExp(`^${PROGRAM}:?$`);

/** Words of such programs' own messages. Any other may be from a row: a line was cut off anywhere, or written by somebody. */
const WORDS = new Set(
  `a aborting access added already an and archive at backup backups be because been bytes can cannot checksum closed code
  column command complete completed connect connection connecting constraint constraints container contents copied copy could
  couldn couldn't couldnt created database databases defaulted definer definitions deleted denied deprecated detail device
  directory disk does done dropped dump dumped dumping duplicate during empty encoding end endpoint error errors exist exists
  exit executable execute expected extension extensions failed fatal file files finding finished for found from full
  functions future gone got has hint host hosts identifying in inappropriate incremental indexes info input insecure instead interface
  into invalid ioctl is it killed known last left line list locale lost load loaded lock manifest members memory missing mismatch mysqldump mariadb name
  no not of off oid ok on only open option or out packet password permanently permission please policies privilege process
  program psql publication query read ready reading refused relation release removed repository requires restore restored restoring row
  rows running saved saving schema schemas script search_path segment segmentation server set size skipping space stanza standard started
  starting statement status stopped success successful successfully such syntax table tables terminated that the there this
  timed timeout to too total triggers truncated type types unable unexpected unique unknown upload uploaded uploading url use
  user using value values variable version violates warning was when will wal with without write writing`
    .split(/\s+/)
    .filter((word) => word !== ""),
);

const bareWord = (word: string) => word.toLowerCase().replace(/^[("'`[<]+|[)"'`\]>.,:;!]+$/g, "");
const isCode = (before: string | undefined) => /^(error|code|status)[:=]?$/i.test(before ?? "");

/** One line without what may be anybody's: names, numbers that are no code of an error, quoted text. */
export function plainWords(line: string): string {
  const words = line.split(/\s+/);
  const shown = words.map((word, index) => {
    if ((index === 0 && BEGINNING.test(word)) || ANY_PROGRAM.test(word) || WORDS.has(bareWord(word))) return word;
    return /^\d{1,5}:?$/.test(word) && isCode(words[index - 1]) ? word : MASKED;
  });
  return shown.filter((word, index) => word !== MASKED || shown[index - 1] !== MASKED).join(" ");
}

const LONGEST_CHARS = 200;

/** The last lines of what a program printed, each in plain words. */
export function plainLines(text: string, most: number): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(-most)
    .map((line) => plainWords(line.slice(0, 2000).trim()).slice(0, LONGEST_CHARS));
}
