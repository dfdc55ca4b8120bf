import { Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { resultsFlag } from "../../cli/shared-flags.ts";

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

export default class GamedayPlan extends FogbellCommand {
  static override summary = "Plan the next game days from what was never played or not for long, and write a calendar.";
  static override description =
    "Goes by scenario, family and engine, and lists who held which role. The calendar names families, not scenarios, because " +
    "players read it.";
  static override examples = [
    "<%= config.bin %> gameday plan",
    "<%= config.bin %> gameday plan --calendar gamedays.ics --weekday tuesday --nth 2 --at 09:00",
  ];
  static override flags = {
    out: resultsFlag,
    count: Flags.integer({ description: "How many days.", min: 1, max: 60, default: 12 }),
    all: Flags.boolean({ description: "List every scenario on every engine." }),
    calendar: Flags.string({ description: "Write an iCalendar file.", helpValue: "FILE" }),
    from: Flags.string({ description: "Earliest day. Default: today.", helpValue: "YYYY-MM-DD" }),
    weekday: Flags.string({ description: "Day of the week.", options: WEEKDAYS, default: "tuesday" }),
    nth: Flags.integer({ description: "Which such weekday of the month.", min: 1, max: 5, default: 2 }),
    at: Flags.string({ description: "Time of day, UTC.", default: "09:00", helpValue: "HH:MM" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayPlan);
    const { catalog } = await import("../../catalog.ts");
    const { makeProgramme } = await import("../../gameday/make-programme.ts");
    const { text, ...programme } = await makeProgramme({
      ...flags,
      catalog,
      weekday: WEEKDAYS.indexOf(flags.weekday),
      nowMs: Date.now(),
    });
    this.log(text);
    return programme;
  }
}
