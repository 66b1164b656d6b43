import { z } from "zod";

// The Content-Security-Policy lets nothing make code of text: a parser that tried would be reported by the browser.
z.config({ jitless: true });
