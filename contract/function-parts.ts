/** The construct ids of the functions. State addresses are made from them. */
export type FunctionPart = "api-function" | "queue-function" | "sweep-function";
