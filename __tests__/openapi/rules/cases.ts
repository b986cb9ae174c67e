import * as accountLiterals from "./cases/account-literals.ts";
import * as binaryPayload from "./cases/binary-payload.ts";
import * as canonicalForm from "./cases/canonical-form.ts";
import type { Case } from "./cases/case.ts";
import * as declaredParameters from "./cases/declared-parameters.ts";
import * as declaredResponses from "./cases/declared-responses.ts";
import * as endpointSecurity from "./cases/endpoint-security.ts";
import * as importLimits from "./cases/import-limits.ts";
import * as integration from "./cases/integration.ts";
import * as integrationSettings from "./cases/integration-settings.ts";
import * as models from "./cases/models.ts";
import * as paths from "./cases/paths.ts";
import * as requestHeaders from "./cases/request-headers.ts";
import * as responseSelection from "./cases/response-selection.ts";
import * as s3Requests from "./cases/s3-requests.ts";
import * as s3Responses from "./cases/s3-responses.ts";
import * as security from "./cases/security.ts";
import * as templates from "./cases/templates.ts";

const all = [
  accountLiterals,
  binaryPayload,
  canonicalForm,
  declaredParameters,
  declaredResponses,
  endpointSecurity,
  importLimits,
  integration,
  integrationSettings,
  models,
  paths,
  requestHeaders,
  responseSelection,
  s3Requests,
  s3Responses,
  security,
  templates,
];

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = all.flatMap((each) => each.broken);

/** Changes that look alike and break none. */
export const allowed: Case[] = all.flatMap((each) => each.allowed);
