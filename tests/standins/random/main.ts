import { serve } from "../serve.ts";
import { RandomProvider } from "./random.ts";

await serve(new RandomProvider());
