import type { ReportFormat } from "@homeslice/protocol";
import type { Format } from "../report.ts";
import { csv } from "./csv.ts";
import { json } from "./json.ts";
import { pdf } from "./pdf.ts";

/** Every format of reports; one that is missing does not compile. */
export const formats: Readonly<Record<ReportFormat, Format>> = { json, csv, pdf };
