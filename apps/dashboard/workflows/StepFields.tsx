import type { Action } from "@homeslice/protocol/actions.ts";
import { ChecksField, RadioField, SelectField, TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { StartFields } from "../starts/StartFields.tsx";
import { Button } from "../ui/Button.tsx";
import type { StepDraft } from "./workflowDraft.ts";

interface StepFieldsProps {
  readonly step: StepDraft;
  /** Place of the step in the body: `steps.0`. */
  readonly path: string;
  /** The names of the steps that it may come after. */
  readonly others: readonly string[];
  readonly actions: readonly Action[];
  readonly onChange: (part: Partial<StepDraft>) => void;
  readonly onRemove: () => void;
}

/** One step of a workflow: what it comes after, and what it runs or who decides. */
export function StepFields({ step, path, others, actions, onChange, onRemove }: StepFieldsProps) {
  const { workflows: texts } = useMessages();
  const { name, kind, needs, when } = step;
  return (
    <fieldset className="group">
      <legend>{texts.stepOf(name)}</legend>
      <div className="with-button">
        <TextField
          path={`${path}.name`}
          label={texts.stepName}
          mono
          value={name}
          onChange={(value) => onChange({ name: value })}
        />
        <Button aria-label={texts.removeStep(name)} onClick={onRemove}>
          {texts.remove}
        </Button>
      </div>
      {others.length > 0 && (
        <ChecksField
          path={`${path}.needs`}
          label={texts.needs}
          options={others.map((other) => [other, other] as const)}
          chosen={needs}
          onChange={(chosen) => onChange({ needs: chosen })}
        />
      )}
      {needs.length > 0 && (
        <SelectField
          path={`${path}.when`}
          label={texts.when}
          value={when}
          options={(["succeeded", "failed", "always"] as const).map((one) => [one, texts.whens[one]] as const)}
          onChange={(value) => onChange({ when: value })}
        />
      )}
      <RadioField
        options={["execution", "gate"]}
        names={texts.kinds}
        value={kind}
        onChange={(value) => onChange({ kind: value })}
      />
      {kind === "gate" ? (
        <GateFields step={step} path={path} onChange={onChange} />
      ) : (
        <StartFields
          draft={step.start}
          actions={actions}
          path={`${path}.execution`}
          onChange={(start) => onChange({ start })}
        />
      )}
    </fieldset>
  );
}

function GateFields({ step, path, onChange }: Pick<StepFieldsProps, "step" | "path" | "onChange">) {
  const { workflows: texts } = useMessages();
  return (
    <div className="form-row">
      <TextField
        path={`${path}.gate.message`}
        label={texts.question}
        value={step.message}
        onChange={(message) => onChange({ message })}
      />
      <SelectField
        path={`${path}.gate.role`}
        label={texts.decider}
        value={step.role}
        options={(["operator", "approver", "admin"] as const).map((role) => [role, role] as const)}
        onChange={(role) => onChange({ role })}
      />
    </div>
  );
}
