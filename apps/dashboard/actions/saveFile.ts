/** Gives the browser a text to save as a file, under a name that is safe on any system. */
export function saveFile(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  link.download = name.replaceAll(/[^\p{L}\p{N}._ -]/gu, "_").replace(/^\.+/, "");
  link.click();
  URL.revokeObjectURL(link.href);
}
