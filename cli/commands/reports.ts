import type { ReportFormat, ReportKind } from "@homeslice/protocol/reports.ts";
import type { Command } from "commander";
import { choice, choiceArgument, showable } from "./options.ts";

const implementation = () => import("../automation/reports.ts");

const kinds = ["executions", "access", "refusals", "changes", "evidence"] satisfies ReportKind[];
const formats = ["json", "csv", "pdf"] satisfies ReportFormat[];

/** `reports`: what auditors ask for, here or at HOMESLICE_URL. */
export function registerReports(program: Command): void {
  const reports = program.command("reports").description("list reports for auditors, and download one");
  showable(reports.command("list"))
    .description("show which reports there are, and what it takes to read each")
    .action(async (options) => (await implementation()).listReports(options));
  showable(reports.command("download"))
    .description("write a report of a period as a file")
    .addArgument(choiceArgument("<report>", "which report", kinds))
    .addOption(choice("--format <format>", "as", formats).default("json"))
    .option("--since <time>", "from this day or time on (default: 30 days before the end)")
    .option("--until <time>", "before this day or time (default: now)")
    .option("-o, --out <file>", "into this file (default: standard output); --json says path, size and SHA-256 of it")
    .action(async (kind, options) => (await implementation()).downloadReport(kind, options));
  registerScheduled(reports);
}

/** What schedules make, and keep. */
function registerScheduled(reports: Command): void {
  showable(reports.command("schedules"))
    .description("show which reports are made again and again")
    .option("--search <text>", "those with this in the name")
    .action(async (options) => (await implementation()).listReportSchedules(options));
  showable(reports.command("kept"))
    .description("show the newest reports that schedules made")
    .addOption(choice("--kind <report>", "those alone that say this", kinds))
    .action(async (options) => (await implementation()).listKeptReports(options));
  showable(reports.command("fetch <report>"))
    .description("write a report that a schedule made into a file, and say its SHA-256")
    .requiredOption("-o, --out <file>", "into this file")
    .action(async (report, options) => (await implementation()).fetchReport(report, options));
}
