import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import type { FunctionPart } from "../../contract/function-parts.ts";
import type { DocumentsBucket } from "./documents-bucket.ts";
import type { ExecuteApiEndpoint } from "./execute-api-endpoint.ts";
import type { IntakeBucket } from "./intake-bucket.ts";
import type { PrivateApis } from "./private-apis.ts";
import type { RecordsTable } from "./records-table.ts";
import type { ServiceFunction, ServiceFunctionProps } from "./service-function.ts";

/** Where payloads wait, and what is kept of them. */
export interface Storage {
  readonly intake: IntakeBucket;
  readonly documents: DocumentsBucket;
  readonly table: RecordsTable;
  readonly queue: SqsQueue;
  readonly deadLetterQueue: SqsQueue;
}

/** The functions, and what calls those that no API does. */
export interface Processing {
  readonly bundle: ServiceFunctionProps["bundle"];
  readonly functions: Readonly<Record<FunctionPart, ServiceFunction>>;
  readonly mappingUuid: string;
}

/** The APIs, and the endpoint through which alone they answer. */
export interface Gateway {
  readonly endpoint: ExecuteApiEndpoint;
  readonly apis: PrivateApis;
}
