import { NumberField, RadioField, TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { newBlackOut, type TimingDraft } from "./timingDraft.ts";

const zones = ["UTC", ...Intl.supportedValuesOf("timeZone")];

interface TimingFieldsProps {
  readonly draft: TimingDraft;
  readonly set: (part: Partial<TimingDraft>) => void;
}

/** When it is due: again and again, or once. */
export function TimingFields({ draft, set }: TimingFieldsProps) {
  const { schedules: texts } = useMessages();
  return (
    <fieldset className="group">
      <legend>{texts.when}</legend>
      <RadioField
        options={["cron", "once"]}
        names={texts.types}
        value={draft.type}
        onChange={(type) => set({ type })}
      />
      <DueFields draft={draft} set={set} />
    </fieldset>
  );
}

/** The time itself, as its type asks for it. */
export function DueFields({ draft, set }: TimingFieldsProps) {
  const { schedules: texts } = useMessages();
  if (draft.type === "cron") return <CronFields draft={draft} set={set} />;
  return (
    <TextField
      path="timing.at"
      label={texts.at}
      hint={texts.browserZone}
      type="datetime-local"
      value={draft.at}
      onChange={(at) => set({ at })}
    />
  );
}

function CronFields({ draft, set }: TimingFieldsProps) {
  const { schedules: texts } = useMessages();
  return (
    <>
      <div className="form-row">
        <TextField
          path="timing.expression"
          label={texts.expression}
          hint={texts.expressionHint}
          mono
          value={draft.expression}
          onChange={(expression) => set({ expression })}
        />
        <TextField
          path="timing.time_zone"
          label={texts.zone}
          proposals={zones}
          value={draft.zone}
          onChange={(zone) => set({ zone })}
        />
      </div>
      <div className="form-row">
        <TextField
          path="timing.from"
          label={texts.from}
          hint={texts.browserZone}
          optional
          type="datetime-local"
          value={draft.from}
          onChange={(from) => set({ from })}
        />
        <TextField
          path="timing.until"
          label={texts.until}
          hint={texts.browserZone}
          optional
          type="datetime-local"
          value={draft.until}
          onChange={(until) => set({ until })}
        />
      </div>
      <BlackOutFields draft={draft} set={set} />
    </>
  );
}

/** Times in which nothing is begun. */
function BlackOutFields({ draft: { blackOuts }, set }: TimingFieldsProps) {
  const { schedules: texts } = useMessages();
  const change = (at: number, part: Partial<(typeof blackOuts)[number]>) =>
    set({ blackOuts: blackOuts.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  return (
    <fieldset className="group">
      <legend>{texts.blackOuts}</legend>
      <p className="field-hint">{texts.blackOutsHint}</p>
      {blackOuts.map(({ key, starts, minutes }, index) => (
        <div key={key} className="with-button">
          <TextField
            path={`timing.black_outs.${index}.starts`}
            label={texts.starts}
            mono
            value={starts}
            onChange={(value) => change(index, { starts: value })}
          />
          <NumberField
            path={`timing.black_outs.${index}.minutes`}
            label={texts.minutes}
            value={minutes}
            onChange={(value) => change(index, { minutes: value })}
          />
          <Button
            aria-label={texts.removeBlackOut(index + 1)}
            onClick={() => set({ blackOuts: blackOuts.filter((_, other) => other !== index) })}
          >
            {texts.remove}
          </Button>
        </div>
      ))}
      <div className="actions">
        <Button onClick={() => set({ blackOuts: [...blackOuts, newBlackOut()] })}>{texts.addBlackOut}</Button>
      </div>
    </fieldset>
  );
}
