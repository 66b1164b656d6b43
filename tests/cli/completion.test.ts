import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { completionScript } from "@homeslice/cli/completion/script.ts";
import { createProgram } from "@homeslice/cli/program.ts";
import { afterAll, expect, test } from "vitest";
import { debianProgram } from "../support/debian.ts";

const directory = mkdtempSync(join(tmpdir(), "homeslice-completion-"));
afterAll(() => rmSync(directory, { recursive: true }));
const script = (shell: "bash" | "zsh" | "fish") => {
  const file = join(directory, `completion.${shell}`);
  writeFileSync(file, completionScript(createProgram(), shell));
  return file;
};

/** What bash offers, asked as it asks when somebody presses the key. */
function offered(...words: readonly string[]): string[] {
  const asking = `source "$1"; shift
    spec=$(complete -p homeslice); function=\${spec##*-F }; function=\${function%% *}
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "$function" "$1" "\${@: -1}" "\${@: -2:1}"; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = execFileSync("bash", ["-uc", asking, "bash", script("bash"), "./homeslice", ...words]);
  return String(said).trim().split("\n");
}

test("bash completes commands, options and what an option or an argument can be", () => {
  expect(offered("sche")).toEqual(["schedules"]);
  expect(offered("schedules", "")).toEqual(["list", "show", "next", "fires", "pause", "resume", "--help"]);
  expect(offered("locks", "acquire", "--t")).toEqual(["--type", "--ttl"]);
  expect(offered("approvals", "list", "--status", "re")).toEqual(["refused"]);
  expect(offered("reports", "download", "e")).toEqual(["executions", "evidence"]);
  expect(offered("reports", "download", "access", "--format", "")).toEqual(["json", "csv", "pdf"]);
});

test("a value of an option is taken for no command, and where any value fits, bash is left to offer files", () => {
  expect(offered("notifications", "deliveries", "--channel", "rules", "--st")).toEqual(["--status"]);
  expect(offered("apply", "-f", "")).toEqual([""]);
});

test("every command can be completed, in every shell", () => {
  const program = createProgram();
  const [bash, fish] = [completionScript(program, "bash"), completionScript(program, "fish")];
  for (const command of program.commands) {
    expect(bash).toContain(` ${command.name()}`);
    expect(fish).toContain(`-a '${command.name()}'`);
    for (const below of command.commands) expect(bash).toContain(`'${command.name()} ${below.name()}'`);
  }
});

const fish = debianProgram("fish", "fish");
const zsh = debianProgram("zsh", "zsh");
const pathOf = (found: typeof fish) => ("path" in found ? found.path : "");

test.skipIf("missing" in fish)("fish completes the same, and says what each is for", () => {
  const ask = (line: string) =>
    String(execFileSync(pathOf(fish), ["--no-config", "-c", `source ${script("fish")}; complete -C '${line}'`])).trim();
  expect(ask("homeslice sche")).toBe("schedules\tshow schedules, and pause or resume them");
  expect(ask("homeslice approvals list --status re")).toMatch(/refused/);
  expect(
    ask("homeslice reports download e")
      .split("\n")
      .map((line) => line.split("\t")[0]),
  ).toEqual(["evidence", "executions"]);
});

test.skipIf("missing" in zsh)("zsh takes its script and knows the command from then on", () => {
  const said = execFileSync(pathOf(zsh), ["-fc", `source ${script("zsh")} && print -r -- $_comps[homeslice]`]);
  expect(String(said)).toContain("_homeslice");
});
