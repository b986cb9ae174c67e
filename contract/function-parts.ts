/** The functions of the ingestion, by the ids of their constructs, which state addresses follow from. */
export type FunctionPart = "api-function" | "queue-function" | "sweep-function";
