/** The value of Authorization that carries a credential (RFC 6750, 2.1): this scheme, one credential, nothing behind it. */
export const bearerPattern = "^bearer +([A-Za-z0-9._~+/-]+=*)$";

/** Sets a variable to the credential of a request's only Authorization header; of two of them, none counts. */
export const bearerRules = (variable: string) =>
  `    acl bearer_alone       req.fhdr_cnt(authorization) eq 1
    acl bearer_shown       req.fhdr(authorization) -m reg -i '${bearerPattern}'
    http-request set-var(${variable}) req.fhdr(authorization),word(2,' ') if bearer_alone bearer_shown`;
