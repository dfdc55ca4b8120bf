/** Proof that nobody answers where the server was. */
import { defineProbe } from "../define.ts";

/** So ends the question when the server did not answer it. */
export const serverDown = defineProbe({
  name: "server-down",
  summary: "The server does not answer.",
  question: (scene) => {
    const { built: _printed, ...line } = scene.phrases.databaseExists();
    return { ...line, script: `( ${line.script}\n) >/dev/null 2>&1\ncase $? in 0) echo up;; *) echo down;; esac` };
  },
  answer: ([first]) => {
    const word = first?.exitCode === 0 && !first.truncated ? first.stdout.trim() : "";
    if (word === "down") return { held: "yes", because: "the server does not answer" };
    if (word === "up") return { held: "no", because: "the server answers" };
    return { held: "unknown", because: "the question could not be asked" };
  },
});
