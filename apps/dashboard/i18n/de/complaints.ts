import type { Messages } from "../en/index.ts";

export const complaints: Messages["complaints"] = {
  missing: "Das wird gebraucht.",
  types: { number: "Hier gehört eine Zahl hin.", int: "Hier gehört eine ganze Zahl hin." },
  formats: {
    uuid: "Bitte etwas wählen, das es gibt.",
    url: "Hier gehört eine Webadresse hin, mit https:// davor.",
    email: "Hier gehört eine Mailadresse hin.",
    datetime: "Hier gehört ein Datum mit Uhrzeit hin.",
  },
  format: "Das hat nicht die Form, die gebraucht wird.",
  shortest: (characters) => `Mindestens ${characters} Zeichen werden gebraucht.`,
  longest: (characters) => `Höchstens ${characters} Zeichen.`,
  fewest: (count) => `Mindestens ${count} ${count === 1 ? "wird" : "werden"} gebraucht.`,
  most: (count) => `Höchstens ${count}.`,
  atLeast: (least) => `${least} oder mehr.`,
  atMost: (most) => `${most} oder weniger.`,
  over: (bound) => `Mehr als ${bound}.`,
  under: (bound) => `Weniger als ${bound}.`,
  oneOf: (values) => `Eines davon wird gebraucht: ${values}.`,
  unknown: (names) => `Das kennt hier niemand: ${names}.`,
};
