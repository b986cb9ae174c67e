import type { ApiKey } from "./api-gateway/guards/api-key.ts";

/** What whoever runs a stack on this machine decides about its APIs. */
export interface ApiChoices {
  /** Routes that are left out and answer 501: `GET /items/{id}` of every API that has it, `orders GET /items/{id}` of one. */
  readonly skip?: readonly string[];
  /** Those that methods with an API key take. */
  readonly apiKeys?: readonly ApiKey[];
  /** Hosts beside those of the loopback interface that HTTP integrations may call. */
  readonly httpHosts?: readonly string[];
}
