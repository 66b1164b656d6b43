interface SearchBoxProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** Part of a text that is looked for. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  return (
    <label>
      <span className="visually-hidden">{label}</span>
      <input
        type="search"
        placeholder={label}
        value={value ?? ""}
        onChange={({ target }) => onChange(target.value === "" ? undefined : target.value)}
      />
    </label>
  );
}
