import type { Finding } from "./check.ts";
import type { ConnectionFailure } from "./connection-failure.ts";

/** Node.js's codes of OpenSSL's verification, and its own: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "It has expired. Renew tls/server.pem at the proxy and reload it.",
  CERT_NOT_YET_VALID: "It is not valid yet. Look at the clock of this machine.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "It is for another name. The URL must have the name that the certificate has; --connect changes where the connection goes, and not the name.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "It is signed by itself. NODE_EXTRA_CA_CERTS names a file with it.",
  SELF_SIGNED_CERT_IN_CHAIN:
    "Its authority is none that this machine knows. NODE_EXTRA_CA_CERTS names a file with yours.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "Its authority is none that this machine knows: NODE_EXTRA_CA_CERTS names a file with yours. Or tls/server.pem lacks the certificates between.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "Its authority is none that this machine knows: NODE_EXTRA_CA_CERTS names a file with yours. Or tls/server.pem lacks the certificates between.",
};

const CONNECTIONS: Readonly<Record<string, Finding>> = {
  ENOTFOUND: {
    part: "DNS",
    look: "The name has no address here. Is it spelled as in proxy.url? A private zone answers inside its VPC alone: call from there, or through a port-forward with --connect.",
  },
  EAI_AGAIN: {
    part: "DNS",
    look: "The name server did not answer. Look at the network of this machine, and at its VPN.",
  },
  ECONNREFUSED: {
    part: "the proxy's port",
    look: "Nobody listens there. Does the proxy run, and on that port (proxy.port)? Is a port-forward still open?",
  },
  ETIMEDOUT: {
    part: "the network in front of the proxy",
    look: "Packets get lost: look at the security group of the proxy or of its load balancer, at routes, and at network ACLs. After a connection, look at what the proxy waits for.",
  },
  EHOSTUNREACH: {
    part: "the network in front of the proxy",
    look: "There is no route to it from here. Call from its VPC, or through a port-forward with --connect.",
  },
  ECONNRESET: {
    part: "the proxy's connections",
    look: "The connection was closed. Above its limits of connections, or of a rate, the proxy closes them before TLS (docs/proxy.md, Connections); a load balancer without a healthy proxy does too.",
  },
};

/** What keeps this machine from an answer, by the error of the connection. */
export function diagnoseConnection({ code }: Pick<ConnectionFailure, "code">): Finding {
  const certificate = CERTIFICATES[code];
  if (certificate !== undefined) return { part: "TLS: the proxy's certificate", look: certificate };
  if (/ALERT|CERTIFICATE/.test(code)) {
    return {
      part: "TLS: the certificate of the caller",
      look: "The proxy refused it. Is it of an authority in tls/client-ca.pem, not expired and not revoked? With mutual-tls, --certificate and --key are needed.",
    };
  }
  if (/SSL|TLS|CERT|EPROTO/.test(code)) {
    return {
      part: "TLS",
      look: `No connection by TLS came about (${code}). Does the port speak TLS, 1.2 or newer? Is the file of NODE_EXTRA_CA_CERTS right?`,
    };
  }
  const known = CONNECTIONS[code === "ENETUNREACH" ? "EHOSTUNREACH" : code === "EPIPE" ? "ECONNRESET" : code];
  return (
    known ?? {
      part: "the connection to the proxy",
      look: `It ended with ${code}. Look at the proxy's log.`,
    }
  );
}
