const directory = process.env["NODE_COMPILE_CACHE"];

/** Lets a process with an environment of its own use what Node has compiled already, where that is kept. */
export const compiled: NodeJS.ProcessEnv = directory === undefined ? {} : { NODE_COMPILE_CACHE: directory };
