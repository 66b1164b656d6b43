import { NewSchedule, type Schedule } from "@homeslice/protocol/schedules.ts";
import { api } from "../api/client.ts";
import { DefinitionDialog, DescriptionField, NameField } from "../forms/DefinitionDialog.tsx";
import { CheckField, NumberField, RadioField, SelectField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { actionOf } from "../starts/actionsQuery.ts";
import { StartFields } from "../starts/StartFields.tsx";
import { type Startable, useStartable } from "../starts/useStartable.ts";
import { WorkflowFields } from "../starts/WorkflowFields.tsx";
import { workflowOf } from "../starts/workflowsQuery.ts";
import { FiresPreview } from "./FiresPreview.tsx";
import { emptySchedule, type ScheduleDraft, scheduleDraftOf, scheduleOf } from "./scheduleDraft.ts";
import { TimingFields } from "./TimingFields.tsx";
import { timingOf } from "./timingDraft.ts";

interface ScheduleFormProps {
  /** The schedule to change; a new one without it. */
  readonly schedule?: Schedule;
  readonly onClose: () => void;
  readonly onSaved: (schedule: Schedule) => void;
}

/** Creates a schedule, or changes one, once it is known what can be started. */
export function ScheduleForm(props: ScheduleFormProps) {
  const startable = useStartable();
  return startable && <LoadedForm {...props} {...startable} />;
}

function LoadedForm({ schedule, actions, workflows, onClose, onSaved }: ScheduleFormProps & Startable) {
  const { schedules: texts } = useMessages();
  const before = schedule && NewSchedule.strip().parse(schedule);
  const form = useForm({
    initial: before
      ? scheduleDraftOf(before, {
          action: actionOf(actions, before.execution?.action_template_id),
          workflow: workflowOf(workflows, before.workflow?.workflow_id),
        })
      : emptySchedule(),
    body: ({ start, workflow, ...rest }) => {
      const chosen = {
        action: actionOf(actions, start.actionId),
        workflow: workflowOf(workflows, workflow.workflowId),
      };
      return scheduleOf({ ...rest, start, workflow }, chosen, before);
    },
    schema: NewSchedule,
    send: (body) =>
      schedule
        ? api.call("updateSchedule", { params: { schedule_id: schedule.schedule_id }, version: schedule.version, body })
        : api.call("createSchedule", { body }),
    invalidates: [["schedules"], ["schedule"]],
    onDone: (saved) => {
      onClose();
      onSaved(saved);
    },
  });
  const { draft, set } = form;
  return (
    <DefinitionDialog
      held={schedule}
      create={texts.create}
      form={form}
      shown={["name", "description", "timing", "execution", "workflow", "jitter_seconds"]}
      onClose={onClose}
    >
      <NameField form={form} />
      <TimingFields draft={draft} set={set} />
      <FiresPreview timing={timingOf(draft)} />
      <WhatFields draft={draft} set={set} actions={actions} workflows={workflows} />
      <RuleFields draft={draft} set={set} />
      <DescriptionField form={form} />
    </DefinitionDialog>
  );
}

interface WhatFieldsProps extends RuleFieldsProps, Startable {}

/** What it starts: something on servers, or a workflow, whose steps choose them. */
function WhatFields({ draft, set, actions, workflows }: WhatFieldsProps) {
  const { schedules: texts, starts } = useMessages();
  return (
    <>
      <fieldset className="group">
        <legend>{texts.what}</legend>
        <RadioField
          options={["execution", "workflow"]}
          names={starts.chooses}
          value={draft.starts}
          onChange={(value) => set({ starts: value })}
        />
        {draft.starts === "workflow" && (
          <WorkflowFields
            draft={draft.workflow}
            workflows={workflows}
            before="workflow."
            onChange={(workflow) => set({ workflow })}
          />
        )}
      </fieldset>
      {draft.starts === "execution" && (
        <StartFields draft={draft.start} actions={actions} path="execution" onChange={(start) => set({ start })} />
      )}
    </>
  );
}

interface RuleFieldsProps {
  readonly draft: ScheduleDraft;
  readonly set: (part: Partial<ScheduleDraft>) => void;
}

/** What is done about times that come too close, or were missed. */
function RuleFields({ draft, set }: RuleFieldsProps) {
  const { schedules: texts } = useMessages();
  return (
    <fieldset className="group">
      <legend>{texts.rules}</legend>
      <SelectField
        path="overlap"
        label={texts.overlap}
        value={draft.overlap}
        options={[
          ["skip", texts.overlaps.skip],
          ["allow", texts.overlaps.allow],
        ]}
        onChange={(overlap) => set({ overlap })}
      />
      <SelectField
        path="catch_up"
        label={texts.catchUp}
        value={draft.catchUp}
        options={[
          ["latest", texts.catchUps.latest],
          ["all", texts.catchUps.all],
          ["skip", texts.catchUps.skip],
        ]}
        onChange={(catchUp) => set({ catchUp })}
      />
      <NumberField
        path="jitter_seconds"
        label={texts.jitter}
        hint={texts.jitterHint}
        value={draft.jitter}
        onChange={(jitter) => set({ jitter })}
      />
      <CheckField label={texts.startPaused} checked={draft.paused} onChange={(paused) => set({ paused })} />
    </fieldset>
  );
}
