/**
 * What lies on the responders' desk, inside the sandbox: a shell that stamps what is typed, and a `fogbell` that asks
 * the keeper on the other side, because nothing in there can reach anything else.
 */
import type { Keyboard, Line, Places } from "../parts.ts";
import { RAW_WORDS } from "./desk-words.ts";
import { SAYINGS } from "./events.ts";
import { plainName } from "./masking.ts";

/** Folder of the desk, from the sandbox's own folders. Says nothing of the disaster. */
export const deskFolder = (scratch: string) => `${scratch.replace(/\/[^/]*$/, "")}/desk`;

/** Where the store is seen from the desk. */
export const storeFolder = (scratch: string) => `${scratch.replace(/\/[^/]*$/, "")}/store`;

const line = (say: string, script: string, uses: readonly string[]): Line => ({ say, script, uses, destroys: false });

export const setUp = line("Lay out the desk.", 'mkdir -p "$DESK/answers" "$DESK/pages" "$STORE" && : >>"$DESK/log"', [
  "DESK",
  "STORE",
]);

/** Every line that the shell adds, as it comes. */
export const follow = (from: number) =>
  line("Follow the desk.", `exec tail -n +${from} -F "$DESK/log" 2>/dev/null`, ["DESK"]);

/** Lays a small file down whole: the shell reads it while we write. */
export const lay = line(
  "Lay a file on the desk.",
  'printf %s "$TEXT" | base64 -d >"$FILE.part" && mv "$FILE.part" "$FILE"',
  ["TEXT", "FILE"],
);

export const layPlaces = (file: string, text: string): Places => ({
  FILE: file,
  TEXT: Buffer.from(text).toString("base64"),
});

/** Hash and name of everything in the store as people see it, and of what they kept as evidence. */
export const inventory = line(
  "Hash what lies in the store and in the evidence.",
  'for at in "$STORE" "$EVIDENCE"; do cd "$at" 2>/dev/null || continue\n' +
    'find . -type f -exec sha256sum {} + | sed "s|^|$at |"; done; exit 0',
  ["STORE", "EVIDENCE"],
);

/** The time at which a backup came to the store is part of what it says. */
export const touch = line("Give a copy its time.", 'touch -d "$AT" "$FILE"', ["AT", "FILE"]);

/** What the pruning job took from the store goes from the desk, too. */
export const forget = line("Take a pruned copy away.", 'rm -rf "$FILE"', ["FILE"]);

export interface ShellRequest {
  readonly keyboard: Keyboard | undefined;
  readonly host: string;
}

/** The words of the shell, beside what people say: each is a verb that the keeper answers. */
const VERBS = ["hint", "status", "pause", "resume", "help"] as const;

/**
 * The shell's start-up file. `FB_AT` is when a command began; a number of the history that did not change means that
 * nothing was typed.
 */
export function shellFile({ keyboard, host }: ShellRequest): string {
  const client =
    keyboard === undefined
      ? ""
      : `db() { ${keyboard.client} "$@"; }
export ${keyboard.history}="$DESK/client.$$"
fb_client="$DESK/client.$$"
`;
  return `${HEAD}
${client}export FB_HOST=${host}
${VERBS.map((verb) => `${verb}() { fogbell gameday ${verb} "$@"; }`).join("\n")}
# A page is longer than a screen.
runbook() { if [ -t 1 ]; then fogbell gameday runbook "$@" | $PAGER; else fogbell gameday runbook "$@"; fi; }
${PROMPT}
${RAW_WORDS}`;
}

const HEAD = `# The desk of a game day. What is typed here is stamped and kept; what is printed is not.
HISTFILE="$DESK/history" HISTCONTROL= HISTIGNORE= HISTTIMEFORMAT= HISTSIZE=10000 HISTFILESIZE=10000
PROMPT_DIRTRIM=2
shopt -s histappend cmdhist lithist checkwinsize 2>/dev/null
set +o histexpand
command -v less >/dev/null && export PAGER='less -FRX' || export PAGER=cat
fb_now() { printf %s "\${EPOCHREALTIME:-$(date +%s)}"; }
fb_tell() { printf '%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$1" "$2" "$(fb_now)" "$FOGBELL_ROLE" "$3" "$(printf %s "$4" | base64 -w0)" >>"$DESK/log"; }
# A place is set when the keeper has a new value for it: what somebody pointed elsewhere by hand stays there.
fb_place() {
  local was=FB_PLACE_$1
  [ "\${!was-}" = "$2" ] && return
  printf -v "$was" %s "$2"
  export "$1=$2"
}
fb_places() { [ ! -r "$DESK/places" ] || . "$DESK/places"; }
# Asks the keeper, waits for the answer, prints it; places may be new afterwards.
fb_ask() {
  local id="$$-$RANDOM$RANDOM" waited=0
  fb_tell "$1" "$(fb_now)" "$id" "$2"
  while [ ! -e "$DESK/answers/$id" ]; do
    sleep 0.1
    waited=$((waited + 1))
    [ $waited -lt 6000 ] || { echo "nobody answers: has the game day ended?" >&2; return 4; }
  done
  local code
  read -r code <"$DESK/answers/$id"
  tail -n +2 "$DESK/answers/$id"
  rm -f "$DESK/answers/$id"
  fb_places
  return "$code"
}
# What people say is one word, as it was typed.
fogbell() {
  case "\${1-} \${2-}" in
    ${SAYINGS.map((verb) => `"gameday ${verb}"`).join(" | ")}) shift; fb_words "$@" ;;
    *) fb_ask ask "$(printf '%s\\n' "$@")" ;;
  esac
}
fb_places
`;

