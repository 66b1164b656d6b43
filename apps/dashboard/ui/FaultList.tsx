import { useMessages } from "../i18n/messages.tsx";
import { placeOf } from "./place.ts";

interface FaultListProps {
  readonly faults: readonly { readonly path: string; readonly message: string }[];
}

/** What is wrong with a request, and where: a fault of the whole has no place. */
export function FaultList({ faults }: FaultListProps) {
  const { fields } = useMessages();
  return (
    <ul className="plain-list">
      {faults.map(({ path, message }) => {
        const place = placeOf(path, fields);
        return (
          <li key={`${path} ${message}`}>
            {place !== "" && <strong>{place}: </strong>}
            {message}
          </li>
        );
      })}
    </ul>
  );
}
