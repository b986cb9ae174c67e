import { pathsOf } from "../../domain/names.ts";
import { placeholderOutputs } from "../../proxy/proxy-settings.ts";
import { loadEnvironment } from "./environments.ts";

/** What `terraform output -json` prints of an environment that was applied: of each output its value. */
export function deployedOutputs(name: string, changes: Readonly<Record<string, unknown>> = {}) {
  const environment = loadEnvironment(name);
  const { accountId, region, namePrefix, apis } = environment;
  const { apiUrls, payload } = placeholderOutputs(environment);
  const queue = `https://sqs.${region}.amazonaws.com/${accountId}/${namePrefix}-intake`;
  const values = {
    api_urls: apiUrls,
    api_paths: Object.fromEntries(apis.map((api) => [api.name, pathsOf(api)])),
    deployment: { account_id: accountId, region, name_prefix: namePrefix },
    large_payload_threshold_bytes: payload.thresholdBytes,
    max_payload_bytes: payload.maxBytes,
    intake_bucket_name: `${namePrefix}-intake`,
    documents_bucket_name: `${namePrefix}-documents`,
    table_name: namePrefix,
    queue_url: queue,
    dead_letter_queue_url: `${queue}-dead-letter`,
    function_names: { api: `${namePrefix}-api`, queue: `${namePrefix}-queue`, sweep: `${namePrefix}-sweep` },
    ...changes,
  };
  return Object.fromEntries(Object.entries(values).map(([output, value]) => [output, { value }]));
}
