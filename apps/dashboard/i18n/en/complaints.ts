const types: Readonly<Record<string, string>> = {
  number: "A number is needed.",
  int: "A whole number is needed.",
};
const formats: Readonly<Record<string, string>> = {
  uuid: "Choose one that there is.",
  url: "A web address is needed, with https:// before it.",
  email: "A mail address is needed.",
  datetime: "A date with a time is needed.",
};

/** What is wrong with a field, where its schema has no words of its own. */
export const complaints = {
  missing: "This is needed.",
  types,
  formats,
  format: "This is not in the form that is needed.",
  shortest: (characters: number) => `At least ${characters} characters are needed.`,
  longest: (characters: number) => `At most ${characters} characters.`,
  fewest: (count: number) => `At least ${count} ${count === 1 ? "is" : "are"} needed.`,
  most: (count: number) => `At most ${count}.`,
  atLeast: (least: string) => `${least} or more.`,
  atMost: (most: string) => `${most} or less.`,
  over: (bound: string) => `More than ${bound}.`,
  under: (bound: string) => `Less than ${bound}.`,
  oneOf: (values: string) => `One of these is needed: ${values}.`,
  unknown: (names: string) => `This is not known here: ${names}.`,
};
