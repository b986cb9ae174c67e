import { createSocket } from "node:dgram";
import { once } from "node:events";

const typeA = 1;

/** Says of every name that it is at 127.0.0.1, as DNS does over UDP. */
export async function startNameServer() {
  const socket = createSocket("udp4");
  socket.on("message", (query, sender) => socket.send(answerTo(query), sender.port, sender.address));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    stop: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

/** RFC 1035, section 4: the header, the question again, and one answer to a question for type A. */
function answerTo(query: Buffer): Buffer {
  let end = 12;
  while (query[end] !== 0) end += (query[end] ?? 0) + 1;
  const question = query.subarray(12, end + 5);
  const isA = query.readUInt16BE(end + 1) === typeA;
  const header = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const answer = isA ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 127, 0, 0, 1]) : Buffer.alloc(0);
  return Buffer.concat([header, question, answer]);
}
