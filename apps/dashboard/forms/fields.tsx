import { createContext, type ReactNode, use, useId } from "react";
import { Field } from "../ui/Field.tsx";
import { type Faults, faultAt } from "./faults.ts";

/** What is wrong with the form that the fields are in. */
export const FaultsContext = createContext<Faults>({});

interface FieldProps {
  /** Place of the value in the body: its faults are shown here. */
  readonly path: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly optional?: boolean;
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: "text" | "password" | "datetime-local" | "email" | "url";
  /** Rows of a text of several lines. */
  readonly lines?: number;
  /** What is proposed. */
  readonly proposals?: readonly string[];
  readonly mono?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { path, label, hint, optional = false, value, onChange, type = "text", lines, proposals, mono = false } = props;
  const error = faultAt(use(FaultsContext), path);
  const list = useId();
  return (
    <Field label={label} hint={hint} optional={optional} error={error}>
      {(control) => {
        const common = {
          ...control,
          className: mono ? "mono" : undefined,
          spellCheck: !mono,
          autoComplete: type === "password" ? "new-password" : "off",
          value,
        };
        if (lines !== undefined)
          return <textarea {...common} rows={lines} onChange={({ target }) => onChange(target.value)} />;
        return (
          <>
            <input
              {...common}
              type={type}
              list={proposals ? list : undefined}
              onChange={({ target }) => onChange(target.value)}
            />
            {proposals && (
              <datalist id={list}>
                {proposals.map((proposal) => (
                  <option key={proposal} value={proposal} />
                ))}
              </datalist>
            )}
          </>
        );
      }}
    </Field>
  );
}

/** A field for a whole number. */
export function NumberField(props: FieldProps & { value: string; onChange: (value: string) => void }) {
  const { path, label, hint, optional = false, value, onChange } = props;
  return (
    <Field label={label} hint={hint} optional={optional} error={faultAt(use(FaultsContext), path)}>
      {(control) => (
        <input
          {...control}
          inputMode="numeric"
          autoComplete="off"
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

interface SelectFieldProps<Value extends string> extends FieldProps {
  readonly value: Value | "";
  /** What can be chosen: value → what is shown for it. */
  readonly options: readonly (readonly [Value, string])[];
  /** What stands there while nothing is chosen. */
  readonly none?: string;
  readonly onChange: (value: Value) => void;
  /** Takes the choice back; without it, something else can be chosen, but not nothing. */
  readonly onNone?: () => void;
}

export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  const { path, label, hint, optional = false, value, options, none, onChange, onNone } = props;
  const choose = (text: string) => {
    const chosen = options.find(([name]) => name === text);
    if (chosen) onChange(chosen[0]);
    else onNone?.();
  };
  return (
    <Field label={label} hint={hint} optional={optional} error={faultAt(use(FaultsContext), path)}>
      {(control) => (
        <select {...control} value={value} onChange={({ target }) => choose(target.value)}>
          {none !== undefined && <option value="">{none}</option>}
          {options.map(([name, shown]) => (
            <option key={name} value={name}>
              {shown}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckFieldProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function CheckField({ label, checked, onChange }: CheckFieldProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={({ target }) => onChange(target.checked)} />
      {label}
    </label>
  );
}

interface ChecksFieldProps<Value extends string> extends Omit<FieldProps, "optional"> {
  readonly options: readonly (readonly [Value, string])[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: Value[]) => void;
}

/** Any number of several. */
export function ChecksField<Value extends string>(props: ChecksFieldProps<Value>) {
  const { path, label, hint, options, chosen, onChange } = props;
  const error = faultAt(use(FaultsContext), path);
  const toggle = (value: Value, on: boolean) =>
    onChange(options.map(([name]) => name).filter((name) => (name === value ? on : chosen.includes(name))));
  return (
    <fieldset className="checks">
      <legend>{label}</legend>
      {options.map(([value, shown]) => (
        <CheckField key={value} label={shown} checked={chosen.includes(value)} onChange={(on) => toggle(value, on)} />
      ))}
      {hint !== undefined && <p className="field-hint">{hint}</p>}
      {error !== undefined && <p className="field-error">{error}</p>}
    </fieldset>
  );
}

interface RadioFieldProps<Value extends string> {
  /** What can be chosen, and what is shown for each. */
  readonly options: readonly Value[];
  readonly names: Readonly<Record<Value, string>>;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One of a few, all of them to be seen; what they are about says the fieldset around it. */
export function RadioField<Value extends string>({ options, names, value, onChange }: RadioFieldProps<Value>) {
  const name = useId();
  return (
    <div className="choices">
      {options.map((option) => (
        <label key={option} className="check">
          <input type="radio" name={name} checked={value === option} onChange={() => onChange(option)} />
          {names[option]}
        </label>
      ))}
    </div>
  );
}
