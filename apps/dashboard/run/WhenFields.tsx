import { RadioField, TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { FiresPreview } from "../schedules/FiresPreview.tsx";
import { DueFields } from "../schedules/TimingFields.tsx";
import { timingOf } from "../schedules/timingDraft.ts";
import type { RunDraft } from "./runDraft.ts";

interface WhenFieldsProps {
  readonly draft: RunDraft;
  readonly onChange: (part: Partial<RunDraft>) => void;
}

/** When it begins: now, or by a schedule that is made of it. */
export function WhenFields({ draft, onChange }: WhenFieldsProps) {
  const { run: texts, forms, schedules } = useMessages();
  const { begins, name } = draft;
  const timing = { ...draft.timing, type: begins === "now" ? draft.timing.type : begins };
  return (
    <fieldset className="group">
      <legend>{schedules.when}</legend>
      <RadioField
        options={["now", "once", "cron"]}
        names={{ now: texts.now, ...schedules.types }}
        value={begins}
        onChange={(value) => onChange({ begins: value })}
      />
      {begins !== "now" && (
        <>
          <TextField
            path="name"
            label={forms.name}
            hint={texts.nameHint}
            value={name}
            onChange={(value) => onChange({ name: value })}
          />
          <DueFields draft={timing} set={(part) => onChange({ timing: { ...draft.timing, ...part } })} />
          <FiresPreview timing={timingOf(timing)} />
        </>
      )}
    </fieldset>
  );
}
