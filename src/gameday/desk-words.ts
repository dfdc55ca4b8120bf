/**
 * How words reach the record as they were typed. A shell reads apostrophes, semicolons and `>` as its own: so the line is
 * taken from the line editor before the shell sees it. Written as bash; knows nothing of a day.
 */
import { SAYINGS } from "./events.ts";

const WORDS = SAYINGS.join("|");

/** After the shell's head: `fb_ask` is there. */
export const RAW_WORDS = `fb_say() { fb_ask say "$1
$2"; }
# Nothing after the verb: lines until one that is a single dot, or Ctrl-D.
fb_words() {
  local verb=$1 text
  shift
  if [ $# -gt 0 ]; then fb_say "$verb" "$*"; return; fi
  [ ! -t 0 ] || echo "Your text, as many lines as you like. End it with a line that is only a dot:"
  text=$(awk '$0 == "." { exit } { print }')
  fb_say "$verb" "$text"
}
export -f fogbell fb_ask fb_words fb_say fb_tell fb_now fb_place fb_places 2>/dev/null
${SAYINGS.map((verb) => `${verb}() { fb_words ${verb} "$@"; }`).join("\n")}
# Enter: a line that begins with one of our words is ours, whole, pasted lines too. Only the first line after a prompt:
# what goes on from there belongs to a command of the shell.
fb_enter() {
  local line=$READLINE_LINE first=$FB_READY
  FB_READY=
  bind '"\\C-x\\C-a": accept-line'
  [ -n "$first" ] || return
  [[ $line =~ ^[[:space:]]*((fogbell[[:space:]]+)?gameday[[:space:]]+)?(${WORDS})[[:space:]]+(.*[^[:space:]])[[:space:]]*$ ]] || return
  local verb=\${BASH_REMATCH[3]} text=\${BASH_REMATCH[4]} prompt=\${PS1@P}
  prompt=\${prompt//[$'\\001\\002']/}
  printf '%s%s\\n' "\${prompt##*$'\\n'}" "$line"
  history -s -- "$line"
  fb_say "$verb" "$text"
  FB_LAST=$(HISTTIMEFORMAT= history 1 | awk 'NR == 1 { print $1 + 0 }')
  READLINE_LINE= READLINE_POINT=0
  fb_prompt
  prompt=\${PS1@P}
  prompt=\${prompt//[$'\\001\\002']/}
  printf '%s\\n' "\${prompt%$'\\n'*}"
  bind '"\\C-x\\C-a": set-mark'
}
if [ -t 0 ]; then
  for fb_map in emacs-standard vi-insert; do
    bind -m $fb_map -x '"\\C-x\\C-e": fb_enter' 2>/dev/null
    bind -m $fb_map '"\\C-x\\C-a": accept-line' 2>/dev/null
    bind -m $fb_map '"\\C-m": "\\C-x\\C-e\\C-x\\C-a"' 2>/dev/null
  done
fi
`;
