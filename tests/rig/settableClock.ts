import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { debianProgram } from "../support/debian.ts";

const LIBRARIES = "/usr/lib";

/** The wall clock of one process, which can be set while it runs; time itself goes on as it does (libfaketime). */
export class SettableClock {
  /** What the process is to be started with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: string;

  /** @returns the library that it needs, or why that is not to be had */
  static findLibrary(): { path: string } | { missing: string } {
    const program = debianProgram("faketime", "faketime");
    if ("missing" in program) return program;
    const found = readdirSync(LIBRARIES)
      .map((name) => join(LIBRARIES, name, "faketime/libfaketimeMT.so.1"))
      .find((path) => existsSync(path));
    return found === undefined ? { missing: `libfaketimeMT.so.1 is not below ${LIBRARIES}` } : { path: found };
  }

  /** @param file where the process looks for the time */
  constructor(library: string, file: string) {
    this.#file = file;
    this.environment = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    };
    this.set(0);
  }

  /** Sets it to so many seconds after what it is, negative is before; within a second, the process goes by it. */
  set(seconds: number): void {
    const next = `${this.#file}.next`;
    writeFileSync(next, `${seconds < 0 ? "" : "+"}${seconds}s\n`);
    renameSync(next, this.#file);
  }
}
