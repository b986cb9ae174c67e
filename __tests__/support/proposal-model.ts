import * as z from "zod/mini";
import { proposalSchema } from "../../domain/proposals.ts";

/** A JSON schema in the part of draft 4 that API Gateway's models understand. */
export interface ProposalModel {
  type?: string;
  properties?: Record<string, ProposalModel>;
  required?: string[];
  enum?: (string | number)[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

/** Refuses any keyword that models do not support, should the contract ever need one. */
const modelSchema: z.ZodMiniType<ProposalModel> = z.strictObject({
  type: z.exactOptional(z.string()),
  properties: z.exactOptional(
    z.record(
      z.string(),
      z.lazy(() => modelSchema),
    ),
  ),
  required: z.exactOptional(z.array(z.string())),
  enum: z.exactOptional(z.array(z.union([z.string(), z.number()]))),
  pattern: z.exactOptional(z.string()),
  minLength: z.exactOptional(z.number()),
  maxLength: z.exactOptional(z.number()),
  minimum: z.exactOptional(z.number()),
  maximum: z.exactOptional(z.number()),
});

/**
 * The proposal as an API Gateway model (JSON schema draft 4). It documents: models know neither
 * `additionalProperties` nor `format`, so the functions alone refuse unknown properties.
 */
export function proposalModel(): ProposalModel {
  const { $schema: _, ...schema } = z.toJSONSchema(proposalSchema, {
    target: "draft-4",
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
      delete jsonSchema.format;
    },
  });
  return modelSchema.parse(schema);
}
