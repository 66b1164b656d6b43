import { once } from "node:events";
import { createServer } from "node:http";
import { z } from "zod";

/** Lines that a process prints: each bears its number and the time. */
export interface Printing {
  /** Printed at once. */
  readonly first: number;
  /** Printed when the gate was opened, so many a second. */
  readonly later: number;
  readonly perSecond: number;
}

/** Holds a printer back. */
export interface Gate {
  readonly url: string;
  readonly open: () => void;
  readonly close: () => void;
}

const STEP_MS = 5;
const SCRIPT = `
const [gate, ...numbers] = process.argv.slice(1);
const [first, later, perSecond] = numbers.map(Number);
let number = 0;
const printTo = (last) => {
  let text = "";
  while (number < last) text += "number " + ++number + " at " + Date.now() + "\\n";
  process.stdout.write(text);
};
printTo(first);
fetch(gate).then(() => {
  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    printTo(first + Math.min(later, due));
    if (due >= later) clearInterval(timer);
  }, ${STEP_MS});
});
`;

/** The command that prints them. */
export function printer({ first, later, perSecond }: Printing, gate: Gate): [string, ...string[]] {
  return [process.execPath, "-e", SCRIPT, gate.url, ...[first, later, perSecond].map(String)];
}

export async function makeGate(): Promise<Gate> {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const server = createServer((_, response) => void opened.then(() => response.end()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, open, close };
}
