import type { Action } from "@homeslice/protocol/actions.ts";
import { NewExecution } from "@homeslice/protocol/executions.ts";
import { NewSchedule } from "@homeslice/protocol/schedules.ts";
import { useQuery } from "@tanstack/react-query";
import { problemOf } from "../api/client.ts";
import { useComplaints } from "../forms/complaint.ts";
import { faultsElsewhere, faultsOf, schemaFaults } from "../forms/faults.ts";
import { approvalRulesQuery, previewQuery } from "./queries.ts";
import { rulesFor } from "./risk.ts";
import { PLACE, plannedOf, type RunDraft, runOf } from "./runDraft.ts";
import { useSettled } from "./useSettled.ts";

/** What the fields mean, as the API says it. */
export function usePreview(draft: RunDraft, action: Action | undefined) {
  const complaints = useComplaints();
  const text = JSON.stringify(runOf(draft, action));
  const settled = useSettled(text);
  const checked = NewExecution.safeParse(JSON.parse(settled), complaints);
  const body = checked.success ? checked.data : undefined;
  const planned = plannedOf(draft, action);
  const schedule = planned && NewSchedule.safeParse(planned, complaints);
  const { data, error, isFetching } = useQuery(previewQuery(body));
  const { data: rules = [] } = useQuery(approvalRulesQuery);
  const refusals = placed(faultsOf(error));
  const preview = body === undefined || error ? undefined : (data ?? undefined);
  const shown = [`${PLACE}.action_template_id`, `${PLACE}.parameters`, `${PLACE}.operation`, `${PLACE}.targets`];
  const elsewhere = faultsElsewhere(refusals, [...shown, `${PLACE}.target_servers`, `${PLACE}.rollout`]);
  const said = error !== null && (problemOf(error).errors === undefined || elsewhere.length > 0);
  const own = checked.success ? refusals : placed(schemaFaults(checked.error));
  return {
    body,
    /** What is made instead of starting it now. */
    schedule: schedule?.data,
    preview,
    // A dry run does nothing, and needs nobody's word.
    rules: preview && !draft.dryRun ? rulesFor(rules, action, preview.targets) : [],
    ready:
      settled === text &&
      preview !== undefined &&
      preview.targets.length > 0 &&
      (schedule === undefined || schedule.success),
    asking: settled !== text || (isFetching && preview === undefined),
    refusals,
    faults: { ...(schedule?.error && schemaFaults(schedule.error)), ...own },
    error: said ? error : null,
  };
}

function placed(faults: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(faults).map(([place, message]) => [`${PLACE}.${place}`, message]));
}
