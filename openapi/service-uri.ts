/** The URI of an AWS integration: `arn:partition:apigateway:region:[host.]service:path/…`, or `action/…` */
export interface ServiceUri {
  host: string;
  /** In lower case. */
  service: string;
  kind: "path" | "action";
  rest: string;
}

const form =
  /^arn:[^:]*:apigateway:[^:]*:(?:(?<host>[^:]+)\.)?(?<service>[a-z0-9-]+):(?<kind>path|action)\/+(?<rest>.*)$/i;

/** The parts of a URI, or undefined where it has another form or does not write its service out. */
export function parseServiceUri(uri: string): ServiceUri | undefined {
  const { host = "", service = "", kind = "", rest = "" } = form.exec(uri)?.groups ?? {};
  if (service === "") return undefined;
  return {
    host,
    service: service.toLowerCase(),
    kind: kind.toLowerCase() === "path" ? "path" : "action",
    rest,
  };
}