const PROMPT = `fb_clock() { printf '%02d:%02d' $(($1 / 60)) $(($1 % 60)); }
fb_bar() {
  local STAGE=on-call T0=0 PAUSED=0 FROZEN=0 RTO=0 DUE=0 now=\${EPOCHSECONDS:-$(date +%s)} played
  [ ! -r "$DESK/state" ] || . "$DESK/state"
  case $STAGE in
    on-call) echo "on call, all quiet" ;;
    paused) echo "PAUSED for a real incident: hands off" ;;
    alarm)
      played=$((now - T0 - PAUSED))
      printf 'elapsed %s of %s' "$(fb_clock $played)" "$(fb_clock $RTO)"
      [ $played -le $RTO ] || printf ' LATE'
      if [ $DUE -gt $now ]; then printf ', update due in %s' "$(fb_clock $((DUE - now)))"
      else printf ', UPDATE OVERDUE (tell)'; fi
      echo ;;
    *) echo "$STAGE" ;;
  esac
}
# Everything since the last prompt: of a pasted step with several commands the history makes several entries.
fb_typed() {
  local since=$(($2 - $1))
  [ $since -gt 0 ] || since=1
  HISTTIMEFORMAT= history $since | awk -v at=$(($2 - since + 1)) '
    { head = "^ *" at "[* ] " }
    $0 ~ head { sub(head, ""); at++ }
    { print }'
}
fb_prompt() {
  local code=$? began=\${FB_AT:-$(fb_now)} number text bold= plain=
  number=$(HISTTIMEFORMAT= history 1 | awk 'NR == 1 { print $1 + 0 }')
  # What an earlier shell typed is read in before the first prompt: it was told already.
  if [ -z "$FB_LAST" ]; then FB_LAST=\${number:-0}
  elif [ "\${number:-0}" != "$FB_LAST" ]; then
    text=$(fb_typed "$FB_LAST" "\${number:-0}")
    FB_LAST=\${number:-0}
    fb_tell command "$began" "$code" "$text"
    history -a
  fi
  if [ -n "$fb_client" ] && [ -s "$fb_client" ]; then
    local seen=\${FB_SEEN:-0} lines
    lines=$(wc -l <"$fb_client")
    if [ "$lines" -gt "$seen" ]; then
      tail -n +$((seen + 1)) "$fb_client" | while IFS= read -r text; do
        fb_tell client "$began" "$code" "$text"
      done
      FB_SEEN=$lines
    fi
  fi
  [ -z "$FOGBELL_COLOR" ] || { bold='\\[\\e[1;37;41m\\]'; plain='\\[\\e[0m\\]'; }
  PS1="$bold[GAME DAY] $(fb_bar)$plain\\n$bold$FOGBELL_ROLE@$FB_HOST$plain \\w \\$ "
  FB_AT= FB_READY=yes
}
FB_LAST=
PROMPT_COMMAND=fb_prompt
trap 'FB_AT=\${FB_AT:-$EPOCHREALTIME}' DEBUG
`;

/** The keeper's word to every prompt. Seconds of the wall clock. */
export interface DeskState {
  readonly stage: string;
  readonly beganS: number;
  readonly pausedS: number;
  readonly rtoS: number;
  readonly dueS: number;
}

export const stateFile = ({ stage, beganS, pausedS, rtoS, dueS }: DeskState): string =>
  `STAGE=${stage} T0=${beganS} PAUSED=${pausedS} RTO=${rtoS} DUE=${dueS}\n`;

/** One line of the desk's log. */
export interface DeskLine {
  readonly kind: "command" | "client" | "ask" | "say";
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  readonly role: string;
  /** An exit code, or the name under which an answer is awaited. */
  readonly word: string;
  readonly text: string;
}

const decode = (text: string): string => Buffer.from(text, "base64").toString("utf8");

/** The first line of a history that libedit keeps: nobody typed it. */
const HISTORY_HEAD = "_HiStOrY_V2_";

/** Clients keep the breaks of a statement, and spaces, in their own ways. */
const fromClient = (text: string): string =>
  text
    .replaceAll("\u0001", "\n")
    .replace(/\\(0\d{2}|1[0-7]\d)/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Reads a line; null for one that is none, such as one that somebody wrote by hand. */
export function readDeskLine(text: string): DeskLine | null {
  const [kind, began, ended, role = "", word = "", packed = ""] = text.split("\t");
  if (kind !== "command" && kind !== "client" && kind !== "ask" && kind !== "say") return null;
  const [beganAtMs, endedAtMs] = [began, ended].map((one) => Math.round(Number(one?.replace(",", ".")) * 1000));
  if (beganAtMs === undefined || endedAtMs === undefined || !Number.isFinite(beganAtMs + endedAtMs)) return null;
  if (kind === "client" && decode(packed) === HISTORY_HEAD) return null;
  return {
    kind,
    beganAtMs,
    endedAtMs,
    role: plainName(role).slice(0, 20),
    word: word.slice(0, 60),
    text: kind === "client" ? fromClient(decode(packed)) : decode(packed),
  };
}
