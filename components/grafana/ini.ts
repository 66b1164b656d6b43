/** Sections of a configuration file with their settings. */
export type Ini = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** The text of a configuration file in the notation that Grafana reads. */
export function iniText(sections: Ini): string {
  return Object.entries(sections)
    .map(([name, settings]) => [`[${name}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`)])
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}
