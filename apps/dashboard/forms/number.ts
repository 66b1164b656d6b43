/** What a field holds as a whole number; what is none goes as it is, and is refused at its place. */
export function wholeNumber(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text) : text;
}
