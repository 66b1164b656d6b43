import type { ReportFormat } from "@homeslice/protocol";
import type { Format } from "../report.ts";
import { csv } from "./csv.ts";
import { json } from "./json.ts";

/** What makes it takes long to load, and is loaded for the first one. */
const pdf: Format = {
  type: "application/pdf",
  async *write(head, columns, rows) {
    const { writePdf } = await import("./pdf.ts");
    yield* writePdf(head, columns, rows);
  },
};

/** Every format of reports; one that is missing does not compile. */
export const formats: Readonly<Record<ReportFormat, Format>> = { json, csv, pdf };
