import { CreateBucketCommand, GetBucketVersioningCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Clients, createClients } from "../../emulator/aws/clients.ts";
import { provision } from "../../emulator/aws/provision.ts";
import { type Moto, startMoto } from "../support/moto/moto.ts";

const region = "eu-central-1";
let moto: Moto;
let clients: Clients;

beforeAll(async () => {
  moto = await startMoto("111111111111");
  clients = createClients(region, moto.endpoint);
});

afterAll(async () => {
  clients.destroy();
  await moto.stop();
});

it("lets buckets of services that are there already keep versions, where the stack says so, as often as it is run", async () => {
  await clients.s3.send(
    new CreateBucketCommand({
      Bucket: "there-before",
      CreateBucketConfiguration: { LocationConstraint: region },
    }),
  );
  const buckets = ["there-before", "kept", "plain"];
  const stack = { region, buckets, versionedBuckets: ["there-before", "kept"], queues: [], tables: [] };

  await provision(stack, clients);
  await provision(stack, clients);

  const states = buckets.map((Bucket) => clients.s3.send(new GetBucketVersioningCommand({ Bucket })));
  expect((await Promise.all(states)).map(({ Status }) => Status)).toEqual(["Enabled", "Enabled", undefined]);
});
