import type { ComponentProps } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { FormDialog } from "./FormDialog.tsx";
import { TextField } from "./fields.tsx";
import type { Form } from "./useForm.ts";

interface DefinitionDialogProps extends Omit<ComponentProps<typeof FormDialog>, "title" | "action"> {
  /** What is changed; something new without it. */
  readonly held: { readonly name: string } | undefined;
  /** The title of the form of a new one. */
  readonly create: string;
}

/** The form of something that people define by a name: it makes a new one, or changes one. */
export function DefinitionDialog({ held, create, ...form }: DefinitionDialogProps) {
  const { forms } = useMessages();
  return (
    <FormDialog {...form} title={held ? forms.editOf(held.name) : create} action={held ? forms.save : forms.create} />
  );
}

export function NameField({ form: { draft, set } }: { form: Pick<Form<{ readonly name: string }>, "draft" | "set"> }) {
  const { forms } = useMessages();
  return <TextField path="name" label={forms.name} value={draft.name} onChange={(name) => set({ name })} />;
}

interface DescriptionFieldProps {
  readonly form: Pick<Form<{ readonly description: string }>, "draft" | "set">;
}

export function DescriptionField({ form: { draft, set } }: DescriptionFieldProps) {
  const { forms } = useMessages();
  return (
    <TextField
      path="description"
      label={forms.description}
      optional
      lines={2}
      value={draft.description}
      onChange={(description) => set({ description })}
    />
  );
}
