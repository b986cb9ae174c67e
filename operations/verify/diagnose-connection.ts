import type { Finding } from "./check.ts";
import type { ConnectionFailure } from "./connection-failure.ts";

/** Node.js's codes of OpenSSL's verification, and its own: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "It has expired. Renew tls/server.pem at the proxy and reload it.",
  CERT_NOT_YET_VALID: "It is not valid yet. Check the clock of this machine.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "It is for another name. Use the certificate's name in the URL. --connect changes the address, not the name.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "It is self-signed. Set NODE_EXTRA_CA_CERTS to a file that contains it.",
  SELF_SIGNED_CERT_IN_CHAIN:
    "This machine does not know its authority. Set NODE_EXTRA_CA_CERTS to a file with that authority.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "This machine does not know its authority: set NODE_EXTRA_CA_CERTS to a file with it. Or tls/server.pem lacks the intermediate certificates.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "This machine does not know its authority: set NODE_EXTRA_CA_CERTS to a file with it. Or tls/server.pem lacks the intermediate certificates.",
};

const CONNECTIONS: Readonly<Record<string, Finding>> = {
  ENOTFOUND: {
    part: "DNS",
    look: "The name does not resolve here. Check its spelling. A private zone resolves only inside its VPC: call from there, or through a port-forward with --connect.",
  },
  EAI_AGAIN: {
    part: "DNS",
    look: "The name server did not answer. Check the network and the VPN of this machine.",
  },
  ECONNREFUSED: {
    part: "the proxy's port",
    look: "Nothing listens there. Check that the proxy runs on that port (proxy.port), and that the port-forward is still open.",
  },
  ETIMEDOUT: {
    part: "the network in front of the proxy",
    look: "No answer in time. Check the security group of the proxy or its load balancer, routes and network ACLs. If it connected, check the proxy's log.",
  },
  EHOSTUNREACH: {
    part: "the network in front of the proxy",
    look: "There is no route from here. Call from the VPC, or through a port-forward with --connect.",
  },
  ECONNRESET: {
    part: "the proxy's connections",
    look: "The connection was closed. The proxy does that before TLS if a limit of connections or rates is exceeded (docs/proxy.md, Connections), and so does a load balancer without a healthy proxy.",
  },
};

/** What keeps this machine from an answer, by the error of the connection. */
export function diagnoseConnection({ code }: Pick<ConnectionFailure, "code">): Finding {
  const certificate = CERTIFICATES[code];
  if (certificate !== undefined) return { part: "TLS: the proxy's certificate", look: certificate };
  if (/ALERT|CERTIFICATE/.test(code)) {
    return {
      part: "TLS: the certificate of the caller",
      look: "The proxy refused it. Check that its authority is in tls/client-ca.pem, and that it is neither expired nor revoked. With mutual-tls, give --certificate and --key.",
    };
  }
  if (/SSL|TLS|CERT|EPROTO/.test(code)) {
    return {
      part: "TLS",
      look: `The TLS handshake failed (${code}). Check that the port uses TLS 1.2 or newer, and check the file in NODE_EXTRA_CA_CERTS.`,
    };
  }
  const known = CONNECTIONS[code === "ENETUNREACH" ? "EHOSTUNREACH" : code === "EPIPE" ? "ECONNRESET" : code];
  return (
    known ?? {
      part: "the connection to the proxy",
      look: `It failed with ${code}. Check the proxy's log.`,
    }
  );
}
