import { useMessages } from "../i18n/messages.tsx";
import { Field } from "../ui/Field.tsx";
import { CommandLine } from "./CommandLine.tsx";
import { commandWords } from "./commandWords.ts";

interface CommandFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | undefined;
  /** Rows of a field of several lines; in one of a single line, Enter sends the form. */
  readonly lines?: number;
}

/** A command as one writes it, with its words shown as they will be passed on. */
export function CommandField({ value, onChange, error, lines }: CommandFieldProps) {
  const { run: texts } = useMessages();
  const words = commandWords(value);
  return (
    <>
      <Field label={texts.command} hint={texts.commandHint} error={words === undefined ? texts.openQuote : error}>
        {(control) => {
          const common = {
            ...control,
            className: "mono",
            autoComplete: "off",
            autoCapitalize: "off",
            spellCheck: false,
            required: true,
            value,
            onChange: ({ target }: { readonly target: { readonly value: string } }) => onChange(target.value),
          };
          return lines === undefined ? <input {...common} /> : <textarea {...common} rows={lines} />;
        }}
      </Field>
      {words !== undefined && words.length > 0 && <CommandLine words={words} label={texts.words} />}
    </>
  );
}
