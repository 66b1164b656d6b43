import { CheckField, NumberField, TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { PLACE, type RunDraft } from "./runDraft.ts";

interface RolloutFieldsProps {
  readonly draft: RunDraft;
  readonly onChange: (part: Partial<RunDraft>) => void;
}

/** How a run spreads over its servers. */
export function RolloutFields({ draft, onChange }: RolloutFieldsProps) {
  const { run: texts } = useMessages();
  const number = (name: "parallelism" | "stopAfter" | "timeout", path: string) => (
    <NumberField
      path={`${PLACE}.${path}`}
      label={texts[name]}
      hint={texts[`${name}Hint`]}
      optional
      value={draft[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  return (
    <fieldset className="group">
      <legend>{texts.how}</legend>
      <div className="form-row">
        {number("parallelism", "rollout.parallelism")}
        <TextField
          path={`${PLACE}.rollout.batch_size`}
          label={texts.batchSize}
          hint={texts.batchSizeHint}
          optional
          value={draft.batchSize}
          onChange={(batchSize) => onChange({ batchSize })}
        />
      </div>
      <div className="form-row">
        {number("stopAfter", "rollout.stop_after_failures")}
        {number("timeout", "timeout_seconds")}
      </div>
      <CheckField label={texts.dryRun} checked={draft.dryRun} onChange={(dryRun) => onChange({ dryRun })} />
    </fieldset>
  );
}
