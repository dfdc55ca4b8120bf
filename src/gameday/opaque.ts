/**
 * Whether everything that people did could be read in what they typed. A script, a function or another program does what
 * nobody saw: then nothing can be said of what it left out. Pure.
 */
import type { Keyboard } from "../parts.ts";
import { all, type DayEvent } from "./events.ts";

/** Programs of everybody whose words say what they do. */
const PLAIN = new Set(
  (
    "db fogbell runbook ls cat cp mv rm ln echo printf cd pwd grep head tail less more awk sed find du df stat file sha256sum md5sum cksum cmp diff " +
    "sort uniq wc tr cut gzip gunzip zcat zstd xz tar touch mkdir chmod kill ps watch history export set unset env date " +
    "test true false exit clear sleep time tee read : [ [[ note decide see tell todo help hint status pause resume type which"
  ).split(" "),
);

/** What hides a procedure, whatever program carries it. */
const HIDES =
  /(^|[\s;&|(])(bash|sh|dash|zsh|source|eval|xargs|python\d?|perl|ruby|node|make|nohup|\.)\s|(^|\s)\.\/|(^|\s)[\w-]+\s*\(\)\s*\{|\bfunction\s|(?<!<)<\s*["']?(?!\$\{?(BACKUP|STORE|SCRATCH|GLOBALS|EVIDENCE|LOG))[\w$/.~]/;
const HEREDOC = /<<-?\s*['"]?(\w+)['"]?[\s\S]*?^\1$/gm;
const QUOTED = /'[^']*'|"(?:[^"\\]|\\.)*"/g;

/** Without what stands in quotes and in heredocs: that is the client's, and not the shell's. */
const shellOnly = (text: string): string => text.replace(HEREDOC, "").replace(QUOTED, "''");

/** First words of a line's commands; assignments before them are passed over. */
const programsOf = (text: string): string[] =>
  text
    .split(/\|\||&&|[|;\n]/)
    .map((part) =>
      part
        .trim()
        .replace(/^[({!]\s*/, "")
        .replace(/^(\w+=\S*\s+)+/, ""),
    )
    .filter((part) => part !== "" && !/^\w+=/.test(part))
    .map((part) => /^[^\s)}]+/.exec(part)?.[0] ?? "")
    .filter((program) => program !== "");

/** A line typed as printed on a page is known whatever stands in it. */
export function isOpaque(events: readonly DayEvent[], { programs, includes }: Pick<Keyboard, "programs" | "includes">) {
  const isPlain = (program: string) => PLAIN.has(program) || programs.includes(program);
  return all(events, "command").some(({ text, printed, inside, exitCode }) => {
    if (printed !== undefined || exitCode !== 0) return false;
    if (includes.test(text)) return true;
    const shell = inside ? "" : shellOnly(text);
    return HIDES.test(shell) || programsOf(shell).some((program) => !isPlain(program));
  });
}
