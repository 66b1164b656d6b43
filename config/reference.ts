import { catalogue, type Setting } from "./catalogue.ts";
import { environments } from "./defaults.ts";

const catalogues = environments.map((environment) => catalogue(environment));

const introduction = `# Configuration

All settings of \`Pulumi.<stack>.yaml\`, generated from the schema. Only \`homeslice:domain\` is required. A setting whose
default depends on the environment shows all three: ${environments.join(" / ")}.

\`\`\`yaml
config:
  homeslice:domain: home.example.org
  homeslice:postgresql:
    size: 50Gi
    resources:
      limits:
        memory: 4Gi
\`\`\`
`;

/** The reference of all settings as Markdown: what docs/reference/configuration.md has to say. */
export function configurationReference(): string {
  const [settings = []] = catalogues;
  const groups = settings.filter(({ path, type }) => type === undefined && !path.includes("."));
  const loose = settings.filter(({ path, type }) => type !== undefined && !path.includes("."));
  const sections = groups.map(({ path, description }) => {
    const members = settings.filter((setting) => setting.path.startsWith(`${path}.`) && setting.type !== undefined);
    return `## \`homeslice:${path}\`\n\n${description}\n\n${table(members, `${path}.`)}`;
  });
  return [introduction, table(loose, ""), ...sections].join("\n");
}

function table(settings: readonly Setting[], prefix: string): string {
  const rows = settings.map((setting) => {
    const name = prefix === "" ? `homeslice:${setting.path}` : setting.path.slice(prefix.length);
    const cells = [code(name), setting.description, setting.type ?? "", defaultsOf(setting)];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| Setting | Meaning | Values | Default |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}

/** The default, or one for each environment where they differ. */
function defaultsOf({ path }: Setting): string {
  const values = catalogues.map((settings) => shown(settings.find((setting) => setting.path === path)?.default));
  return new Set(values).size === 1 ? (values[0] ?? "") : values.join(" / ");
}

function shown(value: unknown): string {
  if (value === undefined) return "";
  return code(typeof value === "string" ? value : JSON.stringify(value));
}

function code(text: string): string {
  return `\`${text}\``;
}
