import { CHECKSUM_HEADERS } from "../../../contract/checksum-headers.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import type { ApiResources } from "../../../proxy/resources.ts";
import type { PathRoute, PayloadLimits, RefusalName } from "../../../proxy/routing.ts";
import { everyMethodOf, sharedResources } from "./resources.ts";

/** What becomes of a request: an API gets it, the proxy refuses it, or the HTTP parser did not take it. */
export type Expected =
  | { readonly api: string }
  | {
      readonly refusal: RefusalName;
      /** What Allow says, where it says something. */
      readonly allow?: string;
    }
  | { readonly parserStatus: 400 | 422 };

export interface Edge {
  readonly title: string;
  readonly requestLine: string;
  /** Beside Host. */
  readonly headers: readonly string[];
  /** What is sent behind the head. */
  readonly body: Buffer;
  readonly expected: Expected;
  /** Where the built-in proxy does otherwise, since Node.js' HTTP parser does. */
  readonly builtIn?: Expected;
}

/** Of a document. */
export const hash = "ab".repeat(32);
export const limits: PayloadLimits = { thresholdBytes: 5_000_000, maxBytes: 10_485_760 };
const { thresholdBytes, maxBytes } = limits;

/** APIs beside the two, each with paths of its own. */
export const routes: readonly PathRoute[] = [
  { api: "statements", paths: ["/statements", "/portraits/of.people"] },
  { api: "reports", paths: ["/reports"] },
  { api: "branches", paths: ["/branches"] },
];

/** "branches" has the resources that API Gateway tells apart by how close they are to a path. */
export const resources: ApiResources = {
  ...sharedResources,
  ...everyMethodOf(routes),
  branches: [
    { path: "/branches", methods: ["GET"] },
    { path: "/branches/{rest+}", methods: ["OPTIONS"] },
    { path: "/branches/{id}", methods: ["GET", "DELETE"] },
    { path: "/branches/all:close", methods: ["POST"] },
    { path: "/branches/{id}/staff", methods: ["PUT", "PATCH"] },
    { path: "/elsewhere", methods: ["GET"] },
  ],
};

/** Bytes of every value, in an order that shows when some are missing or moved. */
export function bytesOf(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 31 + (index >> 8)) & 0xff;
  return bytes;
}

const small: Expected = { api: SMALL_API };
const large: Expected = { api: LARGE_API };
const statements: Expected = { api: "statements" };
const reports: Expected = { api: "reports" };
const refused = (refusal: RefusalName): Expected => ({ refusal });
const notAllowed = (allow: string): Expected => ({ refusal: "method-not-allowed", allow });
const branches: Expected = { api: "branches" };
const notFound = refused("not-found");
const unsafe = refused("path-not-allowed");
const allOfItem = "GET, HEAD, POST, DELETE";
const all = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const badRequest: Expected = { parserStatus: 400 };
const post = `POST ${SHARED_PATH}/p-1 HTTP/1.1`;

function edge(
  title: string,
  requestLine: string,
  headers: readonly string[],
  body: string | Buffer,
  expected: Expected,
  builtIn?: Expected,
): Edge {
  return { title, requestLine, headers, body: Buffer.from(body), expected, ...(builtIn && { builtIn }) };
}

/** With a body of that size, declared as it is. */
const sized = (title: string, length: number, expected: Expected) =>
  edge(title, post, [`Content-Length: ${length}`], bytesOf(length), expected);

/** With a declared length and two bytes. */
const declared = (length: string, expected: Expected, builtIn?: Expected) =>
  edge(`a Content-Length of "${length}"`, post, [`Content-Length: ${length}`], "{}", expected, builtIn);

const small2 = ["Content-Length: 2"];
const read = (title: string, target: string, expected: Expected, builtIn?: Expected) =>
  edge(title, `GET ${target} HTTP/1.1`, [], "", expected, builtIn);

