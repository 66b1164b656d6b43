import type { ReactNode } from "react";

const NO_VALUES: readonly unknown[] = [null, undefined, false, ""];

/** What is known of one thing: each name with its value, those without one left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  const known = facts.filter(([, value]) => !NO_VALUES.includes(value));
  return (
    <dl className="facts">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
