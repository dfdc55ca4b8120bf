/** What a person sees on a terminal. */
import { defineReporter } from "../define.ts";
import { closing, followOnScreen, type ScreenOptions, screenOptions } from "./screen.ts";

export const prettyReporter = defineReporter<ScreenOptions>({
  name: "pretty",
  isUsual: ({ isTty }) => isTty,
  summary: "A terminal's view: one live line, the phases, each question with its answer.",
  options: screenOptions,
  optionsFrom: ({ outFolder, color, columns }) => ({ folder: outFolder, color, columns }),
  follow: (screen) => followOnScreen(screen, { isLive: screen.isTty }),
  render: async (results, options) => [closing(results, options)],
});
