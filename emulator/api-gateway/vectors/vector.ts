import { z } from "zod";

const bodyShape = {
  bodyText: z.string().optional(),
  bodyBase64: z.string().optional(),
  bodyRepeat: z
    .strictObject({
      text: z.string().optional(),
      base64: z.string().optional(),
      count: z.number().int().min(1),
    })
    .optional(),
};

const headersSchema = z.record(z.string(), z.string());
const namesSchema = z.array(z.string()).default([]);

const s3BackendSchema = z.strictObject({
  kind: z.literal("s3"),
  expect: z.strictObject({
    method: z.string(),
    path: z.string(),
    headers: headersSchema.default({}),
    headersAbsent: namesSchema,
    queryAbsent: namesSchema,
    json: z.unknown().optional(),
    ...bodyShape,
  }),
  reply: z.strictObject({
    status: z.number().int(),
    headers: headersSchema.default({}),
    delayMs: z.number().optional(),
    ...bodyShape,
  }),
});

const lambdaBackendSchema = z.strictObject({
  kind: z.literal("lambda"),
  expectEvent: z.record(z.string(), z.unknown()).default({}),
  expectKeys: z.record(z.string(), z.array(z.string())).default({}),
  headersAbsent: namesSchema,
  returns: z.unknown().optional(),
  throws: z.strictObject({ errorType: z.string(), errorMessage: z.string() }).optional(),
});

const apiSchema = z.strictObject({
  binaryMediaTypes: z.array(z.string()).default([]),
  method: z.string(),
  path: z.string(),
  integration: z.record(z.string(), z.unknown()),
  methodResponses: z.record(z.string(), z.unknown()).default({}),
  parameters: z.array(z.unknown()).default([]),
  requestModels: z.record(z.string(), z.unknown()).optional(),
  requestValidator: z.record(z.string(), z.boolean()).optional(),
  stage: z.string().default("v1"),
  stageVariables: z.record(z.string(), z.string()).default({}),
  otherRoutes: z
    .array(
      z.strictObject({
        method: z.string(),
        path: z.string(),
        integration: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
});

const vectorSchema = z.strictObject({
  name: z.string(),
  note: z.string().optional(),
  confidence: z.enum(["recorded", "documented", "derived"]),
  source: z.string(),
  api: apiSchema,
  request: z.strictObject({
    method: z.string(),
    path: z.string(),
    headers: headersSchema.default({}),
    ...bodyShape,
  }),
  backend: z.discriminatedUnion("kind", [s3BackendSchema, lambdaBackendSchema]).nullable(),
  response: z.strictObject({
    status: z.number().int(),
    headers: headersSchema.default({}),
    headersAbsent: namesSchema,
    json: z.unknown().optional(),
    ...bodyShape,
  }),
});

/** One recorded or documented behaviour of API Gateway: an API, a request, the call to the backend, the answer. */
export type Vector = z.infer<typeof vectorSchema>;

/** A file of vectors about one topic. */
export const vectorFileSchema = z.strictObject({
  topic: z.string(),
  source: z.string(),
  cases: z.array(vectorSchema).min(1),
});

export interface Body {
  readonly bodyText?: string | undefined;
  readonly bodyBase64?: string | undefined;
  readonly bodyRepeat?:
    | { readonly text?: string | undefined; readonly base64?: string | undefined; readonly count: number }
    | undefined;
}

/** The bytes that a vector describes; undefined where it describes none. */
export function bytesOfBody({ bodyText, bodyBase64, bodyRepeat }: Body): Buffer | undefined {
  if (bodyText !== undefined) return Buffer.from(bodyText);
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, "base64");
  if (bodyRepeat === undefined) return undefined;
  const { text, base64, count } = bodyRepeat;
  const unit = text === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(text);
  return Buffer.alloc(unit.length * count, unit);
}
