declare module "dynalite" {
  import type { Server } from "node:http";

  // biome-ignore lint/style/noDefaultExport: describes a CommonJS module whose export is this function
  export default function dynalite(options?: {
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
