/**
 * A new prompt after a message. Whatever runs in the shell draws its line again when its window changes, a client and a
 * pager too; so the window is made a line shorter for a moment. No key is sent: those would be typed into what runs.
 */
import type { Terminal } from "../parts.ts";

const SETTLE_MS = 150;
const SHORT_MS = 60;

export interface Nudged extends Disposable {
  readonly terminal: Terminal;
  /** Something was written over the line that is being typed. */
  nudge(): void;
}

export function withNewPrompts(terminal: Terminal): Nudged {
  const listeners = new Set<() => void>();
  let isShort = false;
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    for (const listen of listeners) listen();
  };
  const shrink = () => {
    isShort = true;
    changed();
    timer = setTimeout(() => {
      isShort = false;
      changed();
    }, SHORT_MS);
  };
  return {
    terminal: {
      ...terminal,
      size: () => {
        const { columns, rows } = terminal.size();
        return { columns, rows: Math.max(1, rows - (isShort ? 1 : 0)) };
      },
      onResize(listen) {
        listeners.add(listen);
        const real = terminal.onResize(listen);
        return {
          [Symbol.dispose]() {
            listeners.delete(listen);
            real[Symbol.dispose]();
          },
        };
      },
    },
    nudge() {
      // Of several messages at once the last one counts.
      clearTimeout(timer);
      timer = setTimeout(shrink, SETTLE_MS);
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
