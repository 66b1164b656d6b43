/** So long a browser may take to begin to read what it was given. */
const KEPT_MS = 60_000;

/** Gives the browser something to save as a file, under a name that is safe on any system. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const download = name.replaceAll(/[^\p{L}\p{N}._ -]/gu, "_").replace(/^\.+/, "");
  Object.assign(document.createElement("a"), { href: url, download }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
