import {
  DataTerraformRemoteState,
  LocalBackend,
  NamedRemoteWorkspace,
  S3Backend,
  TerraformBackend,
  type TerraformStack,
} from "cdktf";
import type { Construct } from "constructs";
import { stateFileName } from "../../contract/state-file.ts";
import type { Environment } from "../../env/schema.ts";

/** Where the state lives. The local state lies beside the sources, out of the directory that synth rewrites. */
export function configureBackend(stack: TerraformStack, backend: Environment["backend"]): void {
  if (backend.kind === "local") {
    new LocalBackend(stack, { path: `../../../${stateFileName(stack.node.id)}` });
  } else if (backend.kind === "s3") {
    new S3Backend(stack, {
      bucket: backend.bucket,
      key: backend.key,
      region: backend.region,
      encrypt: true,
    });
    // Locks by a conditional write, without a DynamoDB table; cdktf's types are older than the argument.
    stack.addOverride("terraform.backend.s3.use_lockfile", true);
  } else {
    new TerraformEnterpriseBackend(stack, backend);
  }
}

type TerraformEnterprise = Extract<Environment["backend"], { kind: "tfe" }>;

/** The `cloud` block. cdktf's CloudBackend runs `terraform version`, so that synth would need Terraform. */
class TerraformEnterpriseBackend extends TerraformBackend {
  readonly #backend: TerraformEnterprise;

  constructor(stack: TerraformStack, backend: TerraformEnterprise) {
    super(stack, "backend", "cloud");
    this.#backend = backend;
  }

  override toTerraform() {
    const { hostname, organization, workspace } = this.#backend;
    return { terraform: { cloud: { hostname, organization, workspaces: { name: workspace } } } };
  }

  override getRemoteStateDataSource(scope: Construct, name: string) {
    const { hostname, organization, workspace } = this.#backend;
    return new DataTerraformRemoteState(scope, name, {
      hostname,
      organization,
      workspaces: new NamedRemoteWorkspace(workspace),
    });
  }

  override toMetadata() {
    return { ...super.toMetadata(), cloud: "tfe" };
  }
}
