import type { Command } from "commander";
import { showable, upTo } from "./options.ts";

const implementation = () => import("../automation/schedules.ts");

/** `schedules`: what starts by itself, here or at HOMESLICE_URL. */
export function registerSchedules(program: Command): void {
  const schedules = program.command("schedules").description("show schedules, and pause or resume them");
  showable(schedules.command("list"))
    .description("show schedules by their names, and when each is due")
    .option("--search <text>", "those with this in the name or the description")
    .action(async (options) => (await implementation()).listSchedules(options));
  showable(schedules.command("show <schedule>"))
    .description("show all that a schedule says, by its name or id")
    .action(async (name, options) => (await implementation()).showSchedule(name, options));
  showable(schedules.command("next <schedule>"))
    .description("show when a schedule is due next, whether it is paused or not")
    .option("--count <number>", "so many times, at most 100", upTo(100), 10)
    .action(async (name, options) => (await implementation()).listNext(name, options));
  showable(schedules.command("fires <schedule>"))
    .description("show what became of the last times of a schedule")
    .action(async (name, options) => (await implementation()).listFires(name, options));
  showable(schedules.command("pause <schedule>"))
    .description("let a schedule start nothing until it is resumed")
    .action(async (name, options) => (await implementation()).pauseSchedule(name, true, options));
  showable(schedules.command("resume <schedule>"))
    .description("let a paused schedule start again; what was due meanwhile is not made up for")
    .action(async (name, options) => (await implementation()).pauseSchedule(name, false, options));
}
