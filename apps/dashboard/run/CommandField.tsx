import { useMessages } from "../i18n/messages.tsx";
import { Field } from "../ui/Field.tsx";
import { CommandLine } from "./CommandLine.tsx";
import { commandWords } from "./commandWords.ts";

interface CommandFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | undefined;
}

/** A command as one writes it, with its words shown as they will be passed on. */
export function CommandField({ value, onChange, error }: CommandFieldProps) {
  const { run: texts } = useMessages();
  const words = commandWords(value);
  return (
    <>
      <Field label={texts.command} hint={texts.commandHint} error={words === undefined ? texts.openQuote : error}>
        {(control) => (
          <input
            {...control}
            className="code"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            required
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
        )}
      </Field>
      {words !== undefined && words.length > 0 && <CommandLine words={words} label={texts.words} />}
    </>
  );
}
