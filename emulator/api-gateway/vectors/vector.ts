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
    .refine(
      ({ text, base64 }) => (text === undefined) !== (base64 === undefined),
      "text or base64 is repeated",
    )
    .optional(),
};

/** Of two bodies only one would be sent, or compared. */
function withBody<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({ ...shape, ...bodyShape }).refine((value: object) => {
    return Object.keys(value).filter((key) => key === "json" || key in bodyShape).length <= 1;
  }, "it has more than one body");
}

const headersSchema = z.record(z.string(), z.string());
const namesSchema = z.array(z.string()).default([]);

const callShape = {
  method: z.string(),
  headers: headersSchema.default({}),
  headersAbsent: namesSchema,
  queryAbsent: namesSchema,
  json: z.unknown().optional(),
};

const replySchema = withBody({
  status: z.number().int(),
  headers: headersSchema.default({}),
  delayMs: z.number().optional(),
});

const s3BackendSchema = z.strictObject({
  kind: z.literal("s3"),
  expect: withBody({ path: z.string(), ...callShape }),
  reply: replySchema,
});

const httpBackendSchema = z.strictObject({
  kind: z.literal("http"),
  expect: withBody({ url: z.string(), query: headersSchema.default({}), ...callShape }),
  reply: replySchema,
});

const lambdaBackendSchema = z.strictObject({
  kind: z.literal("lambda"),
  function: z.string().optional(),
  expectEvent: z.record(z.string(), z.unknown()).default({}),
  expectPayload: z.unknown().optional(),
  expectKeys: z.record(z.string(), z.array(z.string())).default({}),
  headersAbsent: namesSchema,
  returns: z.unknown().optional(),
  throws: z.strictObject({ errorType: z.string(), errorMessage: z.string() }).optional(),
});

const backendSchema = z.discriminatedUnion("kind", [s3BackendSchema, httpBackendSchema, lambdaBackendSchema]);

/** A backend that a vector expects to be called, with its answer. */
export type ExpectedBackend = z.infer<typeof backendSchema>;

const apiSchema = z.strictObject({
  binaryMediaTypes: z.array(z.string()).default([]),
  method: z.string(),
  path: z.string(),
  integration: z.record(z.string(), z.unknown()),
  methodResponses: z.record(z.string(), z.unknown()).default({}),
  parameters: z.array(z.unknown()).default([]),
  requestModels: z.record(z.string(), z.unknown()).optional(),
  requestValidator: z.record(z.string(), z.boolean()).optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  securitySchemes: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  apiKeys: z.array(z.strictObject({ id: z.string(), value: z.string() })).default([]),
  gatewayResponses: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  httpHosts: z.array(z.string()).default([]),
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

export const confidences = ["recorded", "documented", "derived"] as const;

export type Confidence = (typeof confidences)[number];

export const vectorSchema = z.strictObject({
  name: z.string(),
  note: z.string().optional(),
  confidence: z.enum(confidences),
  source: z.string(),
  api: apiSchema,
  request: withBody({
    method: z.string(),
    path: z.string(),
    headers: headersSchema.default({}),
  }),
  /** One, several in the order of the calls, or none: null. */
  backend: z.union([z.array(backendSchema).min(1), backendSchema]).nullable(),
  response: withBody({
    status: z.number().int(),
    headers: headersSchema.default({}),
    headersAbsent: namesSchema,
    json: z.unknown().optional(),
  }),
});

/** One recorded or documented behaviour of API Gateway: an API, a request, the call to the backend, the answer. */
export type Vector = z.infer<typeof vectorSchema>;

/** A file of vectors about one topic; each case is looked at by itself. */
export const vectorFileSchema = z.strictObject({
  topic: z.string(),
  source: z.string(),
  cases: z.array(z.unknown()).min(1),
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
