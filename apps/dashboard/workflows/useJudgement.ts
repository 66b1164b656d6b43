import { NewWorkflow } from "@homeslice/protocol/workflows.ts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { api } from "../api/client.ts";
import { useComplaints } from "../forms/complaint.ts";
import type { Faults } from "../forms/faults.ts";
import { readText } from "./workflowText.ts";

/** What a text would be as a workflow, and what is wrong with it, while it is written. */
export function useJudgement(text: string) {
  const { value, fault } = readText(useDeferredValue(text));
  const checked = NewWorkflow.safeParse(value, useComplaints());
  const { data } = useQuery({
    queryKey: ["workflow-validation", checked.data],
    queryFn: () => {
      if (!checked.success) throw checked.error;
      return api.call("validateWorkflow", { body: checked.data });
    },
    enabled: checked.success,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const own = checked.error?.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message })) ?? [];
  const said = checked.success ? (data?.errors ?? []) : [];
  const faults: Faults = Object.fromEntries(said.map(({ path, message }) => [path, message]));
  return {
    value,
    /** Why it cannot be read at all. */
    unreadable: fault,
    /** Everything that is wrong. */
    all: fault === undefined ? [...own, ...said] : [],
    /** What the orchestrator finds wrong, by its place. */
    faults,
    valid: checked.success && data?.valid === true,
  };
}
