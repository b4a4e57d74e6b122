/** The part of the WebAssembly API that the embedded Redis uses; TypeScript ships it only together with the DOM. */
declare namespace WebAssembly {
  type Module = object;

  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }

  function compile(binary: Uint8Array): Promise<Module>;

  const Instance: new (
    module: Module,
    imports: Record<string, Record<string, unknown>>,
  ) => Instance;
  const Tag: new (type: { parameters: string[] }) => object;
}
