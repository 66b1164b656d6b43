import type { ReportKind } from "@homeslice/protocol";
import type { Kind } from "../report.ts";
import { access } from "./access.ts";
import { changes, refusals, workflows } from "./audit.ts";
import { evidence } from "./evidence.ts";
import { executions } from "./executions.ts";

/** Every kind of report; one that is missing does not compile. */
export const kinds: Readonly<Record<ReportKind, Kind>> = { executions, access, refusals, changes, workflows, evidence };
