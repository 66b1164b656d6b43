export { type Change, difference, isWithin } from "./difference.ts";
export {
  type CheckCall,
  type CheckResult,
  type CreateCall,
  type DeleteCall,
  type DiffCall,
  type DiffResult,
  InitializationError,
  type InvokeCall,
  type InvokeResult,
  type Provider,
  type ReadCall,
  type ReadResult,
  type ResourceCall,
  type UpdateCall,
} from "./provider.ts";
export {
  at,
  containsUnknown,
  isObject,
  secret,
  textAt,
  unknownValue,
  type Value,
  type Values,
  valuesSchema,
  withoutNulls,
} from "./values.ts";
