import type { ComponentProps, ReactNode } from "react";
import { TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { type CredentialDraft, noCredential } from "./credentialDraft.ts";
import { SecretField, useSecretNames } from "./SecretField.tsx";

interface CredentialFieldProps
  extends Pick<ComponentProps<typeof TextField>, "path" | "label" | "hint" | "optional" | "type"> {
  readonly draft: CredentialDraft;
  readonly onChange: (draft: CredentialDraft) => void;
  /** What stands beside the field of its value. */
  readonly children?: ReactNode;
}

/** Something secret: given as it is, or chosen from the secrets of the orchestrator where there are some. */
export function CredentialField({ draft, onChange, children, ...field }: CredentialFieldProps) {
  const { starts: texts } = useMessages();
  const { secretName } = draft;
  const names = useSecretNames();
  return (
    <>
      {secretName === "" && (
        <div className={children === undefined ? undefined : "with-button"}>
          <TextField {...field} mono value={draft.value} onChange={(value) => onChange({ ...draft, value })} />
          {children}
        </div>
      )}
      {(names.length > 0 || secretName !== "") && (
        <SecretField
          path={secretName === "" ? `${field.path}.secret_name` : field.path}
          label={texts.byName(field.label)}
          hint={texts.byNameHint}
          optional
          none={texts.notByName}
          value={secretName}
          onChange={(name) => onChange({ value: "", secretName: name })}
          onNone={() => onChange(noCredential)}
        />
      )}
    </>
  );
}
