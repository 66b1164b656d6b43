import type { Workflow } from "@homeslice/protocol/workflows.ts";
import { SelectField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { ParameterFields } from "./ParameterFields.tsx";
import { draftOf, type ParameterDraft } from "./parameterDraft.ts";
import { workflowOf } from "./workflowsQuery.ts";

/** What stands in the fields that choose a workflow. */
export interface WorkflowDraft {
  readonly workflowId: string;
  readonly parameters: ParameterDraft;
}

interface WorkflowFieldsProps {
  readonly draft: WorkflowDraft;
  readonly workflows: readonly Workflow[];
  /** Place of the start in the body, with a dot behind it; empty where it is the body. */
  readonly before: "" | `${string}.`;
  readonly onChange: (draft: WorkflowDraft) => void;
}

/** The choice of a workflow, and its parameters. */
export function WorkflowFields({
  draft: { workflowId, parameters },
  workflows,
  before,
  onChange,
}: WorkflowFieldsProps) {
  const { starts: texts } = useMessages();
  return (
    <>
      <SelectField
        path={`${before}workflow_id`}
        label={texts.workflow}
        none={workflows.length === 0 ? texts.noWorkflows : texts.chooseWorkflow}
        value={workflowId}
        options={workflows.map(({ workflow_id, name }) => [workflow_id, name] as const)}
        onChange={(id) =>
          onChange({ workflowId: id, parameters: draftOf(workflowOf(workflows, id)?.parameters ?? {}) })
        }
      />
      <ParameterFields
        definitions={workflowOf(workflows, workflowId)?.parameters ?? {}}
        draft={parameters}
        path={`${before}parameters`}
        onChange={(changed) => onChange({ workflowId, parameters: changed })}
      />
    </>
  );
}
