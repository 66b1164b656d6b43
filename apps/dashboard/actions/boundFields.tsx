import { createContext, use, useState } from "react";
import { CheckField, NumberField, SelectField, TextField } from "../forms/fields.tsx";
import { wholeNumber } from "../forms/number.ts";
import { type Json, valueAt } from "./definition.ts";
import type { Builder } from "./useBuilder.ts";

/** The definition that the fields are of. */
export const BuilderContext = createContext<Pick<Builder, "definition" | "set"> | undefined>(undefined);

export function useDefinition(): Pick<Builder, "definition" | "set"> {
  const builder = use(BuilderContext);
  if (builder === undefined) throw new Error("a field of a definition stands outside of a builder");
  return builder;
}

interface BoundProps {
  readonly path: readonly string[];
  readonly label: string;
  readonly hint?: string | undefined;
  readonly optional?: boolean;
}

function useBound({ path, label, hint, optional = false }: BoundProps) {
  const { definition, set } = useDefinition();
  return {
    value: valueAt(definition, path),
    set: (value: Json | undefined) => set(path, value),
    common: { path: path.join("."), label, optional, ...(hint !== undefined && { hint }) },
  };
}

export function BoundText({ lines, mono = false, ...props }: BoundProps & { lines?: number; mono?: boolean }) {
  const { value, set, common } = useBound(props);
  return (
    <TextField
      {...common}
      {...(lines !== undefined && { lines })}
      mono={mono}
      value={textOf(value)}
      onChange={(text) => set(text === "" && props.optional ? undefined : text)}
    />
  );
}

export function BoundNumber(props: BoundProps) {
  const { value, set, common } = useBound(props);
  return (
    <NumberField
      {...common}
      value={textOf(value)}
      onChange={(text) => set(text.trim() === "" ? undefined : wholeNumber(text))}
    />
  );
}

/** A text or a number for each line. An empty line at the end is one that is about to be written. */
export function BoundLines({ rows = 3, ...props }: BoundProps & { rows?: number }) {
  const { value, set, common } = useBound(props);
  const items = Array.isArray(value) ? value.map(textOf) : [];
  const [typed, setTyped] = useState(items.join("\n"));
  const shown = linesOf(typed).join("\n") === items.join("\n") ? typed : items.join("\n");
  return (
    <TextField
      {...common}
      lines={rows}
      mono
      value={shown}
      onChange={(text) => {
        setTyped(text);
        const lines = linesOf(text);
        set(lines.length === 0 && props.optional ? undefined : lines);
      }}
    />
  );
}

export function BoundCheck(props: Pick<BoundProps, "path" | "label"> & { readonly fallback: boolean }) {
  const { value, set } = useBound(props);
  return (
    <CheckField label={props.label} checked={value === undefined ? props.fallback : value === true} onChange={set} />
  );
}

interface BoundSelectProps extends BoundProps {
  readonly names: Readonly<Record<string, string>>;
  readonly fallback: string;
  /** What follows from the choice; by default it is set alone. */
  readonly onChoose?: (value: string) => void;
}

export function BoundSelect({ names, fallback, onChoose, ...props }: BoundSelectProps) {
  const { value, set, common } = useBound(props);
  return (
    <SelectField
      {...common}
      value={value === undefined ? fallback : textOf(value)}
      options={Object.entries(names)}
      onChange={onChoose ?? set}
    />
  );
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function linesOf(text: string): string[] {
  const trimmed = text.replace(/\n+$/, "");
  return trimmed === "" ? [] : trimmed.split("\n");
}
