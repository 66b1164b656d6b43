export { type Complaint, UserError } from "./errors.ts";
