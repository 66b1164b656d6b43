import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** Breaks something, and mends it. */
export interface Fault {
  readonly description: string;
  readonly strike: (scene: Scene, random: Random) => Promise<void>;
}
