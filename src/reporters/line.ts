/** What a log gets, in CI and wherever nothing can be drawn over. */
import { defineReporter } from "../define.ts";
import { closing, followOnScreen, type ScreenOptions, screenOptions } from "./screen.ts";

export const lineReporter = defineReporter<ScreenOptions>({
  name: "line",
  isUsual: ({ isTty }) => !isTty,
  summary: "Plain lines, for logs: no cursor, nothing drawn over.",
  options: screenOptions,
  optionsFrom: ({ outFolder, color, columns }) => ({ folder: outFolder, color, columns }),
  follow: (screen) => followOnScreen(screen, { isLive: false }),
  render: async (results, options) => [closing(results, options)],
});