/** Whatever decides where a request goes, at its edges. HAProxy and the built-in proxy both have to pass all of it. */
export const edges: readonly Edge[] = [
  sized("one byte under the threshold", thresholdBytes - 1, small),
  sized("the threshold", thresholdBytes, large),
  sized("one byte over the threshold", thresholdBytes + 1, large),
  sized("one byte under the limit", maxBytes - 1, large),
  sized("the limit", maxBytes, large),
  sized("one byte over the limit", maxBytes + 1, refused("content-too-large")),
  sized("an empty body", 0, small),
  edge("no body and no length", post, [], "", small),

  declared(String(2 ** 31), refused("content-too-large")),
  declared(String(2 ** 32 + 1), refused("content-too-large")),
  declared("9223372036854775807", refused("content-too-large")),
  declared("18446744073709551616", refused("content-too-large"), badRequest),
  declared("", badRequest),
  declared("-1", badRequest),
  declared("+2", badRequest),
  declared("0x2", badRequest),
  declared("2 2", badRequest),
  declared("two", badRequest),
  declared("2, 3", badRequest),
  declared("2, 2", small, badRequest),
  edge("differing lengths", post, ["Content-Length: 2", "Content-Length: 3"], "{}", badRequest),
  edge("equal lengths", post, ["Content-Length: 2", "Content-Length: 2"], "{}", small, badRequest),

  edge(
    "a chunked body",
    post,
    ["Transfer-Encoding: chunked"],
    "2\r\n{}\r\n0\r\n\r\n",
    refused("length-required"),
  ),
  edge(
    "a chunked body that has a length too",
    post,
    ["Content-Length: 12", "Transfer-Encoding: chunked"],
    "2\r\n{}\r\n0\r\n\r\n",
    refused("length-required"),
    badRequest,
  ),
  edge(
    "a compressed and chunked body",
    post,
    ["Transfer-Encoding: gzip, chunked"],
    "2\r\n{}\r\n0\r\n\r\n",
    { parserStatus: 422 },
    refused("length-required"),
  ),
  edge(
    "Transfer-Encoding without chunks",
    post,
    ["Transfer-Encoding: identity"],
    "",
    badRequest,
    refused("length-required"),
  ),
  edge(
    "a chunked body of another method",
    `DELETE ${SHARED_PATH}/p-1 HTTP/1.1`,
    ["Transfer-Encoding: chunked"],
    "0\r\n\r\n",
    refused("length-required"),
  ),

  edge(
    "Content-Encoding: gzip",
    post,
    ["Content-Encoding: gzip", ...small2],
    "{}",
    refused("content-encoded"),
  ),
  edge("Content-Encoding: identity", post, ["Content-Encoding: Identity", ...small2], "{}", small),
  edge("an empty Content-Encoding", post, ["Content-Encoding:", ...small2], "{}", refused("content-encoded")),
  edge(
    "one encoding among two",
    post,
    ["Content-Encoding: identity, br", ...small2],
    "{}",
    refused("content-encoded"),
  ),
  edge(
    "an encoding in a second header",
    post,
    ["Content-Encoding: identity", "Content-Encoding: deflate", ...small2],
    "{}",
    refused("content-encoded"),
  ),

  edge("Prefer: respond-async", post, ["Prefer: respond-async", ...small2], "{}", large),
  edge(
    "Prefer among others",
    post,
    ["Prefer: return=minimal, Respond-Async; wait=1", ...small2],
    "{}",
    large,
  ),
  edge("Prefer in a second header", post, ["Prefer: a", "Prefer: respond-async", ...small2], "{}", large),
  edge("something like respond-async", post, ["Prefer: respond-asynchronously", ...small2], "{}", small),
  edge("Prefer of a reader", `GET ${SHARED_PATH}/p-1 HTTP/1.1`, ["Prefer: respond-async"], "", small),

  read("a record", `${SHARED_PATH}/p-1`, small),
  read("a list", `${SHARED_PATH}?group=a/documents/b`, small),
  read("a submission", `${SHARED_PATH}/p-1/submissions/a%2Fb%3D`, small),
  read("a plain file", `${SHARED_PATH}/p-1/files/f-1`, small),
  read("the plain files of a record", `${SHARED_PATH}/p-1/files?limit=2`, small),
  read("a submission of a plain file", `${SHARED_PATH}/p-1/files/f-1/submissions/a%2Fb%3D`, small),
  read("the bytes of a plain file", `${SHARED_PATH}/p-1/files/f-1/documents/${hash}`, large),
  read(
    "something below the bytes of a plain file",
    `${SHARED_PATH}/p-1/files/f-1/documents/${hash}/d`,
    notFound,
  ),
  edge("a deletion of a plain file", `DELETE ${SHARED_PATH}/p-1/files/f-1 HTTP/1.1`, [], "", small),
  edge("a small plain file", `POST ${SHARED_PATH}/p-1/files/f-1 HTTP/1.1`, small2, "{}", large),
  edge(
    "an empty plain file",
    `POST ${SHARED_PATH}/p-1/files/f-1?a=b HTTP/1.1`,
    ["Content-Length: 0"],
    "",
    large,
  ),
  edge(
    "a plain file over the limit",
    `POST ${SHARED_PATH}/p-1/files/f-1 HTTP/1.1`,
    [`Content-Length: ${maxBytes + 1}`],
    bytesOf(maxBytes + 1),
    refused("content-too-large"),
  ),
  edge(
    "a compressed plain file",
    `POST ${SHARED_PATH}/p-1/files/f-1 HTTP/1.1`,
    ["Content-Encoding: gzip", ...small2],
    "{}",
    refused("content-encoded"),
  ),
  edge("a post below a plain file", `POST ${SHARED_PATH}/p-1/files/f-1/x HTTP/1.1`, small2, "{}", notFound),
  edge(
    "a post to the plain files",
    `POST ${SHARED_PATH}/p-1/files HTTP/1.1`,
    small2,
    "{}",
    notAllowed("GET, HEAD"),
  ),
  edge(
    "a post to what is only like them",
    `POST ${SHARED_PATH}/p-1/filesystem/f-1 HTTP/1.1`,
    small2,
    "{}",
    notFound,
  ),
  read("an item of the name files", `${SHARED_PATH}/files`, small),
  edge("a record of the name files", `POST ${SHARED_PATH}/files HTTP/1.1`, small2, "{}", small),
  read("a file's id of 64 characters", `${SHARED_PATH}/p-1/files/${"a".repeat(64)}`, small),
  read(
    "a file's id of 65 characters",
    `${SHARED_PATH}/p-1/files/${"a".repeat(65)}`,
    refused("item-not-allowed"),
  ),
  read("a file's id that begins with a dot", `${SHARED_PATH}/p-1/files/..`, unsafe),
  read("a file's id with an encoded slash", `${SHARED_PATH}/p-1/files/a%2Fb`, refused("item-not-allowed")),
  read("no file's id", `${SHARED_PATH}/p-1/files/`, refused("item-not-allowed")),
  read("an empty file's id", `${SHARED_PATH}/p-1/files//documents/${hash}`, refused("item-not-allowed")),
  edge(
    "a plain file of an item that is not allowed",
    `POST ${SHARED_PATH}/.p/files/f-1 HTTP/1.1`,
    small2,
    "{}",
    refused("item-not-allowed"),
  ),
  read("a document", `${SHARED_PATH}/p-1/documents/${hash}`, large),
  read("a document with a query", `${SHARED_PATH}/p-1/documents/${hash}?x=/y`, large),
  read(
    "a document whose name leads elsewhere",
    `${SHARED_PATH}/p-1/documents/..%2F..%2Fother%2Fp-1%2F${hash}`,
    unsafe,
  ),
  read("something below a document", `${SHARED_PATH}/p-1/documents/${hash}/d`, notFound),
  read("no document", `${SHARED_PATH}/p-1/documents/`, notFound),
  read("another path", "/elsewhere", notFound),
  edge("a document's head", `HEAD ${SHARED_PATH}/p-1/documents/${hash} HTTP/1.1`, [], "", large),
  edge("a deletion", `DELETE ${SHARED_PATH}/p-1 HTTP/1.1`, [], "", small),
  edge(
    "a large body of another method",
    `PUT ${SHARED_PATH}/p-1 HTTP/1.1`,
    [`Content-Length: ${thresholdBytes}`],
    bytesOf(thresholdBytes),
    notAllowed(allOfItem),
  ),

  read("an item of 64 characters", `${SHARED_PATH}/${"a".repeat(64)}`, small),
  read("an item of 65 characters", `${SHARED_PATH}/${"a".repeat(65)}`, refused("item-not-allowed")),
  read("an item that is two dots", `${SHARED_PATH}/..`, unsafe),
  read("an item that begins with a dot", `${SHARED_PATH}/.p`, refused("item-not-allowed")),
  read("an item with an encoded slash", `${SHARED_PATH}/a%2Fb`, refused("item-not-allowed")),
  read("an item with an encoded letter", `${SHARED_PATH}/%61`, refused("item-not-allowed")),
  read("an item with a semicolon", `${SHARED_PATH}/a;b`, refused("item-not-allowed")),
  read("an empty item", `${SHARED_PATH}//submissions/a`, refused("item-not-allowed")),
  read("no item", `${SHARED_PATH}/`, refused("item-not-allowed")),
  read("an item with a query", `${SHARED_PATH}/p-1?a=/%2F`, small),

  read("a target with our host in it", `http://proxy.example.com${SHARED_PATH}/p-1?a=b`, small),
  read(
    "a document with our host in its target",
    `http://proxy.example.com${SHARED_PATH}/p-1/documents/${hash}`,
    large,
  ),
  read(
    "a target with our host and nothing behind it",
    "http://proxy.example.com",
    refused("target-not-allowed"),
  ),
  read(
    "a target with our host and a query alone",
    "http://proxy.example.com?a=b",
    badRequest,
    refused("target-not-allowed"),
  ),
  read("dot segments behind our host", `http://proxy.example.com/x/..${SHARED_PATH}/p-1`, unsafe),
  read(
    "a target with another host in it",
    `http://elsewhere.example.com${SHARED_PATH}/p-1`,
    badRequest,
    refused("target-not-allowed"),
  ),
  edge("OPTIONS of a path", `OPTIONS ${SHARED_PATH}/p-1 HTTP/1.1`, [], "", notAllowed(allOfItem)),
  edge("OPTIONS of everything", "OPTIONS * HTTP/1.1", [], "", refused("target-not-allowed")),
  edge("TRACE", `TRACE ${SHARED_PATH}/p-1 HTTP/1.1`, [], "", notAllowed(allOfItem)),
  edge("CONNECT", "CONNECT proxy.example.com:443 HTTP/1.1", [], "", refused("target-not-allowed")),

  read("a path of another API", "/statements", statements),
  read("a path of another API with a query", "/statements?a=/reports", statements),
  read("what is below a path of another API", "/statements/a/b%2Fc/", statements),
  read("a second path of another API", "/portraits/of.people/7", statements),
  read("half of the second path", "/portraits", notFound),
  read("what only looks like the second path", "/portraits/ofXpeople", notFound),
  read("a third API", "/reports/all", reports),
  read("a longer segment than another API's", "/statementsofall", notFound),
  read("a path of another API in another case", "/Statements", notFound),
  read("a path of another API, encoded", "/%73tatements", notFound),
  read("a path of another API behind two slashes", "//statements", notFound),
  read("a path of another API below the shared one", `${SHARED_PATH}/p-1/statements`, notFound),
  read(
    "a path of another API with our host in the target",
    "http://proxy.example.com/statements/1",
    statements,
  ),
  edge("a deletion of another API", "DELETE /statements/1 HTTP/1.1", [], "", statements),
  edge("OPTIONS of another API", "OPTIONS /statements HTTP/1.1", [], "", statements),
  edge("TRACE of another API", "TRACE /statements HTTP/1.1", [], "", notAllowed(all)),
  edge(
    "a large body for another API",
    "POST /statements HTTP/1.1",
    [`Content-Length: ${thresholdBytes}`],
    bytesOf(thresholdBytes),
    statements,
  ),
  edge(
    "a body of API Gateway's limit for another API",
    "PUT /statements HTTP/1.1",
    ["Content-Length: 10485760"],
    bytesOf(10_485_760),
    statements,
  ),
  edge(
    "a body over API Gateway's limit for another API",
    "PUT /statements HTTP/1.1",
    ["Content-Length: 10485761"],
    bytesOf(10_485_761),
    refused("content-over-gateway-limit"),
  ),
  edge(
    "a length of 2^32 + 1 for another API",
    "POST /statements HTTP/1.1",
    [`Content-Length: ${2 ** 32 + 1}`],
    "{}",
    refused("content-over-gateway-limit"),
  ),
  edge(
    "a chunked body for another API",
    "POST /statements HTTP/1.1",
    ["Transfer-Encoding: chunked"],
    "0\r\n\r\n",
    refused("length-required"),
  ),
  edge(
    "a compressed body for another API",
    "POST /statements HTTP/1.1",
    ["Content-Encoding: gzip", ...small2],
    "{}",
    statements,
  ),
  edge(
    "respond-async for another API",
    "POST /statements HTTP/1.1",
    ["Prefer: respond-async", ...small2],
    "{}",
    statements,
  ),

  // Paths that would mean another one once they are decoded or normalized.
  edge(
    "an encoded letter of the shared path, with dot segments behind it",
    `POST /%${SHARED_PATH.charCodeAt(1).toString(16)}${SHARED_PATH.slice(2)}/..%2F..%2Fdocuments%2Fx HTTP/1.1`,
    small2,
    "{}",
    unsafe,
  ),
  edge(
    "an encoded letter of the shared path",
    `POST /%${SHARED_PATH.charCodeAt(1).toString(16)}${SHARED_PATH.slice(2)}/p-1 HTTP/1.1`,
    small2,
    "{}",
    notFound,
  ),
  edge(
    "an item of 1,100 characters behind an encoded letter",
    `POST /%${SHARED_PATH.charCodeAt(1).toString(16)}${SHARED_PATH.slice(2)}/${"a".repeat(1100)} HTTP/1.1`,
    small2,
    "{}",
    notFound,
  ),
  edge("a stage of another API", `POST /../v2${SHARED_PATH}/p-1 HTTP/1.1`, small2, "{}", unsafe),
  edge("an encoded NUL", `POST ${SHARED_PATH}/p-1%00 HTTP/1.1`, small2, "{}", unsafe),
  read("no path at all", "/", notFound),
  read("a dot segment for another API", "/statements/../reports", unsafe),
  read("a dot segment for another API at the end", "/statements/a/..", unsafe),
  read("a single dot for another API", "/statements/./a", unsafe),
  read("an encoded dot segment", "/statements/%2e%2E/a", unsafe),
  read("half of an encoded dot segment", "/statements/.%2e/a", unsafe),
  read("a dot segment between encoded slashes", "/statements/a%2f..%2Fb", unsafe),
  read("a dot segment between encoded backslashes", "/statements/a%5C..%5cb", unsafe),
  read("a dot segment with a parameter", "/statements/..;a=b/c", unsafe),
  read("a dot segment with an encoded parameter", "/statements/..%3Ba/c", unsafe),
  read("an encoded slash in front of a dot", "/statements/a%2F.b", unsafe),
  read("an encoded backslash in front of an encoded dot", "/statements/a%5c%2eb", unsafe),
  read("an encoded line break", "/statements/a%0D%0Ab", unsafe),
  read("an encoded DEL", "/statements/a%7F", unsafe),
  read("a percent sign alone", "/statements/100%", unsafe),
  read("a percent sign with one digit", "/statements/a%2", unsafe),
  read("a percent sign with other letters", "/statements/a%zz", unsafe),
  read("a backslash", "/statements/..\\a", unsafe),
  read("a quotation mark", '/statements/"a', unsafe),
  read("braces", "/statements/{a}", unsafe),
  read("letters that are not ASCII, encoded", "/statements/%C3%A9%20a", statements),
  read("a name with dots", "/statements/a..b/.c/d.", statements),
  read("an encoded dot in a name", "/statements/a%2Eb", statements),
  read("an encoded percent sign", "/statements/100%25", statements),
  read("what only a query holds", "/statements?a=../%00/..%2F", statements),
  read("all characters of a path", "/statements/-._~!$&()*+,;=:@", statements),
  // Ids of submissions alone have a use for a percent sign.
  read("a submission whose id has a plus sign", `${SHARED_PATH}/p-1/submissions/a%2Bb+c=`, small),
  read("a submission with encoding in small letters", `${SHARED_PATH}/p-1/submissions/a%2fb%3d%3d`, small),
  read("a submission with an encoded letter", `${SHARED_PATH}/p-1/submissions/%61`, unsafe),
  read("a submission with an encoded blank", `${SHARED_PATH}/p-1/submissions/a%20b`, unsafe),
  read("a submission with dot segments", `${SHARED_PATH}/p-1/submissions/..%2F..%2Fx`, unsafe),
  read("something below a submission, encoded", `${SHARED_PATH}/p-1/submissions/a/%2F`, unsafe),
  read("an encoded segment behind an item", `${SHARED_PATH}/p-1/%66iles`, unsafe),
  read("an encoded document", `${SHARED_PATH}/p-1/documents/%61${"a".repeat(63)}`, unsafe),
  read("a document in capitals", `${SHARED_PATH}/p-1/documents/${hash.toUpperCase()}`, notFound),
  read("a slash behind a document", `${SHARED_PATH}/p-1/documents/${hash}/`, large),
  edge("a slash behind a plain file", `POST ${SHARED_PATH}/p-1/files/f-1/ HTTP/1.1`, small2, "{}", large),
  // Lengths.
  read("a path as long as it may be", `/statements/${"a".repeat(1390 - 12)}`, statements),
  read("a path that is too long", `/statements/${"a".repeat(1390 - 11)}`, refused("uri-too-long")),
  read("a path of 1,100 characters too many", `${SHARED_PATH}/${"a".repeat(2490)}`, refused("uri-too-long")),
  read("a target as long as it may be", `/statements?${"a".repeat(8000 - 12)}`, statements),
  read("a target that is too long", `/statements?${"a".repeat(8000 - 11)}`, refused("uri-too-long")),
  edge(
    "8 kB of headers that stay behind",
    `GET ${SHARED_PATH}/p-1 HTTP/1.1`,
    [`Cookie: ${"a".repeat(8000)}`],
    "",
    small,
  ),
  edge(
    "12 kB of headers",
    `GET ${SHARED_PATH}/p-1 HTTP/1.1`,
    [`Cookie: ${"a".repeat(6000)}`, `X-Anything: ${"a".repeat(6000)}`],
    "",
    refused("headers-too-large"),
  ),
  edge(
    "20 kB of headers, for another API",
    "GET /statements HTTP/1.1",
    [`Cookie: ${"a".repeat(20_000)}`],
    "",
    refused("headers-too-large"),
  ),
  edge(
    "as many bytes of headers for an API as there may be",
    "GET /statements HTTP/1.1",
    // With a correlation id of 36 characters.
    [`User-Agent: ${"a".repeat(7200 - 14 - 56)}`],
    "",
    statements,
  ),
  edge(
    "one byte of headers for an API more",
    "GET /statements HTTP/1.1",
    [`User-Agent: ${"a".repeat(7200 - 14 - 56 + 1)}`],
    "",
    refused("headers-too-large"),
  ),
  edge(
    "a correlation id of 8 kB, which stays behind",
    post,
    [...small2, `X-Correlation-Id: ${"a".repeat(8000)}`],
    "{}",
    small,
  ),
  // Methods.
  edge("HEAD of a record", `HEAD ${SHARED_PATH}/p-1 HTTP/1.1`, [], "", small),
  edge("HEAD of a list", `HEAD ${SHARED_PATH} HTTP/1.1`, [], "", small),
  edge("PUT of a record", `PUT ${SHARED_PATH}/p-1 HTTP/1.1`, small2, "{}", notAllowed(allOfItem)),
  edge("PATCH of a record", `PATCH ${SHARED_PATH}/p-1 HTTP/1.1`, small2, "{}", notAllowed(allOfItem)),
  edge(
    "PUT of a plain file",
    `PUT ${SHARED_PATH}/p-1/files/f-1 HTTP/1.1`,
    small2,
    "{}",
    notAllowed(allOfItem),
  ),
  edge(
    "a post to a document",
    `POST ${SHARED_PATH}/p-1/documents/${hash} HTTP/1.1`,
    [],
    "",
    notAllowed("GET, HEAD"),
  ),
  edge("a deletion of a list", `DELETE ${SHARED_PATH} HTTP/1.1`, [], "", notAllowed("GET, HEAD")),
  edge("a method of its own of no path", "PUT /elsewhere HTTP/1.1", small2, "{}", notFound),
  edge(
    "a method that HTTP does not have",
    "LOCK /branches/7 HTTP/1.1",
    [],
    "",
    notAllowed("GET, DELETE, OPTIONS"),
  ),
  read("the resource itself", "/branches", branches),
  read("the resource itself, with a slash behind it", "/branches/", branches),
  read("a resource with a parameter", "/branches/7", branches),
  edge("a method of a literal resource", "POST /branches/all:close HTTP/1.1", [], "", branches),
  edge("one of its characters encoded", "POST /branches/all%3aclose HTTP/1.1", [], "", branches),
  edge(
    "a method that only the resource with a parameter has",
    "DELETE /branches/all:close HTTP/1.1",
    [],
    "",
    branches,
  ),
  edge("a method that only the greedy resource has", "OPTIONS /branches/7 HTTP/1.1", [], "", branches),
  edge("a method below a parameter", "PATCH /branches/7/staff HTTP/1.1", [], "", branches),
  edge(
    "another one below a parameter",
    "GET /branches/7/staff HTTP/1.1",
    [],
    "",
    notAllowed("PUT, PATCH, OPTIONS"),
  ),
  edge("a path for the greedy resource", "OPTIONS /branches/7/a/b HTTP/1.1", [], "", branches),
  edge(
    "another method of the greedy resource",
    "GET /branches/7/a/b HTTP/1.1",
    [],
    "",
    notAllowed("OPTIONS"),
  ),
  // Conditions.
  ...["If-Match", "if-none-match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"].flatMap((name) => [
    edge(`${name} of a write`, post, [...small2, `${name}: *`], "{}", refused("condition-not-supported")),
    edge(`${name} of a reading`, `GET ${SHARED_PATH}/p-1 HTTP/1.1`, [`${name}: *`], "", small),
  ]),
  edge("an empty condition", post, [...small2, "If-Match:"], "{}", refused("condition-not-supported")),
  ...["PUT", "PATCH", "DELETE"].map((method) =>
    edge(
      `a condition of ${method}, for another API`,
      `${method} /statements/1 HTTP/1.1`,
      ['If-None-Match: "a"'],
      "",
      refused("condition-not-supported"),
    ),
  ),
  edge(
    "a condition of a large body",
    post,
    [`Content-Length: ${thresholdBytes}`, "If-None-Match: *"],
    bytesOf(thresholdBytes),
    refused("condition-not-supported"),
  ),
  edge(
    "a condition of a plain file",
    `POST ${SHARED_PATH}/p-1/files/f-1 HTTP/1.1`,
    [...small2, "If-None-Match: *"],
    "{}",
    refused("condition-not-supported"),
  ),
  // Characters and quotes in headers. Node.js' parser knows the first by itself.
  ...["\u0000", "\u0001", "\u000b", "\u001b", "\u007f"].map((char) =>
    edge(
      `the control character ${JSON.stringify(char)} in a header`,
      post,
      [`x-file-name: a${char}b`, ...small2],
      "{}",
      refused("header-not-allowed"),
      badRequest,
    ),
  ),
  edge("a tab in a header", post, ["x-file-name: a\tb", ...small2], "{}", small),
  edge("respond-async in quotes", post, ['Prefer: a="x, respond-async, y"', ...small2], "{}", small),
  edge("respond-async behind quotes", post, ['Prefer: a="x\\", y", respond-async', ...small2], "{}", large),
  edge("respond-async and a tab", post, ["Prefer: respond-async\t;wait=1", ...small2], "{}", large),
  // Checksums.
  ...CHECKSUM_HEADERS.map((name) => edge(`${name}`, post, [...small2, `${name}: abc=`], "{}", small)),
  ...[
    ...["Content-MD5", "Digest", "content-digest", "Repr-Digest"],
    ...["x-amz-checksum-md5", "X-Amz-Checksum-SHA512", "x-amz-checksum-crc32d", "x-amz-checksum-"],
  ].flatMap((name) => [
    edge(
      `${name}, which nobody compares`,
      post,
      [...small2, `${name}: a`],
      "{}",
      refused("checksum-not-supported"),
    ),
    edge(`${name} of a reading`, `GET ${SHARED_PATH}/p-1 HTTP/1.1`, [`${name}: a`], "", small),
  ]),
  ...[
    ["x-amz-checksum-sha256: a", "x-amz-checksum-sha256: a"],
    ["x-amz-checksum-crc32: a", "Accept: b", "X-Amz-Checksum-Crc32c: a"],
  ].map((headers) =>
    edge(
      `two checksums: ${headers.join(", ")}`,
      post,
      [...headers, ...small2],
      "{}",
      refused("checksum-not-supported"),
    ),
  ),
  edge(
    "two checksums of a large body",
    post,
    [`Content-Length: ${thresholdBytes}`, "x-amz-checksum-sha1: a", "x-amz-checksum-sha256: a"],
    bytesOf(thresholdBytes),
    refused("checksum-not-supported"),
  ),
];
