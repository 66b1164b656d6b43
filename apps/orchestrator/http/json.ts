/** Arrays and objects within each other, at most. */
const MAX_DEPTH = 32;

/** A string, or a character that opens, closes or separates: all that matters for the shape. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/**
 * Parses JSON that others sent. Of two equal keys one parser takes the first and another the last, so nobody knows what
 * was meant; deep nesting and `__proto__` are never meant.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  checkShape(text);
  return JSON.parse(text);
}

function checkShape(text: string): void {
  /** The keys of each object that is open; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let last = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") {
      if (open.length === MAX_DEPTH) throw new SyntaxError(`more than ${MAX_DEPTH} levels`);
      open.push(token === "{" ? new Set() : undefined);
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (token === ":") {
      addKey(open.at(-1), last);
    }
    last = token;
  }
}

function addKey(keys: Set<string> | undefined, token: string): void {
  const key = String(JSON.parse(token));
  if (key === "__proto__") throw new SyntaxError("the key __proto__ is not allowed");
  if (keys?.has(key)) throw new SyntaxError(`the key ${token} is there twice`);
  keys?.add(key);
}
