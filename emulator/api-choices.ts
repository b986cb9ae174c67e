import type { ApiKey } from "./api-gateway/guards/api-key.ts";

/** What whoever runs a stack on this machine decides about its APIs. */
export interface ApiChoices {
  /** Routes that are left out, such as `GET /items/{id}`: they answer 501. */
  readonly skip?: readonly string[];
  /** Those that methods with an API key take. */
  readonly apiKeys?: readonly ApiKey[];
  /** Hosts beside those of the loopback interface that HTTP integrations may call. */
  readonly httpHosts?: readonly string[];
}
