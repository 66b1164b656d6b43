/** The lines in which two texts differ, those that go with `- ` and those that come with `+ ` before them, in order. */
export function lineDifference(before: string, after: string): string[] {
  const [old, young] = [before.split("\n"), after.split("\n")];
  const common = commonLines(old, young);
  const lines: string[] = [];
  let [at, to] = [0, 0];
  for (const [left, right] of [...common, [old.length, young.length] as const]) {
    lines.push(...old.slice(at, left).map((line) => `- ${line}`), ...young.slice(to, right).map((line) => `+ ${line}`));
    [at, to] = [left + 1, right + 1];
  }
  return lines;
}

/** The places of a longest series of lines that both texts have. */
function commonLines(old: readonly string[], young: readonly string[]): (readonly [number, number])[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(young.length + 1).fill(0));
  const longest = (left: number, right: number) => lengths[left]?.[right] ?? 0;
  for (let left = old.length - 1; left >= 0; left--) {
    for (let right = young.length - 1; right >= 0; right--) {
      const same = old[left] === young[right];
      const length = same
        ? longest(left + 1, right + 1) + 1
        : Math.max(longest(left + 1, right), longest(left, right + 1));
      lengths[left]?.splice(right, 1, length);
    }
  }
  const places: (readonly [number, number])[] = [];
  for (let left = 0, right = 0; left < old.length && right < young.length; ) {
    if (old[left] === young[right]) places.push([left++, right++]);
    else if (longest(left + 1, right) >= longest(left, right + 1)) left++;
    else right++;
  }
  return places;
}
