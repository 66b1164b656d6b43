/** A fault of a request, and where it is. */
interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Faults that are told of one request, at most. */
const MAX_FAULTS = 20;

/**
 * Finds texts, keys among them, that no database stores and no other program agrees on: with a NUL, or with one half of
 * a UTF-16 pair. Nothing that people mean has them.
 * @param path where the value is, in the words of a problem document
 */
export function textFaults(path: string, value: unknown): Fault[] {
  const faults: Fault[] = [];
  look(path, value, faults);
  return faults;
}

function look(path: string, value: unknown, faults: Fault[]): void {
  if (faults.length === MAX_FAULTS) return;
  if (typeof value === "string") {
    const message = faultOf(value);
    if (message !== undefined) faults.push({ path, message });
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (faultOf(key) === undefined) look(`${path}.${key}`, item, faults);
      else faults.push({ path, message: `has a key that ${faultOf(key)}` });
    }
  }
}

function faultOf(text: string): string | undefined {
  if (text.includes("\0")) return "must not contain a NUL character";
  return text.isWellFormed() ? undefined : "must not contain half a character (a surrogate without its pair)";
}
