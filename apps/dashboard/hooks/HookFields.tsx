import { CheckField, NumberField, SelectField, TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { CredentialField } from "../starts/CredentialField.tsx";
import { noCredential } from "../starts/credentialDraft.ts";
import { Button } from "../ui/Button.tsx";
import { type HookDraft, newWebhookSecret } from "./hookDraft.ts";

interface HookFieldsProps {
  readonly draft: HookDraft;
  readonly set: (part: Partial<HookDraft>) => void;
}

/** Who calls it, how they prove themselves, and which of their alerts count. */
export function CallerFields({ draft, set, isNew }: HookFieldsProps & { isNew: boolean }) {
  const { hooks: texts } = useMessages();
  const generate = () =>
    set({ secret: { ...noCredential, value: newWebhookSecret((bytes) => crypto.getRandomValues(bytes)) } });
  return (
    <fieldset className="group">
      <legend>{texts.caller}</legend>
      <SelectField
        path="source"
        label={texts.source}
        value={draft.source}
        options={[
          ["alertmanager", texts.sources.alertmanager],
          ["webhook", texts.sources.webhook],
        ]}
        onChange={(source) => set({ source })}
      />
      <CredentialField
        path="secret"
        label={texts.secret}
        hint={isNew ? texts.secretHint : texts.secretKept}
        optional={!isNew}
        draft={draft.secret}
        onChange={(secret) => set({ secret })}
      >
        <Button onClick={generate}>{texts.generate}</Button>
      </CredentialField>
      <TextField
        path="match"
        label={texts.match}
        hint={texts.matchHint}
        optional
        mono
        lines={2}
        value={draft.match}
        onChange={(match) => set({ match })}
      />
    </fieldset>
  );
}

/** What keeps a flood of alerts from becoming a flood of work. */
export function GuardFields({ draft, set }: HookFieldsProps) {
  const { hooks: texts } = useMessages();
  return (
    <fieldset className="group">
      <legend>{texts.guards}</legend>
      <div className="form-row">
        <NumberField
          path="starts_per_hour"
          label={texts.startsPerHour}
          value={draft.startsPerHour}
          onChange={(startsPerHour) => set({ startsPerHour })}
        />
        <NumberField
          path="cool_down_seconds"
          label={texts.coolDown}
          hint={texts.coolDownHint}
          value={draft.coolDown}
          onChange={(coolDown) => set({ coolDown })}
        />
      </div>
      {draft.starts === "execution" && (
        <CheckField label={texts.dryRun} checked={draft.dryRun} onChange={(dryRun) => set({ dryRun })} />
      )}
    </fieldset>
  );
}
