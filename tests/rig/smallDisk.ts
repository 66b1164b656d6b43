import { spawnSync } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";
import type { Guard } from "./guard.ts";

/** A file system of its own for one directory, which can be made full and have room again without writing anything. */
export class SmallDisk {
  readonly #directory: string;
  readonly #megabytes: number;

  /** Mounts it on a directory that is still empty. @returns why not, where that is not to be had */
  static mount(directory: string, megabytes: number, guard: Guard): SmallDisk | { missing: string } {
    mkdirSync(directory, { recursive: true, mode: 0o711 });
    const error = mount(["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0711`, "tmpfs", directory]);
    if (error !== undefined) return { missing: `no file system can be mounted: ${error}` };
    guard.addMount(directory);
    return new SmallDisk(directory, megabytes);
  }

  private constructor(directory: string, megabytes: number) {
    this.#directory = directory;
    this.#megabytes = megabytes;
  }

  /** From now on, nothing more fits. */
  fill(): void {
    // What is written meanwhile may need a little more than what was there when it was asked.
    for (let attempt = 0; attempt < 20; attempt++) {
      const { blocks, bfree, bsize } = statfsSync(this.#directory);
      if (this.#resize(String((blocks - bfree + attempt) * bsize)) === undefined) return;
    }
    throw new Error(`${this.#directory} cannot be made full`);
  }

  /** From now on, there is room for so many more files and directories. */
  leaveRoomFor(files: number): void {
    const { files: most, ffree } = statfsSync(this.#directory);
    const error = this.#remount(`nr_inodes=${most - ffree + files}`);
    if (error !== undefined) throw new Error(`${this.#directory} cannot be limited: ${error}`);
  }

  /** There is room again. */
  empty(): void {
    const error = this.#resize(`${this.#megabytes}m`);
    if (error !== undefined) throw new Error(`${this.#directory} cannot be given room: ${error}`);
  }

  #resize(size: string): string | undefined {
    return this.#remount(`size=${size}`);
  }

  #remount(options: string): string | undefined {
    return mount(["-o", `remount,${options}`, this.#directory]);
  }
}

/** @returns what it says when it fails */
function mount(args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync("mount", args, { encoding: "utf8" });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
